import { z } from "zod";
import { Moment } from "../../model/asked.ts";
import { epochAfter } from "../../model/epoch.ts";
import { headSeq } from "../../store/changes.ts";
import { readRestores } from "../../store/epochs.ts";
import type { Store } from "../../store/store.ts";
import { seqAt, tailSeq } from "../../store/stream-points.ts";
import { startOf } from "./position.ts";

/** A point of the stream as people name it. */
export const From = z
  .string()
  .max(100)
  .describe(
    "`start` (the oldest change that is kept), `latest`, a time such as `2026-11-25T08:00:00Z`, or a cursor",
  );

/** The bookmark of a point; throws a 400 or 410 problem when there is none. */
export async function bookmarkAt(store: Store, from: string) {
  const restores = await readRestores(store);
  const unleased = { epoch: epochAfter(restores), lease: null };
  if (from === "start") return { seq: await tailSeq(store), ...unleased };
  const time = Moment.safeParse(from);
  if (time.success) return { seq: await seqAt(store, time.data), ...unleased };
  return { seq: startOf(from, { seq: await headSeq(store), restores }), ...unleased };
}
