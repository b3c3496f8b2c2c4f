import { DAY_MS } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import { type Item, toVisible } from "../../model/articles/item.ts";
import { toItem } from "../../model/articles/to-item.ts";
import { type Filter, fits } from "../../model/publish/filter.ts";
import { changedAt, changesOfArticles, tailSeq } from "../../store/publish/changes.ts";
import { readLatest } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";

const PAGE_SIZE = 40;
const BATCH_SIZE = 50;
const MAX_BATCHES = 10;

interface PortalQuery {
  time: Date;
  until: Date;
  page: PortalPage;
}

/**
 * Returns up to 40 articles that a portal page showed at a time, newest first; none if the changes
 * of that time are no longer stored. A page can have fewer although more follow: see `next`.
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

async function findKnownSince(store: Store): Promise<Date | null> {
  const tail = await tailSeq(store);
  return tail === 0 ? null : changedAt(store, tail + 1);
}

/** Returns when a day is over in every time zone (epoch ms). */
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
    // If the change of that time is no longer stored, only the list fields of that time are known.
    const sure = !later || then !== undefined;
    return { item, sure, today: { status, duplicateOf, version } };
  });
}

/** The list of all articles, of a category or place (`where`), or of a `day` (`YYYY-MM-DD`). */
export interface PortalPage {
  where: Filter;
  day?: string | undefined;
}

/** An article as the portal showed it at a time, and its current state. */
export interface AsOfItem {
  item: Item;
  /** Whether `item` has the texts of that time; otherwise, it has today's texts. */
  sure: boolean;
  today: Pick<Article, "status" | "duplicateOf" | "version">;
}

export interface PortalAsOf {
  /** Time of the oldest stored change; null if no change was ever removed, or if none is stored. */
  knownSince: Date | null;
  items: AsOfItem[];
  /** The `until` of the next page; null if there are no older articles. */
  next: Date | null;
}
