import { z } from "zod";
import { listingCursor, readListingCursor } from "../../articles/stream/cursor.ts";
import { leadOf } from "../../articles/stream/lead.ts";
import { type Html, html, httpUrl, type Part } from "../../lib/text.ts";
import { ProblemError } from "../../model/problem.ts";
import type { Day } from "../../model/publish/day.ts";
import {
  type ListedArticle,
  type ListingFilter,
  type ListingPage,
  type ListingRequest,
  matches,
  placeOf,
  readListing,
  readPinned,
} from "../../store/articles/listing.ts";
import { countStories, type Stories } from "../../store/articles/stories.ts";
import { getDays } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import type { Context } from "../server/context.ts";
import {
  type Around,
  dayTitle,
  type Edition,
  nameOf,
  pathIn,
  timeElement,
  translateInto,
} from "../server/edition.ts";
import type { Snapshot } from "../server/snapshot.ts";
import { columns, noneHere, nothingYet, type Page } from "./layout.ts";

const ARTICLES_PER_PAGE = 30;

const MAX_PINNED = 20;

interface Subject {
  path: string;
  title: string;
  note: string;
  filter: ListingFilter;
  /** Path without extension; missing if no feed has the same articles. */
  feed?: string;
  endLinks?: Part;
}

/** Parameters of a list: the cursor before or after which its page begins. */
export const Place = z.object({
  before: z.string().max(400).optional(),
  after: z.string().max(400).optional(),
});

type Place = z.output<typeof Place>;

interface Found {
  page: ListingPage;
  from: "start" | "before" | "after";
}

/** Returns a page of a list. `found` contains the page's articles if they were already read. */
export async function readList(
  context: Context,
  around: Around,
  subject: Subject,
  place: Place,
  found?: Found,
): Promise<Page> {
  const { store } = context;
  const { snapshot } = around;
  const { page, from } = found ?? (await readPlace(context, snapshot, subject.filter, place));
  const pinned = from === "start" ? await pinnedOf(context, snapshot, subject.filter) : [];
  const articles = [...pinned, ...page.articles];
  const storyIds = articles.map(({ storyId }) => storyId);
  const stories = await countStories(store, storyIds);
  const days = await getDays(store, [...new Set(page.articles.map(({ day }) => day))]);
  const dayCount = (day: string) => countIn(days(day), subject.filter);
  const { path, title, feed } = subject;
  const body = listPage({ subject, page, from, pinned, stories, dayCount }, around);
  return { path, title, ...(feed && { feed }), articles, body };
}

async function pinnedOf({ store }: Context, { now }: Snapshot, filter: ListingFilter) {
  // The page of a day lists articles only by time.
  if (filter.day !== undefined) return [];
  const pinned = await readPinned(store, now, MAX_PINNED);
  return pinned.filter((article) => matches(article, filter));
}

async function readPlace(
  { store }: Context,
  { now }: Snapshot,
  filter: ListingFilter,
  { before, after }: Place,
): Promise<Found> {
  const request = { limit: ARTICLES_PER_PAGE, now };
  if (after !== undefined) {
    const page = await readPage(store, filter, { ...request, after: readListingCursor(after) });
    // If all newer articles fit into one page, the reader gets the newest page.
    if (page.next) return { page, from: "after" };
  } else if (before !== undefined) {
    const page = await readPage(store, filter, { ...request, before: readListingCursor(before) });
    return { page, from: "before" };
  }
  return { page: await readPage(store, filter, request), from: "start" };
}

async function readPage(
  store: Store,
  filter: ListingFilter,
  request: ListingRequest,
): Promise<ListingPage> {
  const page = await readListing(store, filter, request);
  if (page.articles.length > 0 || page.next === null) return page;
  const from = request.after ? { after: page.next } : { before: page.next };
  return readListing(store, filter, { ...request, ...from });
}

function countIn(
  day: Day,
  { sourceId, topic, country, region, language, where }: ListingFilter,
): number | null {
  if (where || region) return null;
  if (sourceId) return day.bySource[sourceId] ?? 0;
  if (topic) return day.byTopic[topic] ?? 0;
  if (country) return day.byCountry[country] ?? 0;
  return language ? (day.byLanguage[language] ?? 0) : day.articles;
}

