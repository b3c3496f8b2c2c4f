import { calendarOf } from "./calendar.ts";
import type { Even } from "./plain.ts";

// Digits within Latin words (`H2O`, `w3c`) are no numbers; next to ideographs they are.
const NUMBER = /\d(?<![\p{sc=Latin}\d]\d)\d*(?:[.,:/\u066b\u066c-]\d+)*/gu;
const HAN = /\p{sc=Han}/u;
/** Chinese numerals where they count something: ordinals, dates, issues, amounts. */
const HAN_NUMBER =
  /(?<=第)[〇零一二三四五六七八九十百千]+|[〇零一二三四五六七八九十百千]+(?=[年月日号號期季次个個万亿萬億])/gu;
const HAN_WEEKDAY = /(?:星期|周|週)([一二三四五六日天])|([月火水木金土日])曜/gu;

/**
 * Numbers in a text, each once: digits without separators (`1,200` and `1.200` are one), Chinese
 * numerals, months and weekdays by name.
 */
export function numbersOf({ plain, words }: Even, limit: number): string[] {
  const found = new Set<string>();
  for (const [number] of plain.matchAll(NUMBER)) found.add(number.replace(/\D/g, ""));
  if (HAN.test(plain)) {
    for (const [number] of plain.matchAll(HAN_NUMBER)) found.add(number);
    for (const [, chinese, japanese] of plain.matchAll(HAN_WEEKDAY)) {
      found.add(`w${chinese ?? japanese}`);
    }
  }
  for (const named of calendarOf(words)) if (named) found.add(named);
  return [...found].slice(0, limit);
}

/** A text without its numbers, months and weekdays: equal for reports of one series. */
export function formOf({ words }: Even): string {
  const named = calendarOf(words);
  const bare = words.filter((_, n) => !named[n]).join(" ");
  const digitless = bare.replace(NUMBER, " ");
  const rest = HAN.test(bare)
    ? digitless.replace(HAN_NUMBER, " ").replace(HAN_WEEKDAY, " ")
    : digitless;
  return rest.replace(/ {2,}/g, " ").trim();
}
