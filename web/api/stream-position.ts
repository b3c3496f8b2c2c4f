import { z } from "zod";
import { readChangesCursor } from "../../articles/stream/cursor.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import { ProblemError } from "../../model/problem.ts";
import { type Change, epochAfter, lastShared } from "../../model/publish/change.ts";
import { Filter, ViewId } from "../../model/publish/filter.ts";
import { firstMomentOf, TimeText } from "../../model/request-times.ts";
import { headSeq, readRestores, seqAt, tailSeq } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Head } from "../server/snapshot.ts";

/**
 * Returns the `seq` after which a cursor continues. Throws a 400 problem for an invalid cursor, and
 * a 410 problem if a restore has made the cursor obsolete.
 */
export function startOf(
  cursor: string | undefined,
  { seq, restores }: Pick<Head, "seq" | "restores">,
): number {
  if (cursor === undefined) return 0;
  if (cursor === "latest") return seq;
  const after = readChangesCursor(cursor);
  // After a restore, the numbers beyond the backup's head stand for different changes.
  if (after.seq > lastShared(after.epoch, restores)) {
    throw expired("The store was restored from an older backup.");
  }
  if (after.seq <= seq) return after.seq;
  const detail =
    "This cursor is ahead of the stream: it belongs to another store. Use a cursor from this store.";
  throw new ProblemError(400, "bad-cursor", detail);
}

/** Throws a 410 problem if the changes after `after` are no longer stored. */
export function checkWhole(changes: Change[], after: number, head: number): void {
  const whole = changes[0] ? changes[0].seq === after + 1 : after >= head;
  if (whole) return;
  throw expired("The changes after this cursor are no longer stored.");
}

function expired(why: string): ProblemError {
  const next =
    "Read /v1/snapshot to its end, then continue from its `changes_cursor`. No change is missed.";
  return new ProblemError(410, "cursor-expired", `${why} ${next}`);
}

export const From = z
  .string()
  .max(100)
  .describe(`\`start\` (the oldest stored change), \`latest\`, a cursor, or a time: ${TIME_FORMS}`);

/** The fields of a request that say what to read of the stream, and from where. */
export const readingFields = {
  from: From.default("latest"),
  filter: Filter.prefault({}),
  view: ViewId.optional().describe("Id of a view to use instead of a filter"),
};

/**
 * Returns a bookmark for `start`, `latest`, a cursor or a time. Throws a 400 problem if `from` is
 * invalid, and a 410 problem if a restore has made `from` obsolete.
 */
export async function bookmarkAt(store: Store, from: string, now: Date) {
  const restores = await readRestores(store);
  const unleased = { epoch: epochAfter(restores), lease: null };
  if (from === "start") return { seq: await tailSeq(store), ...unleased };
  if (TimeText.safeParse(from).success) {
    return { seq: await seqAt(store, firstMomentOf(from, now)), ...unleased };
  }
  return { seq: startOf(from, { seq: await headSeq(store), restores }), ...unleased };
}
