import { type Article, toItem } from "../../model/articles/article.ts";
import type { Change } from "../../model/publish/change.ts";
import { shortenArticles } from "../../store/articles/articles.ts";
import { countUp } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, makeSource } from "../../test/helpers/articles.ts";

const BATCH_SIZE = 1000;
const ARTICLES_PER_DAY = 400;
const SOURCE_COUNT = 60;
const TOPICS = ["smart-city", "egov", "ai", "cybersecurity", "mobility", "open-data"];
const COUNTRIES = ["DE", "FR", "US", "IN", "BR", "JP"];
const LANGUAGES = ["de", "fr", "en", "en", "pt", "ja"];
const SENTENCE = "The city council agreed on a plan for the lamps of the old harbour. ";

/**
 * A million characters, the maximum length of an article's text. With the markup, the article takes
 * 4 MB in the store.
 */
const LONG_TEXT = "Der Stadtrat beschlie\u00dft, \u0434\u0430. ".repeat(36_000).slice(0, 1_000_000);

/**
 * Returns article number `number`. Number 0 is the newest; there are `ARTICLES_PER_DAY` articles
 * per day over all sources.
 */
export function numbered(number: number): Article {
  const sortAt = new Date(Date.now() - Math.floor((number * 86_400_000) / ARTICLES_PER_DAY));
  const place = number % COUNTRIES.length;
  return makeArticle(`article-${number}`, {
    sortAt,
    sourceId: `source-${number % SOURCE_COUNT}`,
    topics: [TOPICS[number % TOPICS.length] ?? "ai"],
    country: COUNTRIES[place] ?? null,
    language: LANGUAGES[place] ?? null,
    teaser: SENTENCE.repeat(4),
    text: `${SENTENCE.repeat(20)}\n\n`.repeat(3),
  });
}

/** The `long` newest articles have the text `LONG_TEXT`. */
export async function fillPublished(store: Store, articles: number, long = 0): Promise<void> {
  const { sources, articles: stored, changes, meta } = store.collections;
  await sources.insertMany(
    Array.from({ length: SOURCE_COUNT }, (_, n) => makeSource(`source-${n}`)),
  );
  for (let next = 0; next < articles; next += BATCH_SIZE) {
    const length = Math.min(BATCH_SIZE, articles - next);
    // The oldest article is first in the stream.
    const made = Array.from({ length }, (_, index) => numbered(articles - 1 - next - index));
    const told = made.map(
      (article, index): Change => ({
        seq: next + index + 1,
        articleId: article._id,
        version: 1,
        kind: "created",
        before: null,
        item: toItem(article),
        at: article.sortAt,
      }),
    );
    const last = articles - next - length;
    const writes = made.map((article, index) => {
      const isLong = last + (length - 1 - index) < long;
      return { article: isLong ? { ...article, text: LONG_TEXT, html: LONG_TEXT } : article };
    });
    const short = await shortenArticles(store, writes);
    await stored.insertMany(
      short.map(({ article }) => article),
      { ordered: false },
    );
    await changes.insertMany(told, { ordered: false });
    if ((next + BATCH_SIZE) % 20_000 === 0)
      console.error(`${next + BATCH_SIZE} of ${articles} articles`);
  }
  await meta.updateOne({ _id: "head" }, { $set: { value: articles } }, { upsert: true });
  while ((await countUp(store, 2000)) > 0);
}
