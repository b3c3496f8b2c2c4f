export type Level = "ok" | "warn" | "fail";

/** What one check found, and what to do about it (empty when nothing). */
export interface Found {
  level: Level;
  found: string;
  next: string;
}

export interface Finding extends Found {
  name: string;
}

/** A finding without a next step. */
export function ok(found: string): Found {
  return { level: "ok", found, next: "" };
}

/** A finding that the operator should know of. */
export function warn(found: string, next: string): Found {
  return { level: "warn", found, next };
}

/** A finding that keeps Newsgather from working. */
export function fail(found: string, next: string): Found {
  return { level: "fail", found, next };
}
