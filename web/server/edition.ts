import { viewNamed } from "../../articles/stream/views.ts";
import { type Html, html, type Part } from "../../lib/text.ts";
import { shiftDay } from "../../lib/time.ts";
import { asEdited, type Wording } from "../../model/articles/article.ts";
import { ProblemError } from "../../model/problem.ts";
import type { Filter } from "../../model/publish/filter.ts";
import type { ListedArticle, ListingFilter } from "../../store/articles/listing.ts";
import type { NeighbouringDays } from "../../store/publish/counters.ts";
import { LANGUAGES, type Language, type PortalConfig } from "./config.ts";
import { MESSAGES } from "./messages.ts";
import type { Snapshot } from "./snapshot.ts";

const LOCALES = { en: "en-GB", de: "de-DE" } as const;

/** The portal in one of its languages. */
export type Edition = ReturnType<typeof editionIn>;

function editionIn(language: Language, main: Language) {
  return {
    language,
    /** Locale for `Intl`, such as `de-DE`. */
    locale: LOCALES[language],
    messages: MESSAGES[language],
    /** Path prefix, such as `/de`; empty for the portal's main language. */
    base: language === main ? "" : `/${language}`,
  };
}

/** What all parts of a portal page need, besides the articles that they show. */
export interface Around {
  edition: Edition;
  config: PortalConfig;
  snapshot: Snapshot;
}

/** Returns the editions of a portal, the one in its main language first. */
export function editionsOf({
  language: main = "en",
}: Pick<PortalConfig, "language">): [Edition, ...Edition[]] {
  const others = LANGUAGES.filter((language) => language !== main);
  return [editionIn(main, main), ...others.map((language) => editionIn(language, main))];
}

