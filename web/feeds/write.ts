import { z } from "zod";
import { listingCursor, readListingCursor } from "../../articles/stream/cursor.ts";
import { apiItem, openText } from "../../articles/stream/item.ts";
import { leadOf } from "../../articles/stream/lead.ts";
import { invalidRequest } from "../../model/problem.ts";
import { Day } from "../../model/request-times.ts";
import {
  type ListedArticle,
  type ListingFilter,
  type Position,
  placeOf,
  readListing,
} from "../../store/articles/listing.ts";
import { readStoryArticles } from "../../store/articles/stories.ts";
import type { Store } from "../../store/store.ts";
import type { Rendered } from "../server/answer.ts";
import type { Context } from "../server/context.ts";
import type { Snapshot } from "../server/snapshot.ts";
import { type Feed, toEntry } from "./feed.ts";
import { atomFeed, jsonFeed, ninjs, rssFeed } from "./formats.ts";

export const FORMATS = {
  json: { name: "JSON Feed 1.1", type: "application/feed+json; charset=utf-8", write: jsonFeed },
  atom: { name: "Atom", type: "application/atom+xml; charset=utf-8", write: atomFeed },
  rss: { name: "RSS 2.0", type: "application/rss+xml; charset=utf-8", write: rssFeed },
  ninjs: {
    name: "a list of IPTC ninjs 3.1",
    type: "application/json; charset=utf-8",
    write: ({ entries }: Feed) => JSON.stringify(entries.map(ninjs)),
  },
};

export const Formats = z.enum(["json", "atom", "rss", "ninjs"]);
export type Format = z.infer<typeof Formats>;

/** Parses words separated by `|` into an array of lowercase words. */
export const Words = z
  .string()
  .max(500)
  .optional()
  .transform((text) =>
    (text ?? "")
      .toLowerCase()
      .split("|")
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  );

export const FeedQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
  filter: Words.describe(
    "Only entries with one of these texts in the title or teaser: `bridge|tunnel`",
  ),
  filterout: Words.describe(
    "Leaves out entries with any of these texts in the title or teaser: `bridge|tunnel`",
  ),
  mode: z
    .enum(["summary", "fulltext"])
    .default("summary")
    .describe("fulltext: with the whole text of articles whose publishers allow it"),
  archive: Day.optional().describe(
    "Only for Atom: the archive document (RFC 5005, section 4) for the given day; `prev-archive` links to such documents",
  ),
});
export type FeedQuery = z.output<typeof FeedQuery>;

/** What a feed is about: the story `storyId` or, if missing, the articles that pass `filter`. */
export interface Subject {
  filter: ListingFilter;
  storyId?: string;
  title: string;
  page: string;
}

/** Returns a page of a feed. Throws a 400 problem if `archive` is set and the feed has none. */
export async function writeFeed(
  context: Context,
  { now, sources }: Snapshot,
  subject: Subject,
  { path, format, query }: { path: string; format: Format; query: FeedQuery },
): Promise<Rendered> {
  const { store, config } = context;
  if (query.archive !== undefined && (format !== "atom" || subject.storyId)) {
    throw invalidRequest(
      "Only Atom feeds have archives, and feeds of stories have none. Omit archive.",
    );
  }
  const words = { wanted: query.filter, unwanted: query.filterout };
  const narrowed = words.wanted.length + words.unwanted.length > 0;
  const keep = (article: ListedArticle) => {
    if (!narrowed) return true;
    const lead = leadOf(article, sources.get(article.sourceId));
    return hasWords([article.prefix + article.title, ...lead].join("\n"), words);
  };
  const { articles, next } = await articlesOf(context, subject, { query, now, keep });
  const entries = articles.flatMap((article) => {
    const source = sources.get(article.sourceId);
    const text = query.mode === "fulltext" ? openText(article, source) : null;
    return toEntry(apiItem(article, source), source, config, text) ?? [];
  });
  const address = (place: Pick<FeedQuery, "cursor" | "archive">) =>
    config.baseUrl + path + searchOf({ ...query, cursor: undefined, archive: undefined, ...place });
  const { cursor, archive } = query;
  const isAtomList = format === "atom" && !subject.storyId && cursor === undefined;
  const shown = { articles, day: archive ?? null, now };
  const around = isAtomList ? await neighbouringArchiveDays(store, subject.filter, shown) : null;
  const archived = (on: string | null) => on && address({ archive: on });
  const self = address({ cursor, archive });
  const isPlainList = subject.storyId === undefined && self === config.baseUrl + path;
  const feed: Feed = {
    id: `tag:newsgather,2026:feed${path.replace(/^\/feeds/, "").replace(/\.\w+$/, "")}`,
    title: subject.title,
    description: `News collected by ${config.portalTitle}, newest first; every entry leads to its publisher`,
    home: config.baseUrl + subject.page,
    self,
    next: next && address({ archive, cursor: listingCursor(next) }),
    ...(around && {
      archive: {
        current: archive === undefined ? null : address({}),
        previous: archived(around.before),
        next: archived(around.after),
      },
    }),
    // The hub isn't notified of the changes of other feeds.
    hub: (isPlainList && config.hub) || null,
    updated: new Date(Math.max(0, ...entries.map((entry) => entry.updated.getTime()))),
    language: subject.filter.language ?? null,
    entries,
  };
  const usage = entries.map(({ item }) => item.rights);
  return { type: FORMATS[format].type, body: FORMATS[format].write(feed), usage };
}

