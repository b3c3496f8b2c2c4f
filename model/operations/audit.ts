/**
 * An entry of the audit log: who did what, when and why. Entries never change, and never name what
 * was erased.
 */
export interface AuditEntry {
  _id: string;
  at: Date;
  /** `user NAME`, `key ID`, `cli SYSTEM-USER`, or a part of Newsgather such as `gate`. */
  actor: string;
  /** Noun and verb, such as `source.pause`. At the start of long work: `archive.import.begin`. */
  action: string;
  /** Id of what the action was about. */
  subject: string;
  reason: string | null;
  detail: string | null;
}

export const MIN_REASON_CHARS = 3;

export function givesReason(reason: string): boolean {
  return reason.trim().length >= MIN_REASON_CHARS;
}

/** Who acts and why. The reason is empty if the action asks for none. */
export interface Author {
  actor: string;
  reason: string;
}

/** Who acts, when and why, for the audit log. */
export interface AuditContext {
  actor: string;
  now: Date;
  reason?: string | null | undefined;
}
