import { userInfo } from "node:os";
import type { AuditEntry } from "../model/operations/audit.ts";

/** Who asks at the command line, and when. */
export function asking(): { by: AuditEntry["by"]; now: Date } {
  return { by: byCli(), now: new Date() };
}

/** Who is at the command line, as the audit log names him. */
export function byCli(): AuditEntry["by"] {
  try {
    return `cli ${userInfo().username}`;
  } catch {
    // Containers may run under a number that has no name.
    return `cli uid ${process.getuid?.() ?? "unknown"}`;
  }
}
