import { latinDigits, shortHash } from "../../lib/text.ts";
import { DAY_MS, hasDayFirst, YEAR_FIRST_LANGUAGE, zoneOffset } from "../../lib/time.ts";
import type { Contradiction } from "../../model/crawl/host.ts";
import type { FoundLink, ListedEntries } from "../../model/crawl/link.ts";
import { hostOf } from "./url.ts";

const YEAR_FIRST = /(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})[日일]?/;
// Danish dates have two different separators: `25/11-2026`.
const YEAR_LAST =
  /(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})(?:\s?\2\s?|(?<=\/\d\d?)-)(\d{4}|\d{2})(?!\d)/;
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?Z?)?$/;
const TIME =
  /(?<![\d.])(\d{1,2})[.:時시h](\d{2})(?!\d)(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s?([ap])\.?\s?m\b\.?)?/i;
// Thai abbreviations contain a period: `พ.ย.`
const WORD = /\p{L}[\p{L}\p{M}]*(?:\.\p{L}[\p{L}\p{M}]*)*|\d+/gu;
const VIETNAMESE_DATE_SEPARATOR = /\s?,?\s(?:tháng|năm)\s(?=\d)/giu;
// Upper case only, because `et` and `est` are French words.
const ZONE = /^\s?((?:Z|UTC|GMT|UT)?[+-]\d{1,2}(?::?\d{2}\b|$)|[A-Z]{1,4}\b)/;

/**
 * Reads a date in ISO 8601, RFC 822 or a common local format; the default zone is UTC. Null if the
 * date is unreadable, before 1990 or over a day after `now`.
 */
export function readPublishedAt(raw: string, stated: string | undefined, now: Date): Date | null {
  // Some feeds write `en_US`.
  const language = stated?.replaceAll("_", "-");
  const text = latinDigits(raw.trim().slice(0, 120)).replace(VIETNAMESE_DATE_SEPARATOR, "/");
  const read = compact(text) ?? numeric(text, language, now) ?? monthNamed(text, language);
  if (!read) return null;
  const midnight = Date.UTC(read.year, read.month - 1, read.day);
  // Date.UTC turns 31 February into a day in March, month 0 into December.
  if (read.month < 1 || read.month > 12 || new Date(midnight).getUTCDate() !== read.day)
    return null;
  const at = midnight + (read.time ?? timeOfDay(text.replace(read.seen, " ")));
  if (read.year < 1990 || at > now.getTime() + DAY_MS) return null;
  // A date less than a day ahead probably comes from a wrong clock.
  return new Date(Math.min(at, now.getTime()));
}

/** Returns the language for reading dates: `en-GB` for English where the day comes first. */
export function dateLanguage(language: string | undefined, url: string): string | undefined {
  if (language === undefined || !/^en(?![a-z])/i.test(language)) return language;
  return hasDayFirst(hostOf(url) ?? "", language) ? "en-GB" : "en";
}

interface Read {
  year: number;
  month: number;
  day: number;
  seen: string;
  /** Milliseconds since midnight UTC; if missing, the time must be read from outside `seen`. */
  time?: number;
}

function compact(text: string): Read | null {
  const [seen, year, month, day, hour = 0, minute = 0, second = 0] = COMPACT_DATE.exec(text) ?? [];
  if (seen === undefined) return null;
  const time = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return { year: Number(year), month: Number(month), day: Number(day), seen, time };
}

function numeric(text: string, language: string | undefined, now: Date): Read | null {
  const [first, last] = [yearFirst(text), yearLast(text, language, now)];
  if (!first || !last) return first ?? last;
  // In `25/11/2026 - 10.30`, the year and the time look like a date too.
  return text.indexOf(first.seen) < text.indexOf(last.seen) ? first : last;
}

function yearFirst(text: string): Read | null {
  const [seen, year, month, day] = YEAR_FIRST.exec(text) ?? [];
  if (seen === undefined) return null;
  // Thai pages use the Buddhist era.
  const era = Number(year) > 2400 ? 543 : 0;
  return { year: Number(year) - era, month: Number(month), day: Number(day), seen };
}

function yearLast(text: string, language: string | undefined, now: Date): Read | null {
  const [seen, first, separator, second, year] = YEAR_LAST.exec(text) ?? [];
  if (seen === undefined) return null;
  const [a, b] = [Number(first), Number(second)];
  if (year?.length === 2 && b <= 12 && YEAR_FIRST_LANGUAGE.test(language ?? "")) {
    return { year: fullYear(a), month: b, day: Number(year), seen };
  }
  const dayFirst = { year: fullYear(Number(year)), month: b, day: a, seen };
  const monthFirst = { ...dayFirst, month: a, day: b };
  if (a > 12 || separator === ".") return dayFirst;
  if (b > 12) return monthFirst;
  const preferred = /^en(-US|-PH)?$/i.test(language ?? "") ? monthFirst : dayFirst;
  const other = preferred === dayFirst ? monthFirst : dayFirst;
  // If only the preferred order gives a date in the future, that order is wrong.
  const isFuture = (d: Read) => Date.UTC(d.year, d.month - 1, d.day) > now.getTime() + DAY_MS;
  return isFuture(preferred) && !isFuture(other) ? other : preferred;
}