/** Returns the portal edition (language) of a page, given its path; `url` can have a query. */
export function editionAt(url: string, config: Pick<PortalConfig, "language">): Edition {
  const [first, ...others] = editionsOf(config);
  const other = others.find(
    ({ base }) => url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`),
  );
  return other ?? first;
}

/** Returns the path of a page in an edition, such as `/topics` or `/de/topics`. */
export function pathIn({ base }: Edition, page: string): string {
  return page === "/" && base !== "" ? base : base + page;
}

export function numberIn({ language }: Edition, count: number): string {
  return count.toLocaleString(language);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(
  { locale }: Edition,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = locale + zone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  formats.set(key, known);
  return known;
}

function clock(edition: Edition, zone: string, at: Date): string {
  return format(edition, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** Returns a date in the time zone, such as `25 November 2026`. */
export function longDate(edition: Edition, zone: string, at: Date): string {
  return format(edition, zone, { day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** Returns a heading like `Monday, 23 November 2026` or `Today, 25 November 2026`. */
export function dayTitle(edition: Edition, day: string, today: string | null): string {
  const at = new Date(`${day}T12:00:00Z`);
  const date = longDate(edition, "UTC", at);
  if (today !== null && day === today) return `${edition.messages.today}, ${date}`;
  if (today !== null && day === shiftDay(today, -1))
    return `${edition.messages.yesterday}, ${date}`;
  return `${format(edition, "UTC", { weekday: "long" }).format(at)}, ${date}`;
}

export function timeElement(edition: Edition, zone: string, at: Date, precise: boolean): Html {
  const date = longDate(edition, zone, at);
  const text = precise ? `${date}, ${clock(edition, zone, at)}` : date;
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}

/** Returns links to neighbouring days. The links' paths begin with `path`. */
export function dayLinks(
  edition: Edition,
  path: string,
  { before, after }: NeighbouringDays,
): Part {
  const link = (to: string) =>
    html`<a href="${pathIn(edition, `${path}/${to}`)}">${longDate(edition, "UTC", new Date(`${to}T12:00:00Z`))}</a>`;
  if (before === null && after === null) return null;
  return html`<nav class="pager" aria-label="${edition.messages.days}">${before === null ? html`<span></span>` : link(before)}${after !== null && link(after)}</nav>`;
}

/**
 * Returns an article with editors' texts in place of the publisher's. Prefers editors' translations
 * into the language of this edition.
 */
export function translateInto({ language }: Edition, article: ListedArticle) {
  const { title, teaser }: Wording = article.edited?.translations?.[language] ?? {};
  const edited = asEdited(article, language);
  return {
    ...edited,
    // An editor's teaser replaces the whole lead.
    ...(teaser !== undefined && { edited: { ...edited.edited, teaser } }),
    titleLanguage: title === undefined ? article.language : language,
    leadLanguage: teaser === undefined ? article.language : language,
  };
}

/** The categories that lists can be filtered by, as written in URLs. */
export const CATEGORIES = ["topic", "country", "language", "source"] as const;

export type Category = (typeof CATEGORIES)[number];

type Naming = Pick<Around, "edition" | "config"> & { snapshot: Pick<Snapshot, "sources"> };

const namesBy = new Map<string, Intl.DisplayNames>();

function namesIn(language: string, type: "region" | "language"): Intl.DisplayNames {
  const key = `${language} ${type}`;
  const known = namesBy.get(key) ?? new Intl.DisplayNames([language], { type, fallback: "code" });
  namesBy.set(key, known);
  return known;
}

/**
 * Returns the name of a topic, country, language or source for this edition of the portal; the id
 * if no name is known.
 */
export function nameOf(
  category: Category,
  id: string,
  { edition, config, snapshot }: Naming,
): string {
  if (category === "topic") return topicName(id, config, edition.language);
  if (category === "source") return snapshot.sources.get(id)?.name ?? id;
  const { language } = edition;
  if (category === "country") {
    return (/^[A-Z]{2}$/.test(id) && namesIn(language, "region").of(id)) || id;
  }
  return (/^[a-z]{2,3}$/.test(id) && namesIn(language, "language").of(id)) || id;
}

/** Describes a filter for readers, such as `Smart cities; Germany, Austria`. */
function filterText(filter: Filter, naming: Naming): string {
  const { messages } = naming.edition;
  const categories = CATEGORIES.map((category) =>
    filter[category]?.map((id) => nameOf(category, id, naming)).join(", "),
  );
  const { region, city, relevance, copies } = filter;
  const least = relevance === undefined ? undefined : messages.relevanceFrom(relevance);
  const without = copies === false ? messages.withoutCopies : undefined;
  const all = [...categories, region?.join(", "), city?.join(", "), least, without];
  return all.filter((part) => part !== undefined).join("; ") || messages.everything;
}

/** Returns a topic's name in `language` or else the main language; the id if it has no name. */
export function topicName(
  id: string,
  { topicNames, topicNamesIn = {} }: PortalConfig,
  language = "",
): string {
  const foreign = topicNamesIn[language] ?? {};
  const own = (names: Record<string, string>) => Object.hasOwn(names, id) && names[id];
  return own(foreign) || own(topicNames) || id;
}

/** The lists that have a page and a feed, as written in URLs. */
export const LISTS = [...CATEGORIES, "view"] as const;

/**
 * Returns the list of a topic, country, language, source or view. Throws a 404 problem if the list
 * is unknown; `code` is the code of that problem, except for views.
 */
export function listNamed(
  kind: (typeof LISTS)[number],
  id: string,
  around: Around,
  code: string,
): { path: string; title: string; note: string; filter: ListingFilter } {
  const { edition, snapshot } = around;
  const path = `/${kind}/${encodeURIComponent(id)}`;
  if (kind === "view") {
    const { name, filter } = viewNamed(id, snapshot.views);
    return { path, title: name, note: filterText(filter, around), filter: { where: filter } };
  }
  if (!isKnown(kind, id, around)) {
    throw new ProblemError(404, code, `There is no ${kind} "${id}".`);
  }
  return {
    path,
    title: nameOf(kind, id, around),
    note: edition.messages.articles(countsOf(kind, snapshot)[id] ?? 0),
    filter: kind === "source" ? { sourceId: id } : { [kind]: id },
  };
}

function isKnown(category: Category, id: string, { config, snapshot }: Around): boolean {
  if (category === "source" && snapshot.sources.has(id)) return true;
  if (category === "topic" && Object.hasOwn(config.topicNames, id)) return true;
  return Object.hasOwn(countsOf(category, snapshot), id);
}

/**
 * Returns each topic, country, language or source that has articles: its id and number of articles,
 * largest first. `shownTopics` selects and orders the topics.
 */
export function entriesOf(
  category: Category,
  { shownTopics }: PortalConfig,
  snapshot: Snapshot,
): [string, number][] {
  const counts = countsOf(category, snapshot);
  const entries =
    category === "topic" && shownTopics
      ? shownTopics.map((id): [string, number] => [id, counts[id] ?? 0])
      : Object.entries(counts).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return entries.filter(([, count]) => count > 0);
}

function countsOf(category: Category, { counters }: Snapshot): Record<string, number> {
  const { all } = counters;
  return {
    topic: all.byTopic,
    country: all.byCountry,
    language: all.byLanguage,
    source: all.bySource,
  }[category];
}