/** Returns the page of a place. Throws a 404 problem if it has no articles. */
export async function placePage(
  context: Context,
  around: Around,
  { region, city }: { region: string; city?: string | undefined },
  place: Place,
): Promise<Page> {
  const { now } = around.snapshot;
  const filter = { where: { region: [region], ...(city && { city: [city] }) } };
  const found = await readPlace(context, around.snapshot, filter, place);
  // A page beyond the oldest article is empty.
  const { articles, next } =
    found.from === "start" || found.page.articles.length > 0
      ? found.page
      : await readPage(context.store, filter, { limit: 1, now });
  const [one] = articles;
  if (!one && next === null) {
    throw new ProblemError(404, "not-found", "There are no articles about this place.");
  }
  const country = nameOf("country", region.slice(0, 2), around);
  // Without an article, the city in the URL could be any text.
  const parts = (one ? [city, one.region, country] : [region, country]).filter(
    (name) => typeof name === "string",
  );
  const subject = {
    path: pathOf(region, city),
    // The names are the same for Berlin, which is both a city and a region.
    title: [...new Set(parts)].join(", "),
    note: region,
    filter,
  };
  return readList(context, around, subject, place, found);
}

export function pathOf(region: string, city?: string | null): string {
  const path = `/region/${encodeURIComponent(region)}`;
  return city ? `${path}/${encodeURIComponent(city)}` : path;
}

interface List extends Found {
  subject: Subject;
  pinned: readonly ListedArticle[];
  stories: Stories;
  dayCount: (day: string) => number | null;
}

function listPage(list: List, around: Around): Html {
  const { path, title, note, endLinks } = list.subject;
  const pageHeading =
    path === "/"
      ? html`<h1 class="skip">${title}</h1>`
      : html`<div class="heading"><h1 dir="auto">${title}</h1><p>${note}</p></div>`;
  const main = html`${pageHeading}
${content(list, around)}
${pager(list, around)}
${endLinks}`;
  return columns(main, around);
}

function content(list: List, around: Around): Part {
  const first = new Set(list.pinned.map(({ _id }) => _id));
  const articles = list.page.articles.filter(({ _id }) => !first.has(_id));
  const { stories, subject } = list;
  if (articles.length + first.size === 0) {
    const isEmpty = around.snapshot.counters.all.articles === 0;
    return isEmpty ? nothingYet(around) : noneHere(subject.title, around.edition);
  }
  if (subject.filter.day !== undefined) return articles.map((one) => teaser(one, stories, around));
  const days = [...new Set(articles.map(({ day }) => day))];
  return [
    pinnedBlock(list, around),
    ...days.map((day) => {
      const ofDay = articles.filter((article) => article.day === day);
      return dayBlock(day, ofDay, list, around);
    }),
  ];
}

function pinnedBlock({ pinned, stories }: List, around: Around): Html | null {
  if (pinned.length === 0) return null;
  return html`<section class="day" aria-labelledby="pinned"><h2 id="pinned">${around.edition.messages.picked}</h2>
${pinned.map((one) => teaser(one, stories, around))}
</section>`;
}

function dayBlock(day: string, articles: ListedArticle[], list: List, around: Around): Html {
  const { edition, snapshot } = around;
  const count = list.dayCount(day);
  return html`<section class="day" aria-labelledby="d${day}">
<h2 id="d${day}"><a href="${pathIn(edition, `/day/${day}`)}">${dayTitle(edition, day, snapshot.today)}</a>
${count !== null && html`<span class="n">${edition.messages.articles(count)}</span>`}</h2>
${articles.map((one) => teaser(one, list.stories, around))}
</section>
`;
}

function pager({ page, from, subject }: List, { edition }: Around): Html | null {
  const [newest, oldest] = [page.articles[0], page.articles.at(-1)];
  const newer = { start: null, before: newest && placeOf(newest), after: page.next }[from];
  const older = from === "after" ? oldest && placeOf(oldest) : page.next;
  if (!newer && !older) return null;
  const { messages } = edition;
  const at = pathIn(edition, subject.path);
  return html`<nav class="pager" aria-label="${messages.pages}">
${newer ? html`<a rel="prev" href="${at}?after=${listingCursor(newer)}">${messages.newer}</a>` : html`<span></span>`}
${older && html`<a rel="next" href="${at}?before=${listingCursor(older)}">${messages.older}</a>`}
</nav>`;
}

export function heading(article: ListedArticle, edition: Edition): Html {
  const path = pathIn(edition, `/article/${encodeURIComponent(article._id)}`);
  return html`<a href="${path}">${titleOf(article, edition)}</a>`;
}

