import { applyMissingCorrections } from "../../articles/stories/corrections.ts";
import { restoryArticles } from "../../articles/stories/repair.ts";
import type { Store } from "../../store/store.ts";

/** Decides the stories of a time span again, as the stage `stories` does. Returns the result. */
export async function retold(
  store: Store,
  { since, until }: { since: Date; until: Date },
  now: () => Date,
) {
  const articles = await store.collections.articles
    .find({ sortAt: { $gte: since, $lt: until } })
    .sort({ sortAt: 1, _id: 1 })
    .toArray();
  const { featuresChanged, moved, open } = await restoryArticles(store, articles, now);
  const words = await applyMissingCorrections(store, now);
  return { articles: articles.length, featuresChanged, moved: moved + words, open };
}
