import { stemmer as arabic } from "@orama/stemmers/arabic";
import { stemmer as danish } from "@orama/stemmers/danish";
import { stemmer as dutch } from "@orama/stemmers/dutch";
import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as finnish } from "@orama/stemmers/finnish";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as greek } from "@orama/stemmers/greek";
import { stemmer as hungarian } from "@orama/stemmers/hungarian";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as norwegian } from "@orama/stemmers/norwegian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as romanian } from "@orama/stemmers/romanian";
import { stemmer as russian } from "@orama/stemmers/russian";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { stemmer as swedish } from "@orama/stemmers/swedish";
import { stemmer as turkish } from "@orama/stemmers/turkish";
import { isUnspaced, segmentsOf } from "../../lib/segments.ts";
import { normalized } from "../../lib/text.ts";
import type { Piece } from "../../model/publish/search.ts";

export interface Word {
  word: string;
  start: number;
  end: number;
}

const ALPHANUMERIC_RUN = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d]*/gu;

/** Yields words in order: runs of letters and digits, split further in scripts without spaces. */
export function* wordsOf(text: string): Generator<Word> {
  for (const match of text.matchAll(ALPHANUMERIC_RUN)) {
    const [run] = match;
    if (!isUnspaced(run)) {
      yield { word: run, start: match.index, end: match.index + run.length };
      continue;
    }
    for (const { segment, index } of segmentsOf(run)) {
      const start = match.index + index;
      yield { word: segment, start, end: start + segment.length };
    }
  }
}

const STEMMERS: Readonly<Record<string, (word: string) => string>> = {
  ar: arabic,
  da: danish,
  nl: dutch,
  en: english,
  fi: finnish,
  fr: french,
  de: german,
  el: greek,
  hu: hungarian,
  it: italian,
  nb: norwegian,
  nn: norwegian,
  no: norwegian,
  pt: portuguese,
  ro: romanian,
  ru: russian,
  es: spanish,
  sv: swedish,
  tr: turkish,
};

const MAX_WORD_CHARS = 64;

/** Returns the indexed form of a word: lower case, no accents, stemmed if the language allows. */
export function stem(word: string, language: string | null): string {
  const lower = word.slice(0, MAX_WORD_CHARS).toLowerCase().normalize("NFC");
  const stemmer = language === null ? undefined : STEMMERS[language];
  return fold(stemmer?.(lower) || lower);
}

/** `\p{M}` would also match Indic vowel signs, which distinguish words. */
const COMBINING_MARKS =
  /[\u0300-\u036f]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|\u0640|[\u064b-\u065f\u0670]|[\u06d6-\u06ed]|\u200c|\u200d/g;

const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ð: "d",
  đ: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
  ς: "σ",
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return normalized(lower, "NFKD")
    .replace(COMBINING_MARKS, "")
    .normalize("NFC")
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);
}

/** Splits a text into words to highlight and the rest. For `highlights`, see `SearchAnswer`. */
export function highlightWords(
  text: string,
  language: string | null,
  highlights: readonly string[],
): Piece[] {
  const words = new Set(highlights.filter((term) => !term.endsWith("*")));
  const beginnings = highlights
    .filter((term) => term.endsWith("*"))
    .map((term) => term.slice(0, -1));
  const pieces: Piece[] = [];
  let done = 0;
  for (const { word, start, end } of wordsOf(text)) {
    const stemmed = stem(word, language);
    const hit = words.has(stemmed) || beginnings.some((beginning) => stemmed.startsWith(beginning));
    if (!hit) continue;
    if (start > done) pieces.push({ text: text.slice(done, start), hit: false });
    pieces.push({ text: text.slice(start, end), hit });
    done = end;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), hit: false });
  return pieces;
}
