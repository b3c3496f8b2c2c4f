/** One line of the audit log: who did what, when and why. It never changes, and never names what was erased. */
export interface AuditEntry {
  _id: string;
  at: Date;
  /** `user NAME`, `key ID` or `cli NAME` with the name of the system's user. */
  actor: string;
  /** Noun and verb, e.g. `source.pause`. */
  action: string;
  /** The subject: an id. */
  subject: string;
  /** As the actor wrote it; null when no reason is required. */
  reason: string | null;
  /** What changed, in words. */
  detail: string | null;
}

/** Characters of the shortest reason that tells anything. */
export const SHORTEST_REASON = 3;

/** Whether somebody said why. */
export function givesReason(reason: string): boolean {
  return reason.trim().length >= SHORTEST_REASON;
}

/** Who asks, and when: for the audit log. */
export interface AuditContext {
  actor: string;
  now: Date;
  /** Why, when a reason is required. */
  reason?: string | undefined;
}
