/** Who asks, and when: for the audit log. */
export interface Asking {
  by: string;
  now: Date;
  /** Why, where that was asked for. */
  reason?: string | undefined;
}
