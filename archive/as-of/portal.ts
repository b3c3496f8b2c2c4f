import { DAY_MS } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import { type Item, toVisible } from "../../model/articles/item.ts";
import { toItem } from "../../model/articles/to-item.ts";
import { type Filter, fits } from "../../model/publish/filter.ts";
import { changedAt, changesOfArticles, tailSeq } from "../../store/publish/changes.ts";
import { readLatest } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";

/** Articles per page, articles per batch, and batches per page at most. */
const PAGE_SIZE = 40;
const BATCH_SIZE = 50;
const MAX_BATCHES = 10;

/** A page of the portal at a time: of articles dated up to `until`. */
interface PortalQuery {
  time: Date;
  until: Date;
  page: PortalPage;
}

/**
 * What a page of the portal showed at a time, newest first, from the change stream: up to 40 articles
 * dated before `until`, that were in the page's category, place and day then, whatever they are today.
 * Erased ones are left out, and so are those whose keeping time is over. Of a rare category a page may be
 * short, and name where to go on.
 */
export async function readPortalAsOf(store: Store, query: PortalQuery): Promise<PortalAsOf> {
  const { time } = query;
  const items: AsOfItem[] = [];
  const since = await findKnownSince(store);
  if (since && time < since) return { knownSince: since, items, next: null };
  let next: Date | null = new Date(Math.min(+time, +query.until, endOf(query.page.day)));
  for (let batches = 0; next && batches < MAX_BATCHES && items.length < PAGE_SIZE; batches++) {
    const end: Date = next;
    const found = await readLatest(store.collections.articles, "sortAt", {
      now: end,
      limit: BATCH_SIZE,
    });
    const dated = found.filter(({ sortAt }) => sortAt <= end);
    items.push(...(await shownOf(store, dated, query)));
    const last = dated.at(-1);
    next = last && found.length === BATCH_SIZE ? new Date(last.sortAt.getTime() - 1) : null;
    if (next && next.getTime() < beginOf(query.page.day)) next = null;
  }
  const shown = items.slice(0, PAGE_SIZE);
  const cut = items.length > PAGE_SIZE ? shown.at(-1)?.item.sortAt : null;
  return { knownSince: since, items: shown, next: cut ? new Date(cut.getTime() - 1) : next };
}

/** The time of the oldest change that is still stored; null while no change was removed. */
async function findKnownSince(store: Store): Promise<Date | null> {
  const tail = await tailSeq(store);
  return tail === 0 ? null : changedAt(store, tail + 1);
}

/** Bounds of what may be of a day, in whatever time zone, ms. */
function endOf(day: string | undefined): number {
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
  const known = articles.filter(
    ({ firstSeenAt, contentHash }) => firstSeenAt <= time && contentHash !== "",
  );
  const ids = known.map(({ _id }) => _id);
  const changes = await changesOfArticles(store, ids);
  return known.flatMap((today) => {
    const history = [...(changes.get(today._id) ?? []), ...today.pending].toSorted(
      (a, b) => a.version - b.version,
    );
    const later = history.find(({ at }) => at > time);
    const visible = later ? later.before : toVisible(today);
    if (!visible?.listed || !fits(page.where, visible)) return [];
    if (page.day !== undefined && visible.day !== page.day) return [];
    const then = later ? history.findLast(({ at }) => at <= time)?.item : undefined;
    const item = then ?? toItem(today);
    const { status, duplicateOf, version } = today;
    // Of a change that is no longer kept only what lists read of it is known.
    const sure = !later || then !== undefined;
    return { item, sure, today: { status, duplicateOf, version } };
  });
}

/** The page of the portal to show: the list of all articles, of a category or place, or of a day (`YYYY-MM-DD`). */
export interface PortalPage {
  where: Filter;
  day?: string | undefined;
}

/** An article as the portal showed it at a time, and its state today. */
export interface AsOfItem {
  item: Item;
  /** False when the words are today's, because the change with the earlier ones isn't stored any more. */
  sure: boolean;
  today: Pick<Article, "status" | "duplicateOf" | "version">;
}

/** What the portal showed at a time. */
export interface PortalAsOf {
  /** How far back the change stream reaches; null for always. */
  knownSince: Date | null;
  items: AsOfItem[];
  /** Where older ones begin; null when there are none. */
  next: Date | null;
}
