import { hasDayFirst, parseDate } from "../../lib/dates.ts";
import { shortHash } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Contradiction } from "../../model/crawl/host.ts";
import type { FoundLink, ListedEntries } from "../../model/crawl/link.ts";
import { hostOf } from "./url.ts";

/** Forms that feeds and lists use, and the usual forms for them. */
const UNUSUAL_FORMS: [form: RegExp, usual: string][] = [
  // The first day of a range counts: `10 Oct - 12 Nov 2026`.
  [/((?<![\d:])\d{1,2}\.?\s\p{L}+)\.?\s?[-–]\s?\d{1,2}\.?\s\p{L}+(?=\.?\s\d{4})/u, "$1"],
  // Unix writes `Tue Nov 10 10:00:00 UTC 2026`.
  [/(\d\d:\d\d:\d\d(?:\s?(?:[a-z]{1,4}[+-]?|[+-])[\d:]*)?)\s((?:19|20)\d{2})(?![\d:])/i, "$2 $1"],
  [/^(\d{8})(\d{4}(?:\d{2})?Z?)$/, "$1T$2"],
  // `Nov 10, '26`
  [/(\p{L}\.?\s\d{1,2}),?\s['’](\d{2})(?!\d)/u, "$1, 20$2"],
  // In a longer text, `Nov 10, 26` can be followed by a unit.
  [/^(\p{L}+\.?\s\d{1,2}),?\s(\d{2})$/u, "$1, 20$2"],
  [/\s?,?\s(?:tháng|năm)\s(?=\d)/giu, "/"],
  // Danish dates have two different separators: `25/11-2026`.
  [/(?<=\d\/\d\d?)-(?=\d{2})/, "/"],
  // Arab sites give a month's two names: `17 مارس/ آذار 2020`.
  [/(?<=\p{Script=Arabic})\/\s?\p{Script=Arabic}+(?=\s\d{4})/u, ""],
];

/**
 * Reads a date in ISO 8601, RFC 822 or a common local format; the default zone is UTC. Null if the
 * date is unreadable, before 1990 or over a day after `now`.
 */
export function readPublishedAt(raw: string, stated: string | undefined, now: Date): Date | null {
  // Some feeds write `en_US`.
  const language = stated?.replaceAll("_", "-") ?? "";
  let text = raw.trim().slice(0, 120);
  for (const [form, usual] of UNUSUAL_FORMS) text = text.replace(form, usual);
  const dayFirst = !/^en(-US|-PH)?$/i.test(language);
  // If only the preferred order gives a date in the future, that order is wrong.
  for (const order of [dayFirst, !dayFirst]) {
    const at = parseDate(text, { dayFirst: order, timezone: "UTC", language })?.at.getTime();
    if (at === undefined || at < Date.UTC(1990, 0)) return null;
    // A date less than a day ahead probably comes from a wrong clock.
    if (at <= now.getTime() + DAY_MS) return new Date(Math.min(at, now.getTime()));
  }
  return null;
}

/** Returns the language for reading dates: `en-GB` for English where the day comes first. */
export function dateLanguage(language: string | undefined, url: string): string | undefined {
  if (language === undefined || !/^en(?![a-z])/i.test(language)) return language;
  return hasDayFirst(hostOf(url) ?? "", language) ? "en-GB" : "en";
}

/** Returns a link's date in epoch ms; Infinity if unknown, so that the link counts as new. */
export function dateOf(link: FoundLink): number {
  const { publishedAt, modifiedAt } = link.hints;
  return (publishedAt ?? modifiedAt)?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** Returns undated links first, in their original order, then the others, newest first. */
export function newestFirst(links: FoundLink[]): FoundLink[] {
  return links.toSorted((a, b) => {
    const [one, other] = [dateOf(a), dateOf(b)];
    return one === other ? 0 : other - one;
  });
}

/** Maximum number of entries that are considered for the comparison with the next fetch. */
export const MAX_ORDERED_ENTRIES = 200;
const MAX_STORED_ENTRIES = 100;
const HOUR_S = 3600;
const MIN_CHANGED_ENTRIES = 3;
const MIN_COMMON_ENTRIES = 8;
const MIN_SWAPPED_SHARE = 0.25;

interface Entry {
  key: string;
  id: string;
  title: string;
  /** The later of publication and modification, seconds since 1970; 0 if unknown. */
  date: number;
}

/**
 * Returns a summary of a list's links, to compare with the next fetch. `order` has the links' keys
 * in document order.
 */
export function toListedEntries(
  order: Iterable<string>,
  links: ReadonlyMap<string, FoundLink>,
): ListedEntries {
  const entries: string[] = [];
  for (const key of new Set(order)) {
    const link = links.get(key);
    if (link && entries.length < MAX_STORED_ENTRIES) entries.push(entryLine(key, link));
  }
  const all = [...links].map(([key, { hints }]) => `${key} ${hints.title ?? ""}`);
  return { digest: shortHash(all.toSorted().join("\n")), entries };
}

function entryLine(key: string, { hints }: FoundLink): string {
  const { guid, title, publishedAt, modifiedAt } = hints;
  const at = Math.max(publishedAt?.getTime() ?? 0, modifiedAt?.getTime() ?? 0);
  const [id = "-", name = "-"] = [guid && brief(guid), title && brief(title)];
  return `${key.slice(0, 12)} ${id} ${name} ${Math.floor(at / 1000)}`;
}

function brief(text: string): string {
  return shortHash(text).slice(0, 8);
}

function entriesOf({ entries }: ListedEntries): Entry[] {
  return entries.map((text) => {
    const [key = "", id = "", title = "", date = ""] = text.split(" ");
    return { key, id, title, date: Number(date) };
  });
}

export function contradictions(
  before: ListedEntries | undefined,
  now: ListedEntries,
): Contradiction[] {
  if (!before) return [];
  const old = entriesOf(before);
  const fresh = entriesOf(now);
  const was = new Map(old.map((entry) => [entry.key, entry]));
  const common = fresh.flatMap((is) => {
    const had = was.get(is.key);
    return had ? [{ is, had }] : [];
  });
  return [ids(old, fresh, common), dates(common), orders(old, fresh)].flatMap((one) => one ?? []);
}

type Pair = { is: Entry; had: Entry };

function ids(old: Entry[], fresh: Entry[], common: Pair[]): Contradiction | null {
  const comparable = common.filter(({ is, had }) => is.id !== "-" && had.id !== "-");
  const others = comparable.filter(({ is, had }) => is.id !== had.id);
  if (others.length >= MIN_CHANGED_ENTRIES && others.length * 2 >= comparable.length) {
    const evidence = `${others.length} of ${comparable.length} entries have another id than at the last fetch`;
    return { kind: "ids", evidence };
  }
  const owners = new Map(old.map((entry) => [entry.id, entry]));
  // With the same title it is the same article at another URL.
  const reused = fresh.filter(({ key, id, title }) => {
    const owner = id === "-" ? undefined : owners.get(id);
    return owner && owner.key !== key && owner.title !== title;
  });
  if (reused.length === 0) return null;
  return { kind: "ids", evidence: `new entries with the id of another article: ${reused.length}` };
}

function dates(common: Pair[]): Contradiction | null {
  const dated = common.filter(({ is, had }) => is.date > 0 && had.date > 0);
  const later = dated.filter(
    ({ is, had }) => is.title === had.title && is.date > had.date + HOUR_S,
  );
  if (later.length < MIN_CHANGED_ENTRIES || later.length * 2 < dated.length) return null;
  const evidence = `${later.length} of ${dated.length} entries are dated later than at the last fetch`;
  return { kind: "dates", evidence };
}

function orders(old: Entry[], fresh: Entry[]): Contradiction | null {
  const place = new Map(old.map(({ key }, index) => [key, index]));
  const positions = fresh.flatMap(({ key }) => place.get(key) ?? []);
  const swapped = positions.filter((at, index) => at < (positions[index - 1] ?? -1)).length;
  if (positions.length < MIN_COMMON_ENTRIES || swapped < MIN_SWAPPED_SHARE * (positions.length - 1))
    return null;
  const evidence = `${swapped} of ${positions.length} entries changed places`;
  return { kind: "order", evidence };
}
