import { userInfo } from "node:os";
import type { AuditEntry } from "../model/operations/audit.ts";

export function commandActor(): { actor: AuditEntry["actor"]; now: Date } {
  return { actor: cliActor(), now: new Date() };
}

export function cliActor(): AuditEntry["actor"] {
  try {
    return `cli ${userInfo().username}`;
  } catch {
    // A container can run under a user id without a name.
    return `cli uid ${process.getuid?.() ?? "unknown"}`;
  }
}