/** Returns the prefix (a place, if any) and the title, each with its own text direction. */
export function titleOf(article: ListedArticle, edition: Edition): Html {
  const { prefix, title, titleLanguage } = translateInto(edition, article);
  const place = prefix.trim();
  const foreign = titleLanguage !== article.language && langOf(titleLanguage);
  return html`${place && html`<bdi class="place" lang="en">${place}</bdi> `}<bdi${foreign}>${title}</bdi>`;
}

/** Returns a link to the original article through `/read/ID`, which counts the click. */
export function readMore(article: ListedArticle, edition: Edition, className = "more"): Html {
  const { title, titleLanguage } = translateInto(edition, article);
  const { language, messages } = edition;
  const label = html`<bdi lang="${language}">${messages.readMore}</bdi> <bdi${langOf(titleLanguage)}>${title}</bdi>`;
  const url = httpUrl(article.url);
  // A printed page shows this URL.
  const link =
    url &&
    html`<a href="/read/${encodeURIComponent(article._id)}" data-original="${url}" rel="external noopener nofollow">${label}</a>`;
  return html`<p class="${className}"${dirOf(titleLanguage)}>${link ?? title}</p>`;
}

export function lead(article: ListedArticle, { edition, snapshot }: Around): Html {
  const translated = translateInto(edition, article);
  const paragraphs = leadOf(translated, snapshot.sources.get(article.sourceId));
  const foreign = translated.leadLanguage !== article.language && langOf(translated.leadLanguage);
  return html`<div class="lead"${foreign}>${paragraphs.map((text) => html`<p dir="auto">${text}</p>`)}</div>`;
}

/** Returns whether the publisher stated the article's time of day. */
export function isPrecise(article: ListedArticle): boolean {
  return article.publishedAt !== null && article.publishedPrecision !== "day";
}

export function langOf(language: string | null): Html | "" {
  return language ? html` lang="${language}"` : "";
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** Returns a `dir` attribute for a language; `auto` if the language is unknown. */
export function dirOf(language: string | null): Html {
  if (!language) return html` dir="auto"`;
  // With `auto`, a place name in Latin letters at the start would decide the direction.
  return RIGHT_TO_LEFT.has(language) ? html` dir="rtl"` : html` dir="ltr"`;
}

export function titleDir(article: ListedArticle, edition: Edition): Html {
  return dirOf(translateInto(edition, article).titleLanguage);
}

export function metaLine(article: ListedArticle, around: Around): Html {
  const { edition, config } = around;
  const { language, messages } = edition;
  const when = timeElement(edition, config.timezone, article.sortAt, isPrecise(article));
  const extent = extentOf(article, edition);
  const link = (category: "source" | "topic", id: string) =>
    pathIn(edition, `/${category}/${encodeURIComponent(id)}`);
  return html`<p class="meta" lang="${language}" dir="ltr">
<a class="source" href="${link("source", article.sourceId)}"><bdi>${nameOf("source", article.sourceId, around)}</bdi></a>
${extent && html`<span class="extent">${extent}</span>\n`}<span>${article.publishedAt === null && `${messages.firstSeen} `}${when}</span>
${article.topics.map(
  (id) => html`<a class="tag" href="${link("topic", id)}">${nameOf("topic", id, around)}</a>\n`,
)}</p>`;
}

/** Returns how much of an article is available and, if known, why not all; null if complete. */
export function extentOf(
  { completeness, incompleteReason }: Pick<ListedArticle, "completeness" | "incompleteReason">,
  { messages }: Edition,
): string | null {
  if (completeness === "full") return null;
  const texts: Partial<Record<string, string>> = messages.incomplete;
  const why = incompleteReason && (texts[incompleteReason] ?? messages.incomplete.other);
  return [messages.completeness[completeness], why].filter(Boolean).join(": ");
}

function alsoAt(
  { storyId, sourceId }: ListedArticle,
  stories: Stories,
  edition: Edition,
): Html | null {
  const others = [...(stories.get(storyId)?.sources ?? [])].filter((id) => id !== sourceId).length;
  if (others === 0) return null;
  const path = pathIn(edition, `/story/${encodeURIComponent(storyId)}`);
  return html`<p class="meta" lang="${edition.language}" dir="ltr"><a class="also" href="${path}">${edition.messages.alsoAt(others)}</a></p>`;
}

export function teaser(article: ListedArticle, stories: Stories, around: Around): Html {
  const { edition } = around;
  return html`<article class="item"${langOf(article.language)}>
<h3${titleDir(article, edition)}>${heading(article, edition)}</h3>
${lead(article, around)}
${readMore(article, edition)}
${metaLine(article, around)}
${alsoAt(article, stories, edition)}
</article>
`;
}
