import { normalized } from "../../lib/text.ts";

// Digits within Latin words (`H2O`, `w3c`) are not numbers; next to ideographs they are.
const NUMBER = /\d(?<![\p{sc=Latin}\d]\d)\d*(?:[.,:/\u066b\u066c-]\d+)*/gu;
const HAN = /\p{sc=Han}/u;
/** Matches Chinese numerals after the ordinal prefix 第, or before a unit such as 年, 月 or 万. */
const HAN_NUMBER =
  /(?<=第)[〇零一二三四五六七八九十百千]+|(?<![〇零一二三四五六七八九十百千])[〇零一二三四五六七八九十百千]+(?=[年月日号號期季次个個万亿萬億])/gu;
const HAN_WEEKDAY = /(?:星期|周|週)([一二三四五六日天])|([月火水木金土日])曜/gu;

/** Returns numbers (`1,200` as `1200`), Chinese numerals, months (`m11`) and weekdays (`w3`). */
export function numbersOf({ plain, words }: Even, limit: number): string[] {
  const found = new Set<string>();
  for (const [number] of plain.matchAll(NUMBER)) found.add(number.replace(/\D/g, ""));
  if (HAN.test(plain)) {
    for (const [number] of plain.matchAll(HAN_NUMBER)) found.add(number);
    for (const [, chinese, japanese] of plain.matchAll(HAN_WEEKDAY)) {
      found.add(`w${chinese ?? japanese}`);
    }
  }
  for (const calendarName of calendarOf(words)) if (calendarName) found.add(calendarName);
  return [...found].slice(0, limit);
}

/**
 * Returns a text without numbers, months and weekdays, which are often the only differences between
 * reports of a series.
 */
export function formOf({ words }: Even): string {
  const calendarNames = calendarOf(words);
  const bare = words.filter((_, n) => !calendarNames[n]).join(" ");
  const digitless = bare.replace(NUMBER, " ");
  const rest = HAN.test(bare)
    ? digitless.replace(HAN_NUMBER, " ").replace(HAN_WEEKDAY, " ")
    : digitless;
  return rest.replace(/ {2,}/g, " ").trim();
}

const LANGUAGES = "en de fr es it pt nl pl ru uk cs sv da fi tr ar ko el ro hu id vi".split(" ");
/** Names of months that usually mean something else. They count as months only next to a number. */
const AMBIGUOUS_MONTHS = new Set(["may", "march", "mars", "mai"]);
let calendar: ReadonlyMap<string, string> | undefined;

function calendarOf(words: readonly string[]): (string | null)[] {
  const names = calendarWords();
  return words.map((word, n) => {
    const calendarName = names.get(word);
    if (calendarName === undefined) return null;
    return !AMBIGUOUS_MONTHS.has(word) || isNumber(words[n - 1]) || isNumber(words[n + 1])
      ? calendarName
      : null;
  });
}

export function isInCalendar(word: string): boolean {
  return calendarWords().has(word) && !AMBIGUOUS_MONTHS.has(word);
}

function isNumber(word = ""): boolean {
  return /^\d/.test(word);
}

/** Maps names of months and weekdays to codes such as `m11`. The first call takes 20 ms. */
function calendarWords(): ReadonlyMap<string, string> {
  calendar ??= readCalendars();
  return calendar;
}

function readCalendars(): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const add = (name: string, value: string) => {
    const [word = "", ...more] = plainOf(name).match(WORD) ?? [];
    if (word.length < 3 || /\d/.test(word) || more.length > 1) return;
    words.set(word, value);
  };
  for (const language of LANGUAGES) {
    const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
    for (let day = 0; day < 7; day += 1) {
      add(weekday.format(new Date(Date.UTC(2026, 1, 1 + day))), `w${day}`);
    }
    // Some languages inflect a month next to a day, but not a month alone, as in headlines.
    for (const form of [{ month: "long", day: "numeric" }, { month: "long" }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" });
      for (let month = 0; month < 12; month += 1) {
        const parts = format.formatToParts(new Date(Date.UTC(2026, month, 20)));
        add(parts.find(({ type }) => type === "month")?.value ?? "", `m${month + 1}`);
      }
    }
  }
  return words;
}

/** Code points of the digit zero in the scripts used in news, ascending. */
const ZEROS = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x1040,
  0x17e0,
];
const ASCII = /^[\t\n\r -~]*$/;
const OTHER_DIGIT = /[^\P{Nd}0-9]/gu;

/** Returns a text in NFKC and lower case, with ASCII digits: `٢٠٢٦` becomes `2026`. */
export function plainOf(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return normalized(text, "NFKC")
    .toLowerCase()
    .replace(OTHER_DIGIT, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      const zero = ZEROS.findLast((each) => each <= code) ?? code;
      return code - zero < 10 ? String(code - zero) : digit;
    });
}

export const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** A normalised text and its words. */
export interface Even {
  plain: string;
  words: readonly string[];
}

export function evenOf(text: string): Even {
  const even = plainOf(text);
  return { plain: even, words: even.match(WORD) ?? [] };
}
