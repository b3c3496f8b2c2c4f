import { randomUUID } from "node:crypto";
import type { AuditEntry } from "../model/audit.ts";
import { furtherBack } from "./latest.ts";
import type { Store } from "./store.ts";

/** What is noted; the log gives it its id. */
export type Noted = Omit<AuditEntry, "_id" | "reason" | "detail"> & {
  [Key in "reason" | "detail"]?: AuditEntry[Key] | undefined;
};

/** Adds a line to the audit log. */
export async function note(store: Store, entry: Noted): Promise<void> {
  const { reason = null, detail = null, ...rest } = entry;
  await store.collections.audit.insertOne({ _id: randomUUID(), ...rest, reason, detail });
}

/** The latest lines before a time, newest first. */
export function readAudit(
  store: Store,
  { before, limit }: { before: Date; limit: number },
): Promise<AuditEntry[]> {
  return furtherBack({ before, limit }, (at, left) =>
    store.collections.audit.find({ at }).sort({ at: -1 }).limit(left).toArray(),
  );
}
