/** An entry of the audit log: who did what, when and why. It never changes, and never names what was erased. */
export interface AuditEntry {
  _id: string;
  at: Date;
  /** `user NAME`, `key ID`, or `cli NAME` with the name of the system user. */
  actor: string;
  /** Noun and verb, such as `source.pause`. */
  action: string;
  /** Id of the object of the action. */
  subject: string;
  /** The reason as the actor wrote it; null if none is required. */
  reason: string | null;
  /** Describes the change; null if the action says all. */
  detail: string | null;
}

/** Minimum number of characters of a reason. */
export const SHORTEST_REASON = 3;

/** Whether a reason is long enough. */
export function givesReason(reason: string): boolean {
  return reason.trim().length >= SHORTEST_REASON;
}

/** Who acts and when, for the audit log. */
export interface AuditContext {
  actor: string;
  now: Date;
  /** The reason; missing if none is required. */
  reason?: string | undefined;
}