const MAX_PAGES_READ = 10;

async function articlesOf(
  { store }: Context,
  { filter, storyId }: Subject,
  { query, now, keep }: { query: FeedQuery; now: Date; keep: (article: ListedArticle) => boolean },
): Promise<{ articles: ListedArticle[]; next: Position | null }> {
  if (storyId !== undefined) {
    const articles = (await readStoryArticles(store, storyId))
      .filter(keep)
      .toSorted((a, b) => b.sortAt.getTime() - a.sortAt.getTime());
    return { articles: articles.slice(0, query.limit), next: null };
  }
  const { cursor, archive: day } = query;
  const limit = day === undefined ? query.limit : MAX_ARCHIVE_PAGE_ARTICLES;
  const wanted = day === undefined ? filter : { ...filter, day };
  const articles: ListedArticle[] = [];
  let next = cursor === undefined ? null : readListingCursor(cursor);
  for (let round = 0; round < MAX_PAGES_READ; round++) {
    const page = await readListing(store, wanted, { limit, now, ...(next && { before: next }) });
    articles.push(...page.articles.filter(keep));
    next = page.next;
    if (next === null || articles.length >= limit) break;
  }
  const last = articles[limit - 1];
  const isMore = articles.length > limit && last !== undefined;
  // Unless articles are left over, the next page begins where reading stopped, so that articles
  // that `keep` rejected aren't read again.
  return { articles: articles.slice(0, limit), next: isMore ? placeOf(last) : next };
}

/** Omits default values, so that each feed has one URL. */
function searchOf({ limit, cursor, filter, filterout, mode, archive }: FeedQuery): string {
  const query = new URLSearchParams({
    ...(limit !== 50 && { limit: String(limit) }),
    ...(filter.length > 0 && { filter: filter.join("|") }),
    ...(filterout.length > 0 && { filterout: filterout.join("|") }),
    ...(mode !== "summary" && { mode }),
    ...(archive !== undefined && { archive }),
    ...(cursor !== undefined && { cursor }),
  });
  return query.size === 0 ? "" : `?${query.toString()}`;
}

const MAX_ARCHIVE_PAGE_ARTICLES = 1000;

async function neighbouringArchiveDays(
  store: Store,
  filter: ListingFilter,
  { articles, day, now }: { articles: ListedArticle[]; day: string | null; now: Date },
): Promise<{ before: string | null; after: string | null }> {
  const [newest, oldest] = [articles[0], articles.at(-1)];
  if (!newest || !oldest) return { before: null, after: null };
  // The feed itself might show only a part of its oldest entry's day.
  const last =
    day === null ? placeOf(oldest) : await lastOfDay(store, { ...filter, day }, oldest, now);
  const [older, newer] = await Promise.all([
    readListing(store, filter, { limit: 1, now, before: last }),
    day === null ? null : readListing(store, filter, { limit: 1, now, after: placeOf(newest) }),
  ]);
  return { before: older.articles[0]?.day ?? null, after: newer?.articles[0]?.day ?? null };
}

/** Returns a position after which the list has no more articles of the day. */
async function lastOfDay(
  store: Store,
  filter: ListingFilter,
  oldest: ListedArticle,
  now: Date,
): Promise<Position> {
  let at = placeOf(oldest);
  for (;;) {
    const { articles, next } = await readListing(store, filter, {
      limit: MAX_ARCHIVE_PAGE_ARTICLES,
      now,
      before: at,
    });
    const last = articles.at(-1);
    if (next === null) return last ? placeOf(last) : at;
    // A page of hidden articles is empty.
    at = next;
  }
}

/**
 * Returns whether a text contains a wanted string (if any are given) and no unwanted one. All
 * strings must be in lowercase.
 */
export function hasWords(
  text: string,
  { wanted, unwanted }: { wanted: readonly string[]; unwanted: readonly string[] },
): boolean {
  const lower = text.toLowerCase();
  const has = (word: string) => lower.includes(word);
  return (wanted.length === 0 || wanted.some(has)) && !unwanted.some(has);
}
