import type { Article } from "../../model/article.ts";
import { getArticles, writeArticles } from "../../store/articles.ts";
import { removeEach } from "../../store/remove.ts";
import type { Store } from "../../store/store.ts";
import { getStories, joinStories } from "../../store/stories.ts";
import { mergeInto, writeOf } from "../decide.ts";

/** Tries when others change an article at the same moment. */
const TRIES = 5;

/**
 * Lets the earliest copy stand for the story of an article that is erased, since readers would see
 * none of the copies else.
 */
export async function handOver(store: Store, articleId: string, now: Date): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const members = await store.collections.articles
      .find({ storyId: articleId }, { projection: { _id: 1 } })
      .limit(1000)
      .toArray();
    const ids = members.map(({ _id }) => _id).filter((id) => id !== articleId);
    const others = [...(await getArticles(store, ids)).values()].filter(
      ({ status }) => status !== "retracted",
    );
    const heir = others.toSorted((a, b) => firstOf(a) - firstOf(b))[0];
    if (!heir) return;
    const alone = { ...heir, version: heir.version + 1, duplicateOf: null, storyId: heir._id };
    const rest = others.filter((other) => other !== heir);
    const lost = await writeArticles(store, [
      writeOf(alone, heir, "updated", now),
      ...rest.map((other) => mergeInto(heir._id, other, now)),
    ]);
    if (lost.length === 0) return moveStory(store, articleId, others, now);
  }
  throw new Error("copies keep changing under us; run it again");
}

/** The story is named after who stands for it, so it moves with what is known of the others. */
async function moveStory(store: Store, from: string, others: Article[], now: Date): Promise<void> {
  const old = (await getStories(store, [from])).get(from);
  const articleIds = others.map(({ _id }) => _id);
  const [heir] = others.toSorted((a, b) => firstOf(a) - firstOf(b));
  if (!old || !heir) return;
  const because = Object.fromEntries(
    Object.entries(old.because).filter(([id]) => id !== heir._id && articleIds.includes(id)),
  );
  await joinStories(store, [{ storyId: heir._id, articleIds, because }], now);
  await removeEach(store.collections.stories, [{ _id: from }]);
}

function firstOf({ publishedAt, firstSeenAt }: Article): number {
  return Math.min(publishedAt?.getTime() ?? Infinity, firstSeenAt.getTime());
}
