import {
  type ListedArticle,
  type ListingFilter,
  type Position,
  readListing,
} from "../../store/articles/listing.ts";
import type { Store } from "../../store/store.ts";

/** Articles of one archive document; a day with more names a next page. */
export const MOST_OF_A_DAY = 1000;

/** What an archive document, or the feed that is subscribed to, shows of a list. */
export interface Shown {
  articles: readonly ListedArticle[];
  /** The day of an archive document; null for the feed itself. */
  day: string | null;
  now: Date;
}

/**
 * The days of the archive documents before and after what is shown (RFC 5005 section 4). The day
 * before the feed's own entries may be the one that its oldest entry is of: it shows a part of it.
 */
export async function daysAround(
  store: Store,
  filter: ListingFilter,
  { articles, day, now }: Shown,
): Promise<{ before: string | null; after: string | null }> {
  const [newest, oldest] = [articles[0], articles.at(-1)];
  if (!newest || !oldest) return { before: null, after: null };
  const last =
    day === null ? placeOf(oldest) : await lastOfDay(store, { ...filter, day }, oldest, now);
  const [older, newer] = await Promise.all([
    readListing(store, filter, { limit: 1, now, before: last }),
    day === null ? null : readListing(store, filter, { limit: 1, now, after: placeOf(newest) }),
  ]);
  return { before: older.articles[0]?.day ?? null, after: newer?.articles[0]?.day ?? null };
}

/** Where a day ends, however many articles it has. */
async function lastOfDay(
  store: Store,
  filter: ListingFilter,
  oldest: ListedArticle,
  now: Date,
): Promise<Position> {
  let at = placeOf(oldest);
  for (;;) {
    const page = await readListing(store, filter, { limit: MOST_OF_A_DAY, now, before: at });
    const last = page.articles.at(-1);
    if (last) at = placeOf(last);
    if (page.next === null) return at;
  }
}

function placeOf({ sortAt, _id: id }: ListedArticle): Position {
  return { sortAt, id };
}
