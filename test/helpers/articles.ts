import { dayIn } from "../../lib/time.ts";
import { type Article, type ChangeKind, toBefore, toItem } from "../../model/articles/article.ts";
import type { Change } from "../../model/publish/change.ts";
import { Source, type SourceRecord } from "../../model/sources/source.ts";
import { appendChanges, headSeq } from "../../store/publish/changes.ts";
import { countUp } from "../../store/publish/counters.ts";
import { recordOf } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

/** Returns a complete article. Tests override the fields that they are about; the others have plausible values. */
export function makeArticle(id: string, overrides: Partial<Article> = {}): Article {
  const sortAt = overrides.sortAt ?? new Date("2026-11-25T08:00:00Z");
  return {
    _id: id,
    version: 1,
    sourceId: "cities",
    sourceVersion: 1,
    url: `https://cities.example/news/${id}`,
    title: `Title of ${id}`,
    text: "First paragraph of the text.\n\nSecond paragraph.\n\nThird paragraph.\n\nFourth.",
    html: null,
    teaser: "What the publisher says it is about.",
    authors: ["Ada Example"],
    publishedAt: sortAt,
    publishedPrecision: "instant",
    modifiedAt: null,
    language: "en",
    section: null,
    tags: [],
    image: null,
    siteName: null,
    canonicalUrl: null,
    isAccessibleForFree: null,
    wordCount: 12,
    prefix: "DE: Hamburg: ",
    country: "DE",
    region: "Hamburg",
    regionCode: null,
    city: null,
    topics: ["smart-city"],
    relevanceScore: null,
    status: "published",
    completeness: "full",
    contentHash: id,
    captureId: "capture",
    extractor: "test",
    derived: { language: "test", places: "test", topics: "test", relevance: "test" },
    evidence: { title: { rule: "h1", seen: `Title of ${id}`, confidence: 1 } },
    fieldScore: 1,
    reservations: [],
    rights: [],
    publish: null,
    origin: null,
    servedAt: null,
    revised: { revision: overrides.revision ?? 1, kind: "first", because: "found" },
    duplicateOf: null,
    storyId: id,
    firstSeenAt: sortAt,
    lastSeenAt: sortAt,
    sortAt,
    day: dayIn("UTC", sortAt),
    canonVersion: 1,
    revision: 1,
    pending: [],
    ...overrides,
  };
}

/** Returns the record of a source. */
export function makeSource(id: string, overrides: Partial<SourceRecord> = {}): SourceRecord {
  const declared = Source.parse({ id, name: `The ${id}`, feeds: [`https://${id}.example/rss`] });
  return { ...recordOf(declared), checksum: id, ...overrides };
}

/** Stores articles, appends their changes to the stream and counts them, so that readers see them. */
export async function publishArticles(
  store: Store,
  kind: ChangeKind,
  articles: Article[],
): Promise<Article[]> {
  const ids = articles.map((article) => article._id);
  const old = await store.collections.articles.find({ _id: { $in: ids } }).toArray();
  const before = new Map(old.map((article) => [article._id, article]));
  const changes: Omit<Change, "seq">[] = [];
  const stored = articles.map((article) => {
    const was = before.get(article._id);
    const now = { ...article, version: (was?.version ?? 0) + 1 };
    changes.push({
      articleId: now._id,
      version: now.version,
      kind,
      before: was ? toBefore(was) : null,
      item: toItem(now),
      at: new Date(),
    });
    return now;
  });
  await store.collections.articles.bulkWrite(
    stored.map((article) => ({
      replaceOne: { filter: { _id: article._id }, replacement: article, upsert: true },
    })),
  );
  await appendChanges(store, await headSeq(store), changes);
  while ((await countUp(store)) > 0);
  return stored;
}
