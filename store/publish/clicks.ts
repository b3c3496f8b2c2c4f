import type { Article } from "../../model/articles/article.ts";
import type { Click } from "../../model/publish/day.ts";
import { findById } from "../queries.ts";
import type { Store } from "../store.ts";

export async function countClick(
  { collections }: Store,
  { articleId, day, at }: Pick<Click, "day" | "at"> & { articleId: string },
): Promise<void> {
  const add = (_id: string, of: string | null) => ({
    updateOne: {
      filter: { _id },
      update: { $inc: { count: 1 }, $setOnInsert: { day, articleId: of, at } },
      upsert: true,
    },
  });
  await collections.clicks.bulkWrite([add(`${day} ${articleId}`, articleId), add(day, null)], {
    ordered: false,
  });
}

export async function clicksOf({ collections }: Store, day: string): Promise<number> {
  return (await collections.clicks.findOne({ _id: day }))?.count ?? 0;
}

/** Returns the clicks of a day: the total, and the counts of the most clicked articles. */
export async function readClicks(
  { collections }: Store,
  day: string,
  limit: number,
): Promise<{ total: number; articles: { id: string; count: number }[] }> {
  const found = await collections.clicks
    .find({ day, count: { $gte: 1, $lt: Number.MAX_SAFE_INTEGER } })
    .sort({ count: -1 })
    .limit(limit + 1)
    .toArray();
  const articles = found.flatMap(({ articleId: id, count }) =>
    id === null ? [] : [{ id, count }],
  );
  const total = found.find(({ articleId }) => articleId === null)?.count ?? 0;
  return { total, articles: articles.slice(0, limit) };
}

export async function readFollowed(
  store: Store,
  day: string,
  limit: number,
): Promise<{
  total: number;
  articles: (Pick<Article, "_id" | "title" | "sourceId"> & { count: number })[];
}> {
  const { total, articles } = await readClicks(store, day, limit);
  const ids = articles.map(({ id }) => id);
  const options = { projection: { title: 1, sourceId: 1 } };
  const known = await findById<Article>(store.collections.articles, ids, options);
  const followed = articles.flatMap(({ id, count }) => {
    const article = known.get(id);
    return article ? [{ ...article, count }] : [];
  });
  return { total, articles: followed };
}
