import { readListingCursor } from "../../../articles/stream/cursor.ts";
import type { Html } from "../../../lib/html.ts";
import type { Day } from "../../../model/publish/day.ts";
import {
  type ListingFilter,
  type ListingPage,
  matches,
  readListing,
  readPinned,
} from "../../../store/articles/listing.ts";
import { countStories } from "../../../store/articles/stories.ts";
import { getDays } from "../../../store/publish/days.ts";
import type { Context } from "../../server/context.ts";
import type { Around } from "../../server/edition.ts";
import type { Snapshot } from "../../server/snapshot.ts";
import { noneHere, nothingYet } from "./empty.ts";
import type { Page } from "./layout.ts";
import { type List, listPage } from "./list.ts";

const ARTICLES = 30;
/** Most that are pinned at once. */
const PINNED = 20;

/** What a list page is about. */
export interface Subject {
  path: string;
  title: string;
  /** One line under the title. */
  note: string;
  filter: ListingFilter;
  /** Path of the feed with the same list, without its ending. */
  feed?: string;
  /** Further links at the end of the page. */
  around?: Html;
}

/** Which page of a list is asked for, by cursors. */
export interface Place {
  before?: string | undefined;
  after?: string | undefined;
}

/** The articles on a page of a list, and from where it was read. */
export type Found = Pick<List, "page" | "from">;

/** Reads a page of a list, unless it was read to find out what it is about, and lays it out. */
export async function readList(
  context: Context,
  around: Around,
  subject: Subject,
  place: Place,
  found?: Found,
): Promise<Page> {
  const { snapshot } = around;
  const { page, from } = found ?? (await readPlace(context, snapshot, subject.filter, place));
  const pinned = from === "start" ? await pinnedOf(context, snapshot, subject.filter) : [];
  const { all } = snapshot.counters;
  const list: List = {
    path: subject.path,
    title: subject.title,
    note: subject.note,
    page,
    pinned,
    stories: await countStories(
      context.store,
      [...pinned, ...page.articles].map(({ storyId }) => storyId),
    ),
    from,
    oneDay: subject.filter.day !== undefined,
    dayCount: await dayCounts(context, subject, page),
    empty: all.articles === 0 ? nothingYet(around) : noneHere(subject.title, around.edition),
    ...(subject.around && { around: subject.around }),
  };
  return {
    title: subject.title,
    path: subject.path,
    ...(subject.feed && { feed: subject.feed }),
    body: listPage(list, around),
  };
}

/** What editors pinned of a list; a day's own list is in the order of the day. */
async function pinnedOf({ store }: Context, { now }: Snapshot, filter: ListingFilter) {
  if (filter.day !== undefined) return [];
  const pinned = await readPinned(store, now, PINNED);
  return pinned.filter((article) => matches(article, filter));
}

/** Reads the articles of a page; fewer than a page ahead shows the newest page. */
export async function readPlace(
  { store }: Context,
  { now }: Snapshot,
  filter: ListingFilter,
  { before, after }: Place,
): Promise<Found> {
  const request = { limit: ARTICLES, now };
  if (after !== undefined) {
    const page = await readListing(store, filter, { ...request, after: readListingCursor(after) });
    if (page.next) return { page, from: "after" };
  } else if (before !== undefined) {
    const page = await readListing(store, filter, {
      ...request,
      before: readListingCursor(before),
    });
    return { page, from: "before" };
  }
  return { page: await readListing(store, filter, request), from: "start" };
}

async function dayCounts({ store }: Context, { filter }: Subject, { articles }: ListingPage) {
  const ids = [...new Set(articles.map((article) => article.day))];
  const days = await getDays(store, ids);
  return (id: string) => countIn(days(id), filter);
}

function countIn(
  day: Day,
  { sourceId, topic, country, language, where }: ListingFilter,
): number | null {
  if (where) return null;
  if (sourceId) return day.bySource[sourceId] ?? 0;
  if (topic) return day.byTopic[topic] ?? 0;
  if (country) return day.byCountry[country] ?? 0;
  return language ? (day.byLanguage[language] ?? 0) : day.articles;
}
