import { z } from "zod";
import { TIME_FORMS } from "../../../lib/time-expression.ts";
import { epochAfter } from "../../../model/publish/change.ts";
import { firstMomentOf, TimeText } from "../../../model/request-times.ts";
import { headSeq, readRestores, seqAt, tailSeq } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { startOf } from "./position.ts";

/** A point of the stream as people name it. */
export const From = z
  .string()
  .max(100)
  .describe(
    `\`start\` (the oldest change that is kept), \`latest\`, a cursor, or a time: ${TIME_FORMS}`,
  );

/** The bookmark of a point; throws a 400 or 410 problem when there is none. */
export async function bookmarkAt(store: Store, from: string, now: Date) {
  const restores = await readRestores(store);
  const unleased = { epoch: epochAfter(restores), lease: null };
  if (from === "start") return { seq: await tailSeq(store), ...unleased };
  if (TimeText.safeParse(from).success) {
    return { seq: await seqAt(store, firstMomentOf(from, now)), ...unleased };
  }
  return { seq: startOf(from, { seq: await headSeq(store), restores }), ...unleased };
}
