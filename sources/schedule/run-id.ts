import type { SourceRecord } from "../../model/source.ts";

/** Id of the run that a source's due time asks for; null while it isn't due at all. */
export function runIdOf({ _id, nextDueAt }: Pick<SourceRecord, "_id" | "nextDueAt">) {
  return nextDueAt && `${_id}-${nextDueAt.getTime().toString(36)}`;
}
