import { userInfo } from "node:os";
import type { AuditEntry } from "../model/audit.ts";

/** Who is at the command line, as the audit log names him. */
export function byCli(): AuditEntry["by"] {
  try {
    return `cli ${userInfo().username}`;
  } catch {
    // Containers may run under a number that has no name.
    return `cli uid ${process.getuid?.() ?? "unknown"}`;
  }
}
