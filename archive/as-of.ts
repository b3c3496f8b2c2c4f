import { DAY_MS } from "../lib/time.ts";
import {
  type Article,
  type Item,
  type PendingChange,
  type Revision,
  toItem,
  toVisible,
} from "../model/articles/article.ts";
import { evidenceOf } from "../model/articles/fields.ts";
import type { Change } from "../model/publish/change.ts";
import { type Filter, matchesFields } from "../model/publish/filter.ts";
import { revisionsOfArticles } from "../store/articles/articles.ts";
import type { Position } from "../store/articles/listing.ts";
import { readSlice } from "../store/articles/slice.ts";
import { changesOfArticles, historySince } from "../store/publish/changes.ts";
import { furtherBack } from "../store/queries.ts";
import { EPOCH, FAR_FUTURE, type Store } from "../store/store.ts";

const PAGE_SIZE = 40;
const BATCH_SIZE = 50;
const MAX_BATCHES = 10;

interface PortalQuery {
  time: Date;
  after: Position | null;
  page: PortalPage;
}

/**
 * Returns up to 40 articles that a portal page showed at `query.time`, newest first. Returns none
 * if the changes of that time are no longer stored.
 */
export async function readPortalAsOf(store: Store, query: PortalQuery): Promise<PortalAsOf> {
  const { time } = query;
  const items: AsOfItem[] = [];
  const since = await historySince(store);
  if (since && time < since) return { knownSince: since, items, next: null };
  const end = Math.min(+time, endOf(query.page.day));
  let after: Position = query.after ?? { sortAt: new Date(end + 1), id: "" };
  let more = true;
  for (let batches = 0; more && batches < MAX_BATCHES && items.length < PAGE_SIZE; batches++) {
    const found = await readOlder(store, after);
    items.push(...(await shownOf(store, found, query)));
    const last = found.at(-1);
    if (last) after = { sortAt: last.sortAt, id: last._id };
    more = found.length === BATCH_SIZE && after.sortAt.getTime() >= beginOf(query.page.day);
  }
  const shown = items.slice(0, PAGE_SIZE);
  const last = items.length > PAGE_SIZE ? shown.at(-1) : null;
  const cut = last ? { sortAt: last.today.sortAt, id: last.item.id } : null;
  return { knownSince: since, items: shown, next: cut ?? (more ? after : null) };
}

async function readOlder(store: Store, { sortAt, id }: Position): Promise<Article[]> {
  const { articles } = store.collections;
  const read = (where: object, limit: number) =>
    articles.find(where).sort({ sortAt: -1, _id: -1 }).limit(limit).toArray();
  const found = id === "" ? [] : await read({ sortAt, _id: { $gt: "", $lt: id } }, BATCH_SIZE);
  const limit = BATCH_SIZE - found.length;
  const older = await furtherBack({ before: sortAt, limit }, (within, left) =>
    read({ sortAt: within }, left),
  );
  return [...found, ...older];
}

