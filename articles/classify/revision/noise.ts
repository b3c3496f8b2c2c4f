import { decodeHTML } from "entities";
import {
  ADVERT,
  COUNTER_WORDS,
  DATING_WORD_BEGINNINGS,
  FILLER_WORDS,
  READING_WORD_BEGINNINGS,
  RELATED,
  TIME_UNIT_WORDS,
  UNSPACED_NOISE_WORDS,
} from "./noise-words.ts";
import { fold, plain } from "./plain.ts";

const CALENDAR_LANGUAGES = "en de fr es it pt nl ru pl tr ar".split(" ");
const MAX_NOISE_WORDS = 14;
const MAX_SHORT_LINE_WORDS = 8;
const MAX_UNSPACED_NOISE_CHARS = 60;
const MIN_LINK_TEXT_SHARE = 0.8;
/** Also applies to a paragraph that points to other pages. */
const MAX_LINK_CHARS = 200;
const MAX_HTML_CHARS = 500_000;
const MAX_LINKS = 200;
const MAX_LINK_MARKUP_CHARS = 1000;

let dates: ReadonlySet<string> | undefined;
const NOISE_WORD_BEGINNINGS = [...DATING_WORD_BEGINNINGS, ...READING_WORD_BEGINNINGS];
const TIME_OR_DATE =
  /\b\d{1,2}(?:[:h]|\.(?=\d{2}\b)) ?\d{2}\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d年|\d月/u;
const ANY_UNSPACED = new RegExp(UNSPACED_NOISE_WORDS.join("|"), "g");
const UNSPACED_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const FULL_SENTENCE = /(?:\p{L}{2}|[\p{N}%])[.!?]["'”’“»)\]]*$/u;
/** Matches a counter that ends in an abbreviation: `vor 5 Std.` */
const ABBREVIATED_COUNTER = /^(?:[\p{L}\p{M}:]+ )?\p{N}+ \p{L}{2,5}\.$/u;

export function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
}

/** Returns paragraphs for comparison, without counters, advertisements and links elsewhere. */
export function withoutNoise(paragraphs: readonly string[], html: string | null): string[] {
  const links = linkTexts(html);
  return paragraphs
    .filter((paragraph) => !ADVERT.test(paragraph) && !isTeaser(paragraph))
    .map((paragraph) => plain(saying(paragraph)))
    .filter((paragraph) => paragraph !== "" && !leadsAway(paragraph, links));
}

function saying(paragraph: string): string {
  if (isNoise(paragraph)) return "";
  return paragraph
    .split(/(?<=[.!?؟])\s+|(?<=[。！？])|[|｜•·\n]/)
    .filter((sentence) => !isNoise(sentence))
    .join(" ");
}

function isTeaser(paragraph: string): boolean {
  return paragraph.length <= MAX_LINK_CHARS && RELATED.test(paragraph);
}

function isNoise(sentence: string): boolean {
  const folded = fold(sentence);
  if (!/\p{L}/u.test(folded)) return true;
  if (!/\p{N}/u.test(folded)) return false;
  if (UNSPACED_SCRIPT.test(folded)) return isUnspacedNoise(folded);
  const words = folded.match(/\p{L}+/gu) ?? [];
  if (words.length > MAX_NOISE_WORDS) return false;
  const unknown = words.filter((word) => !saysNoise(word) && !FILLER_WORDS.has(word));
  const dated = TIME_OR_DATE.test(folded);
  const hasNoise = dated || words.some(saysNoise);
  if (isFullSentence(sentence)) return hasNoise && unknown.length === 0;
  // A short line can contain some unknown words, because no word list is complete.
  const strangers = words.length <= MAX_SHORT_LINE_WORDS ? Math.floor(words.length / 2) : 1;
  return hasNoise && unknown.length <= Math.max(strangers, dated ? 1 : 0);
}

export function isFullSentence(line: string): boolean {
  return FULL_SENTENCE.test(line) && !ABBREVIATED_COUNTER.test(line);
}

/** Whether a text only counts or dates, such as `3 min read` in a byline. */
export function isFurniture(text: string): boolean {
  const folded = fold(text);
  if (UNSPACED_SCRIPT.test(folded)) return isUnspacedNoise(folded);
  const words = folded.match(/\p{L}+/gu) ?? [];
  return words.every((word) => saysNoise(word) || FILLER_WORDS.has(word));
}

/** Whether a folded word belongs to a counter or a time. */
export function saysNoise(word: string): boolean {
  if (COUNTER_WORDS.has(word) || TIME_UNIT_WORDS.has(word) || calendarWords().has(word))
    return true;
  return NOISE_WORD_BEGINNINGS.some((beginning) => word.startsWith(beginning));
}

function isUnspacedNoise(folded: string): boolean {
  if (folded.length > MAX_UNSPACED_NOISE_CHARS) return false;
  const rest = folded.replace(ANY_UNSPACED, " ");
  const lettersOf = (text: string) => text.match(/\p{L}/gu)?.length ?? 0;
  const strangers = Math.max(TIME_OR_DATE.test(folded) ? 3 : 1, lettersOf(folded) / 2);
  return rest !== folded && lettersOf(rest) <= strangers;
}

function leadsAway(paragraph: string, links: readonly string[]): boolean {
  if (paragraph.length > MAX_LINK_CHARS) return false;
  let linked = 0;
  for (const link of links) if (paragraph.includes(link)) linked += link.length;
  return linked >= paragraph.length * MIN_LINK_TEXT_SHARE;
}

function linkTexts(html: string | null): string[] {
  if (!html || html.length > MAX_HTML_CHARS) return [];
  const texts = html.split("</a>", MAX_LINKS + 1).flatMap((part) => {
    const at = Math.max(part.lastIndexOf("<a "), part.lastIndexOf("<a>"));
    const link = at < 0 ? "" : part.slice(at, at + MAX_LINK_MARKUP_CHARS);
    return plain(decodeHTML(link.replace(/<[^<>]*>/g, "")));
  });
  return [...new Set(texts)].filter((text) => text.length > 2 && text.length <= MAX_LINK_CHARS);
}

/** The first call collects the words, which takes 10 ms. */
function calendarWords(): ReadonlySet<string> {
  dates ??= readCalendars();
  return dates;
}

function readCalendars(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const language of CALENDAR_LANGUAGES) {
    for (const style of ["long", "short"] as const) {
      const month = new Intl.DateTimeFormat(language, { month: style, day: "numeric" });
      const weekday = new Intl.DateTimeFormat(language, { weekday: style });
      for (let n = 0; n < 12; n++) add(month.format(Date.UTC(2026, n, 2)));
      for (let n = 1; n <= 7; n++) add(weekday.format(Date.UTC(2026, 5, n)));
    }
  }
  return found;

  function add(text: string): void {
    for (const word of fold(text).match(/\p{L}+/gu) ?? []) found.add(word);
  }
}
