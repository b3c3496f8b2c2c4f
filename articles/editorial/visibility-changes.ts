import { articlesWithVisibilityChange } from "../../store/articles/articles.ts";
import { withIntent } from "../../store/articles/stories.ts";
import type { Store } from "../../store/store.ts";
import { changeArticle, writeOf } from "../revisions/draft.ts";
import { listed } from "../revisions/visibility.ts";
import { repairStories } from "../stories/repair.ts";

const BATCH_SIZE = 200;

/** Updates up to 200 articles whose visibility is due to change. Returns how many. */
export async function updateVisibility({
  store,
  now,
}: {
  store: Store;
  now(): Date;
}): Promise<number> {
  const due = await articlesWithVisibilityChange(store, now(), BATCH_SIZE);
  if (due.length === 0) return 0;
  await withIntent(store, { at: now(), articleIds: due }, async () => {
    for (const id of due) await updateOne(store, id, now);
    await repairStories(store, due, now);
  });
  return due.length;
}

async function updateOne(store: Store, id: string, now: () => Date): Promise<void> {
  await changeArticle(store, id, async (before) => {
    const at = now();
    const after = { ...before, ...listed(before, before, at) };
    const gone = before.status === "published" && after.status !== "published";
    const next = {
      ...after,
      visibilityChangesAt: after.visibilityChangesAt ?? null,
      version: before.version + 1,
    };
    return writeOf(next, before, gone ? "retracted" : "updated", at);
  });
}
