import { plain, WORD } from "./plain.ts";

/** Languages whose months and weekdays are known by name; those of our sources. */
const LANGUAGES = "en de fr es it pt nl pl ru uk cs sv da fi tr ar ko el ro hu id vi".split(" ");
/** Months that are commoner as something else: they count beside a number. */
const AMBIGUOUS = new Set(["may", "march", "mars", "mai"]);
let calendar: ReadonlyMap<string, string> | undefined;

/** For each word what month or weekday it names, as `m11` or `w3`; null for other words. */
export function calendarOf(words: readonly string[]): (string | null)[] {
  const names = calendarWords();
  return words.map((word, n) => {
    const named = names.get(word);
    if (named === undefined) return null;
    return !AMBIGUOUS.has(word) || isNumber(words[n - 1]) || isNumber(words[n + 1]) ? named : null;
  });
}

/** Whether a word by itself names a month or weekday. */
export function isInCalendar(word: string): boolean {
  return calendarWords().has(word) && !AMBIGUOUS.has(word);
}

function isNumber(word = ""): boolean {
  return /^\d/.test(word);
}

/** Made at the first text: it takes 20 ms. */
function calendarWords(): ReadonlyMap<string, string> {
  calendar ??= readCalendars();
  return calendar;
}

function readCalendars(): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const add = (name: string, value: string) => {
    const [word = "", ...more] = plain(name).match(WORD) ?? [];
    if (word.length < 3 || /\d/.test(word) || more.length > 1) return;
    words.set(word, value);
  };
  for (const language of LANGUAGES) {
    const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
    for (let day = 0; day < 7; day += 1) {
      add(weekday.format(new Date(Date.UTC(2026, 1, 1 + day))), `w${day}`);
    }
    // With a day a month is in the case that dates have; alone it is as in headlines.
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
