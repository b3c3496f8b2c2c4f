import { latinDigits } from "./text.ts";
import { DAY_MS, instantOf, MINUTE_MS, wallClockOf, zoneOffset } from "./time.ts";

// A zone has capital letters: in French, `et` and `est` are words.
const ISO =
  /^([12]\d{3})-?(\d{2})-?(\d{2})(?:(?:[Tt]|[Tt ]+(?=\d{1,2}:|\d{4}(?:\d{2})?Z?$))(\d{1,2}):?(\d{2})(?::?(\d{1,2})(?:[.,:]\d+)?)?\s*([aApP][mM])?\s*((?:Z|UTC?|GMT)\s?[+-]\d{1,2}(?::?\d{2})?|[Zz]|UTC|utc|GMT|gmt|[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[+-]\d$|[A-Z]{2,4})?)?/;

const YEAR = /(?:1[09]|2[05])\d{2}/;
const TIME_NEXT =
  /^[^\w(]*(?:\(\p{L}{1,9}\.?\)[^\w(]*)?(?:(?:[a-z]{2,3}\.? )?\d|(?:\p{L}{1,9}[.:]? |\()\d{1,2}:)/iu;
const NUMERIC = /\d\s?[-./|]\s?\d/;
const SHORT_YEAR = /[\p{L}\p{M}]\.?[-\s]?['’]?\d{2}(?!\d)/u;

export interface DateHit {
  stamp: Stamp;
  index: number;
  text: string;
}

/** Reads an ISO 8601 date, a Unix time (s or ms) or a date in the first 300 characters. */
export function parseDate(text: string, reading: Reading): Stamp | null {
  const plain = latinDigits(text.trim());
  const iso = ISO.exec(plain);
  if (iso) {
    const [whole, year, month, day, hour, minute, second, half, zone] = iso;
    const digits = /^\d+$/.test(plain);
    if (!digits || plain.length === 8 || plain.length === 14) {
      const clock =
        hour === undefined
          ? clockAfter(plain, whole.length)
          : clockOf(hour, minute, second, half, zone ?? offsetAfter(plain, whole.length));
      const stamp = stampOf(Number(year), Number(month), Number(day), clock, reading.timezone);
      if (stamp) return stamp;
    }
  }
  if (/^1\d{9}(?:\d{3})?(?:\.\d+)?$/.test(plain)) {
    const number = Number(plain);
    return {
      at: new Date(number < 1e11 ? number * 1000 : number),
      precision: "instant",
      offset: 0,
    };
  }
  return findDates(plain.slice(0, 300), reading)[0]?.stamp ?? null;
}

function clockAfter(text: string, end: number): Clock | null {
  return TIME_NEXT.test(text.slice(end)) ? clockNear(text, 0, end) : null;
}

function offsetAfter(text: string, from: number): string | undefined {
  return /^\s*(?:GMT|UTC)?\s*([+-]\d{1,2}:?\d{2})/.exec(text.slice(from))?.[1];
}

const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th|er|re|[.ºª°])?`;
const OF = String.raw`[\s,،]*(?:\b(?:de|of|da|del|dne|ngày|tháng)\b|\b(?:ta|d)['’]|พ\.ศ\.)?[\s,،]*`;
// Thai and Lao also write short months with a period inside, and some Arabic months have two words.
const WORD = String.raw`(?<word>(?:تشرين|كانون)\s(?:ال[أا]ول|الثاني)|\p{L}[\p{L}\p{M}]{1,14}|[\u0e00-\u0eff]{1,2}\.[\u0e00-\u0eff]{1,2})[.]?`;
const PERSIAN_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(
  " ",
);

const calendar = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
  timeZone: "UTC",
  year: "numeric",
  month: "numeric",
  day: "numeric",
});

function fromPersian(year: number, month: string, day: number): CalendarDay | null {
  const wanted = PERSIAN_MONTHS.indexOf(month) + 1;
  // The year begins on 20, 21 or 22 March. Its first six months have 31 days, the others 30 or 29.
  const passed = (wanted - 1) * 30 + Math.min(wanted - 1, 6) + day - 1;
  const guess = Date.UTC(year + 621, 2, 21) + passed * DAY_MS;
  for (const at of [guess, guess - DAY_MS, guess + DAY_MS]) {
    const shown = Object.fromEntries(
      calendar.formatToParts(at).map(({ type, value }) => [type, Number.parseInt(value, 10)]),
    );
    if (shown["month"] === wanted && shown["day"] === day) {
      const date = new Date(at);
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      };
    }
  }
  return null;
}

const ERA_OFFSET_YEARS: Record<string, number> = { 令和: 2018, 平成: 1988, 民國: 1911, 民国: 1911 };
const ERA = Object.keys(ERA_OFFSET_YEARS).join("|");
const ERA_NOTE = String.raw`(?:[（(](?:${ERA})(?:\d{1,3}|元)年?[）)])?`;

/**
 * Matches languages in which `24.05.01` is in 2024: Japanese, Korean, and Chinese except in Hong
 * Kong, Macao and Singapore.
 */
const YEAR_FIRST_LANGUAGE = /^(?:ja|ko|zh)\b(?!.*-(?:hk|mo|sg)\b)/i;

interface CalendarDay {
  year: number;
  month: number;
  day: number;
}

type Groups = Record<string, string | undefined>;

const PATTERNS: {
  /** A quick test: `form` is tried only on texts that match, so it must match them all. */
  needs: RegExp;
  /** Its groups are `year`, `day`, and `month` (a number) or `word`, except if `read` is given. */
  form: RegExp;
  read?: (groups: Groups, reading: Reading) => CalendarDay | null;
}[] = [
  {
    needs: YEAR,
    form: new RegExp(
      String.raw`(?<![\d.])(?<year>[12]\d{3})${ERA_NOTE}\s?[-/.年년]${ERA_NOTE}[）)]?\s*(?<month>\d{1,2})\s?[-/.月월]\s*(?<day>\d{1,2})(?!\d)[日일]?`,
      "gu",
    ),
  },
  {
    needs: new RegExp(ERA),
    form: new RegExp(
      String.raw`(?<era>${ERA})\s?(?<year>\d{1,3}|元)\s?年\s?(?<month>\d{1,2})\s?月\s?(?<day>\d{1,2})\s?日`,
      "gu",
    ),
    read: ({ era = "", year, month, day }) => ({
      year: (ERA_OFFSET_YEARS[era] ?? 0) + (year === "元" ? 1 : Number(year)),
      month: Number(month),
      day: Number(day),
    }),
  },
  {
    needs: NUMERIC,
    form: /(?<![\d.,/-])(?<first>\d{1,2})\s?(?<separator>[-/.|])\s?(?<second>\d{1,2})\s?\k<separator>\s?(?<last>(?:19|20|25)\d{2}|\d{2})(?![\d]|[./-]\d)/gu,
    read: readNumeric,
  },
  {
    needs: YEAR,
    form: new RegExp(
      String.raw`(?<!\d)${DAY}${OF}[-/\s]?${WORD}${OF}[-/]?(?<year>(?:19|20|25)\d{2})(?!\d)`,
      "giu",
    ),
  },
  {
    needs: YEAR,
    form: new RegExp(
      String.raw`(?<![\p{L}])${WORD}[-/\s]*${DAY}[-/\s,]+(?:de\s+)?(?<year>(?:19|20)\d{2})(?!\d)`,
      "gu",
    ),
  },
  {
    needs: YEAR,
    form: new RegExp(
      String.raw`(?<!\d)(?<year>(?:19|20)\d{2})(?:[.,]?\s+|-)(?:m\.\s+)?${WORD}[-\s]+${DAY}(?!\d)`,
      "gu",
    ),
  },
  {
    needs: /gada|ж\./,
    form: new RegExp(
      String.raw`(?<!\d)(?<year>(?:19|20)\d{2})\.?\s*(?:gada|-?ж\.,?)\s+(?<day>\d{1,2})[.-]?\s*${WORD}`,
      "gu",
    ),
  },
  {
    needs: /ngày/i,
    form: /ngày\s+(?<day>\d{1,2})\s+tháng\s+(?<month>\d{1,2})\s*,?\s+năm\s+(?<year>(?:19|20)\d{2})/giu,
  },
  {
    needs: /1[34]\d{2}/,
    form: new RegExp(
      String.raw`(?<!\d)(?<day>\d{1,2})\s+(?<word>${PERSIAN_MONTHS.join("|")})\s*(?:ماه)?\s*،?\s*(?<year>1[34]\d{2})(?!\d)`,
      "gu",
    ),
    read: ({ day, word = "", year }) => fromPersian(Number(year), word, Number(day)),
  },
  {
    needs: SHORT_YEAR,
    form: new RegExp(
      String.raw`(?<!\d)${DAY}[-\s]?${WORD}[-\s]?['’]?(?<year>\d{2})(?![\d:])`,
      "gu",
    ),
  },
];

/** Returns the dates in a text, in their order. */
export function findDates(text: string, reading = USUAL_READING): DateHit[] {
  const plain = latinDigits(text);
  if (!/\d/.test(plain)) return [];
  const hits: DateHit[] = [];
  for (const { needs, form, read = readParts } of PATTERNS) {
    if (!needs.test(plain)) continue;
    for (const match of plain.matchAll(form)) {
      const found = read(match.groups ?? {}, reading);
      if (!found) continue;
      const { year, month, day } = found;
      const end = match.index + match[0].length;
      const clock = clockNear(plain, match.index, end);
      const gregorian = year > 2400 ? year - 543 : year;
      const stamp = stampOf(gregorian, month, day, clock, reading.timezone);
      if (stamp) hits.push({ stamp, index: match.index, text: text.slice(match.index, end) });
    }
  }
  return hits.toSorted((a, b) => a.index - b.index);
}

function readParts(
  { year = "", month, word = "", day }: Groups,
  { language }: Reading,
): CalendarDay | null {
  const number = month === undefined ? monthOf(word, language) : Number(month);
  return number === null ? null : { year: yearOf(year), month: number, day: Number(day) };
}

function readNumeric(
  { first = "", separator, second, last = "" }: Groups,
  { dayFirst, language }: Reading,
): CalendarDay {
  const [a, b] = [Number(first), Number(second)];
  if (last.length === 2 && b <= 12 && YEAR_FIRST_LANGUAGE.test(language ?? "")) {
    return { year: yearOf(first), month: b, day: Number(last) };
  }
  const year = yearOf(last);
  // In dates with periods, the day always comes before the month.
  const usesDayFirst = separator === "." || separator === "|" || dayFirst;
  const isDayFirst = a > 12 || (b <= 12 && usesDayFirst);
  return isDayFirst ? { year, month: b, day: a } : { year, month: a, day: b };
}

function yearOf(digits: string): number {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year > 79 ? 1900 : 2000);
}

const BEFORE_CLOCK = "오전|오후|上午|下午|午前|午後|凌晨|早上|中午|晚上";
const AFTER_CLOCK = String.raw`[aApP]\.?\s?[mM]\b\.?|[صم](?!\p{L})|صباح|مساء|[πμ]\.?μ\.?`;
const AFTERNOON = /^(?:p|오후|下午|午後|中午|晚上|م|μ)/i;
/** `12.30 euros` isn't a time. */
const UNIT = String.raw`\s?(?:[%€$£¥]|milli|mln|[Mm]io\b|billion|bn\b|(?:[Ee]uros?|[Pp]rozent|per ?cent)(?![\p{L}/]))`;

const CLOCK = new RegExp(
  String.raw`(?:(${BEFORE_CLOCK})\s*)?(?<![\d.:/€$£¥+-]|\b[vV](?:ersion[. ]?|\.)?)(\d{1,2})(?:[:.hH]\s?(?=\d{2})|[시時时点點]\s?)(\d{1,2})(?:[:.분分]\s?(\d{2})(?:(?<=:\d\d)[.,]\d{1,9})?)?(?!\d|[./]\d|${UNIT})\s*(${AFTER_CLOCK})?\s*((?:Z|UTC?|GMT)\s?[+-]\d{1,2}(?::?\d{2})?\b|[Zz]\b|[+-]\d{1,2}(?::?\d{2}\b|$)|utc\b|gmt\b|[A-Z]{2,4}\b)?`,
  "u",
);

function clockNear(text: string, start: number, end: number): Clock | null {
  const after = CLOCK.exec(text.slice(end, end + 30));
  const found = after ?? CLOCK.exec(text.slice(Math.max(0, start - 24), start));
  if (!found) return null;
  const [, before, hour = "", minute, second, half, zone] = found;
  return clockOf(hour, minute, second, before ?? half, zone);
}

function clockOf(
  hour: string,
  minute = "0",
  second = "0",
  half?: string,
  zone?: string,
): Clock | null {
  let hours = Number(hour);
  // At 11:30, noon doesn't mean the afternoon.
  const isBeforeNoon = half === "中午" && hours > 9;
  if (half && !isBeforeNoon) hours = (hours % 12) + (AFTERNOON.test(half) ? 12 : 0);
  if (hours > 23 || Number(minute) > 59) return null;
  const offset = zone ? zoneOffset(zone) : null;
  return { hour: hours, minute: Number(minute), second: Math.min(Number(second), 59), offset };
}

/** Austria, Syria, Algeria and Morocco have month names of their own. */
const MONTH_NAME_LANGUAGES =
  "en de fr es it pt nl da sv nb fi is pl cs sk sl hr sr bs mk bg ru uk be ro hu el tr az et lv lt sq ca gl eu ga cy mt id ms vi tl sw af zu ar fa he hi bn mr ta te ur th ka hy kk uz ky mn de-AT ar-SY ar-DZ ar-MA";

/** Unicode's data lacks these names. */
const EXTRA_MONTH_NAMES: Record<string, number> = {
  jaenner: 1,
  feber: 2,
  maerz: 3,
  mrz: 3,
  nuari: 1,
  setiembre: 9,
};

type MonthsByName = Map<string, number>;

const namesByLanguage = new Map<string, MonthsByName>();
let allNames: MonthsByName | undefined;

function monthOf(word: string, language: string | null | undefined): number | null {
  const key = normal(word);
  const [, own = "en"] = /^([a-z]{2,3})(?:-|$)/.exec(language?.toLowerCase() ?? "") ?? [];
  allNames ??= monthNames();
  const stated = monthsIn(own).get(key) ?? allNames.get(key);
  // In Hebrew, "in" is a prefix of the month.
  return stated ?? allNames.get(key.replace(/^ב/u, "")) ?? null;
}

/** Returns the word in lower case and without accents, which writers often omit. */
function normal(word: string): string {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(ACCENTS, "")
    .replaceAll("ı", "i")
    .normalize("NFC")
    .replace(/^[.'’]+|[.'’]+$/gu, "");
}

/** The last range contains the marks on an Arabic alif. */
const ACCENTS = /[\u0300-\u036f\u0653-\u0655]/g;

function monthNames(): MonthsByName {
  // If a name means different months, the first language decides.
  const languages = MONTH_NAME_LANGUAGES.split(" ").toReversed();
  const names = new Map(languages.flatMap((language) => [...monthsIn(language)]));
  for (const [name, month] of Object.entries(EXTRA_MONTH_NAMES)) names.set(name, month);
  return names;
}

function monthsIn(language: string): MonthsByName {
  const known = namesByLanguage.get(language);
  if (known) return known;
  const months: MonthsByName = new Map();
  namesByLanguage.set(language, months);
  for (const month of ["long", "short"] as const) {
    for (const options of [{ month }, { month, day: "numeric" }] as const) {
      const format = new Intl.DateTimeFormat(language, {
        ...options,
        timeZone: "UTC",
        calendar: "gregory",
      });
      for (let number = 1; number <= 12; number++) {
        const parts = format.formatToParts(Date.UTC(2024, number - 1, 15));
        const name = normal(parts.find(({ type }) => type === "month")?.value ?? "");
        // A single letter or a number isn't a name.
        if (name.length > 1 && !/\d/.test(name) && !months.has(name)) months.set(name, number);
      }
    }
  }
  return months;
}

/** A date as a text states it. If the text states only a day, `at` is midnight UTC. */
export interface Stamp {
  at: Date;
  precision: "day" | "instant" | "assumed-zone";
  /** The stated offset in minutes east of UTC; null if the text states none. */
  offset: number | null;
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
  /** Minutes east of UTC; null if no zone is stated. */
  offset: number | null;
}

export interface Reading {
  /** Whether `3/4/2020` is 3 April. */
  dayFirst: boolean;
  /** IANA time zone for times without a stated zone. */
  timezone: string;
  /** The text's language. It affects names of months, and whether a two-digit year is first. */
  language?: string | null;
}

const USUAL_READING: Reading = { dayFirst: true, timezone: "UTC" };

function stampOf(
  year: number,
  month: number,
  day: number,
  clock: Clock | null,
  timezone: string,
): Stamp | null {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  if (!clock) {
    const midnight = Date.UTC(year, month - 1, day);
    return { at: new Date(midnight), precision: "day", offset: null };
  }
  const local = Date.UTC(year, month - 1, day, clock.hour, clock.minute, clock.second);
  const { offset } = clock;
  if (offset !== null) {
    return { at: new Date(local - offset * MINUTE_MS), precision: "instant", offset };
  }
  return { at: new Date(instantOf(local, timezone)), precision: "assumed-zone", offset: null };
}

/**
 * Returns the time in ISO 8601 with its stated offset, or only the day. Without a stated offset,
 * the result is local time in `timezone`.
 */
export function isoOf(stamp: Stamp, timezone = "UTC"): string {
  if (stamp.precision === "day") return stamp.at.toISOString().slice(0, 10);
  const at = stamp.at.getTime();
  const offset = stamp.offset ?? (wallClockOf(at, timezone) - at) / MINUTE_MS;
  const local = new Date(at + offset * MINUTE_MS).toISOString().slice(0, 19);
  if (stamp.precision === "assumed-zone") return local;
  if (offset === 0) return `${local}Z`;
  const hourAndMinute = new Date(Math.abs(offset) * MINUTE_MS).toISOString().slice(11, 16);
  return `${local}${offset < 0 ? "-" : "+"}${hourAndMinute}`;
}

/**
 * Matches country domains where the day comes first in English dates. Omits domains that sites
 * worldwide use, such as `.io`.
 */
const DAY_FIRST_SUFFIX = /\.(?!us|ph|tv|io|ai|co|me|fm|ly|cc|ws)[a-z]{2}$/;

const MONTH_FIRST_SUFFIX = /\.(?:us|gov|mil|edu|ph)$/;
const DAY_FIRST_TAG = /^en[-_](?!us|ph)[a-z]{2}\b/i;

/**
 * Returns whether English dates such as `3/4/2026` have the day first. `host` takes precedence over
 * `language`.
 */
export function hasDayFirst(host: string, language: string): boolean {
  // Many sites outside of the United States declare `en-US`, so the domain comes first.
  if (MONTH_FIRST_SUFFIX.test(host)) return false;
  return DAY_FIRST_SUFFIX.test(host) || DAY_FIRST_TAG.test(language);
}