function endOf(day: string | undefined): number {
  // By then, the day is over in every time zone.
  return day === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${day}T00:00:00Z`) + 2 * DAY_MS;
}

function beginOf(day: string | undefined): number {
  return day === undefined ? 0 : Date.parse(`${day}T00:00:00Z`) - DAY_MS;
}

async function shownOf(
  store: Store,
  articles: Article[],
  { time, page }: PortalQuery,
): Promise<AsOfItem[]> {
  return (await withHistory(store, articles, time)).flatMap(({ today, history }) => {
    const later = history.find(({ at }) => at > time);
    const visible = later ? later.before : toVisible(today);
    if (!visible?.listed || !matchesFields(page.where, visible)) return [];
    if (page.day !== undefined && visible.day !== page.day) return [];
    const then = later ? history.findLast(({ at }) => at <= time)?.item : undefined;
    const item = then ?? toItem(today);
    const { status, duplicateOf, version, sortAt } = today;
    // Without the change that was in effect then, the texts of that time are unknown.
    const sure = !later || then !== undefined;
    return { item, sure, today: { status, duplicateOf, version, sortAt } };
  });
}

/** Returns the articles known at `time`, except erased ones, with their changes by version. */
async function withHistory(store: Store, articles: Article[], time: Date) {
  const known = articles.filter(
    ({ firstSeenAt, contentHash }) => firstSeenAt <= time && contentHash !== "",
  );
  const changes = await changesOfArticles(
    store,
    known.map(({ _id }) => _id),
  );
  return known.map((today) => {
    const all = [...(changes.get(today._id) ?? []), ...today.pending];
    return { today, history: all.toSorted((a, b) => a.version - b.version) };
  });
}

/**
 * Selects the articles of a portal page: those that match `where` and, if `day` (`YYYY-MM-DD`) is
 * set, are of that day.
 */
export interface PortalPage {
  where: Filter;
  day?: string | undefined;
}

/** An article as the portal showed it at a time, and its current state. */
export interface AsOfItem {
  item: Item;
  /** Whether `item` has the texts as they were at the requested time; if not, it has today's. */
  sure: boolean;
  today: Pick<Article, "status" | "duplicateOf" | "version" | "sortAt">;
}

export interface PortalAsOf {
  /** The time since which all changes are stored; null if no change was removed. */
  knownSince: Date | null;
  items: AsOfItem[];
  /** The `after` of the next page; null if there are no older articles. */
  next: Position | null;
}

/**
 * Yields each article known at `time`: as it was then, and as it is today. The order is that of
 * today's `sortAt`. Skips erased articles.
 */
export async function* articlesAsOf(
  store: Store,
  time: Date,
  from = EPOCH,
): AsyncGenerator<{ article: Article; today: Article }> {
  let after: Position | null = null;
  for (;;) {
    const all = { sourceId: null, since: from, until: FAR_FUTURE };
    const batch: Article[] = await readSlice(store, all, after, BATCH_SIZE);
    const last = batch.at(-1);
    if (!last) return;
    after = { sortAt: last.sortAt, id: last._id };
    const known = await withHistory(store, batch, time);
    const revisions = await revisionsOfArticles(
      store,
      known.map(({ today }) => today._id),
    );
    for (const { today, history } of known) {
      const article = asOf(today, history, revisions.get(today._id) ?? [], time);
      if (article) yield { article, today };
    }
  }
}

/**
 * Returns an article as it was known at a time; null if it was created later. `history` has its
 * changes by version.
 */
export function asOf(
  article: Article,
  history: readonly (Change | PendingChange)[],
  revisions: readonly Revision[],
  time: Date,
): Article | null {
  const later = history.find(({ at }) => at > time);
  if (!later) return withoutLaterTimes(article, time);
  if (later.before === null) return null;
  const item = history.findLast(({ at }) => at <= time)?.item;
  const revision = revisions
    .filter(({ at }) => at <= time)
    .toSorted((a, b) => b.revision - a.revision)[0];
  // If the change that set these fields is no longer stored, the next change contains their earlier
  // values.
  const { sourceId, country, region, city, language, topics, relevanceScore, status, day } = item
    ? toVisible(item)
    : later.before;
  const place = { country, regionCode: region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, day };
  return withoutLaterTimes(
    {
      ...article,
      ...fieldsOf(revision),
      // Leave out what happened later.
      ...(status !== "retracted" && { retraction: null }),
      ...(status === "published" && { editorial: null, unlisted: null }),
      ...(!item && later.before.listed && { duplicateOf: null }),
      // The name of an earlier region is stored only in items.
      ...(region !== article.regionCode && { region: null }),
      ...(item && fieldsOfItem(item)),
      ...visible,
    },
    time,
  );
}

function fieldsOf(revision: Revision | undefined): Partial<Article> {
  if (!revision) return {};
  const { fields, contentHash, captureId, extractor, sourceVersion } = revision;
  const { completeness, fieldScore, reservations } = revision;
  const origin = { contentHash, captureId, extractor, sourceVersion, reservations };
  return {
    ...fields,
    ...origin,
    title: fields.title ?? "",
    text: fields.text ?? "",
    revision: revision.revision,
    evidence: evidenceOf(revision.provenance),
    completeness,
    fieldScore,
  };
}

function fieldsOfItem({ version, url, region, duplicateOf, storyId, sortAt, timing }: Item) {
  return { version, url, region, duplicateOf, storyId, sortAt, origin: timing.origin };
}

function withoutLaterTimes(article: Article, time: Date): Article {
  const { lastSeenAt, firstSeenAt, servedAt } = article;
  const past = servedAt && servedAt > time ? { ...article, servedAt: null } : article;
  return lastSeenAt <= time ? past : { ...past, lastSeenAt: firstSeenAt };
}