function monthNamed(text: string, language: string | undefined): Read | null {
  const words = text.replace(TIME, " ").match(WORD) ?? [];
  const isMonth = (word: string) => !/\d/.test(word) && monthOf(word, language) !== null;
  const months = words.flatMap((word, index) => (isMonth(word) ? [index] : []));
  // In French and other languages, `mar` is short for both Tuesday and March. Between a Tuesday and
  // its month, there is no year.
  const isDated = (index: number, nth: number) =>
    isDay(nearestNumbers(words, index, -1)[0]) ||
    nearestNumbers(words.slice(0, months[nth + 1]), index, 1).length === 2;
  const at = months.find(isDated) ?? months[0] ?? -1;
  const month = at < 0 ? null : monthOf(words[at] ?? "", language);
  if (month === null) return null;
  const before = nearestNumbers(words, at, -1);
  const after = nearestNumbers(words, at, 1);
  const day = [before[0], after[0]].find(isDay);
  // In Hungarian, Latvian and Lithuanian, the year comes before the month.
  const year =
    after.find((number) => number > 31) ??
    before.find((number) => number > 999) ??
    after[before.length > 0 ? 0 : 1];
  if (day === undefined || year === undefined) return null;
  return { year: fullYear(year), month, day, seen: `${year}` };
}

function isDay(number: number | undefined): number is number {
  return number !== undefined && number >= 1 && number <= 31;
}

function nearestNumbers(words: string[], at: number, step: 1 | -1): number[] {
  const numbers: number[] = [];
  // One word that isn't a number, such as `de` or `г`, is skipped.
  for (let i = at + step, gap = 0; gap < 2 && words[i] !== undefined && numbers.length < 2; ) {
    if (/^\d{1,4}$/.test(words[i] ?? "")) numbers.push(Number(words[i]));
    else gap += 1;
    i += step;
  }
  return numbers;
}

function timeOfDay(text: string): number {
  const match = TIME.exec(text);
  if (!match) return 0;
  const [seen, hour, minute, second = 0, half] = match;
  const isPm = half?.toLowerCase() === "p";
  const hours = half ? (Number(hour) % 12) + (isPm ? 12 : 0) : Number(hour);
  if (hours > 24 || Number(minute) > 59) return 0;
  const [, zone = ""] = ZONE.exec(text.slice(match.index + seen.length)) ?? [];
  const minutes = hours * 60 + Number(minute) - (zoneOffset(zone) ?? 0);
  return minutes * 60_000 + Math.min(Number(second), 59) * 1000;
}

function fullYear(year: number): number {
  if (year > 2400) return year - 543;
  return year < 100 ? year + (year < 70 ? 2000 : 1900) : year;
}

const tables = new Map<string, Map<string, number>>();

function monthOf(word: string, language: string | undefined): number | null {
  const name = normal(word);
  for (const tag of new Set([language ?? "en", "en"])) {
    const month = monthsByName(tag).get(name);
    if (month !== undefined) return month;
  }
  return null;
}

function monthsByName(language: string): Map<string, number> {
  const known = tables.get(language);
  if (known) return known;
  const table = new Map<string, number>();
  const [primary] = language.split("-");
  for (const style of ["long", "short"] as const) {
    for (const options of [{ month: style }, { month: style, day: "numeric" } as const]) {
      addNames(table, language, options);
      addNames(table, `${primary}-Latn`, options);
    }
  }
  if (language === "en") table.set("sept", 9);
  tables.set(language, table);
  return table;
}

function addNames(
  table: Map<string, number>,
  language: string,
  options: Intl.DateTimeFormatOptions,
): void {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(language, {
      ...options,
      timeZone: "UTC",
      calendar: "gregory",
    });
  } catch {
    return; // not a language tag
  }
  for (let month = 1; month <= 12; month += 1) {
    const parts = format.formatToParts(Date.UTC(2026, month - 1, 15));
    const name = parts.find((part) => part.type === "month")?.value;
    if (name && !/\d/.test(name)) table.set(normal(name), month);
  }
}

function normal(word: string): string {
  return word.normalize("NFKC").toLowerCase().replace(/\.$/, "");
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
