import type { Click } from "../model/click.ts";
import type { Store } from "./store.ts";

/** Counts a click on an article on a day, in one round trip. */
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

/** The clicks of a day: all together, and of the articles that were followed most. */
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
