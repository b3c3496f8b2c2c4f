import { articlesLapsing } from "../../store/articles/listing.ts";
import type { Store } from "../../store/store.ts";
import { changeArticle } from "../publication/change-article.ts";
import { writeOf } from "../publication/decide.ts";
import { listed } from "../publication/listed.ts";
import { mendStories } from "../stories/stories.ts";

/** Articles of one tick; the rest comes with the next one. */
const PER_TICK = 200;

/** Decides again whether readers see the articles whose embargo or time is over; answers how many there were. */
export async function lapse({ store, now }: { store: Store; now(): Date }): Promise<number> {
  const due = await articlesLapsing(store, now(), PER_TICK);
  for (const id of due) {
    await changeArticle(store, id, async (before) => {
      const at = now();
      const after = { ...before, ...listed(before, before, at) };
      const gone = before.status === "published" && after.status !== "published";
      const next = { ...after, lapsesAt: after.lapsesAt ?? null, version: before.version + 1 };
      return writeOf(next, before, gone ? "retracted" : "updated", at);
    });
  }
  if (due.length > 0) await mendStories(store, due, now);
  return due.length;
}
