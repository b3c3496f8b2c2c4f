import { userInfo } from "node:os";
import type { AuditEntry } from "../model/operations/audit.ts";

/** Who asks at the command line, and when. */
export function commandActor(): { actor: AuditEntry["actor"]; now: Date } {
  return { actor: cliActor(), now: new Date() };
}

/** Who is at the command line, as the audit log names them. */
export function cliActor(): AuditEntry["actor"] {
  try {
    return `cli ${userInfo().username}`;
  } catch {
    // Containers may run under a number that has no name.
    return `cli uid ${process.getuid?.() ?? "unknown"}`;
  }
}
