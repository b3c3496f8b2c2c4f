import type { LanguageIdentifier } from "cld3-asm";
import { amongAlike, isAlike } from "./alike.ts";

let detector: LanguageIdentifier | undefined;
let loading: Promise<void> | undefined;

/** Loads the language detector once per thread; without it only scripts are known. */
export function prepare(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const { loadModule } = await import("cld3-asm");
  detector = (await loadModule()).create(20, 1200);
}

/** What a text alone says of its language. */
export interface Detected {
  language: string;
  by: "script" | "detected";
  /** 0 to 1. */
  confidence: number;
  /** Whether the detector itself would rely on it. */
  reliable: boolean;
}

/** Letters under which a script, and a detector, can't tell. */
const LETTERS = { script: 20, detected: 30 };
/** Characters that are looked at. */
const SAMPLE = 1000;
/**
 * Characters of the start, and of the middle, that are enough where they leave no doubt: the detector's time
 * grows with what it is given.
 */
const GLIMPSE = 70;
const CERTAIN = 0.95;
const LETTER = /[\p{L}\p{M}]+/gu;

/** Scripts that one language (or one family of readers) writes, with the share of letters they need. */
const SCRIPTS: [script: RegExp, language: string, share: number][] = [
  [/\p{Script=Hangul}+/gu, "ko", 0.5],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]+/gu, "ja", 0.15],
  [/\p{Script=Han}+/gu, "zh", 0.5],
  [/\p{Script=Thai}+/gu, "th", 0.5],
  [/\p{Script=Greek}+/gu, "el", 0.5],
  [/\p{Script=Hebrew}+/gu, "he", 0.5],
  [/\p{Script=Armenian}+/gu, "hy", 0.5],
  [/\p{Script=Georgian}+/gu, "ka", 0.5],
  [/\p{Script=Tamil}+/gu, "ta", 0.5],
  [/\p{Script=Telugu}+/gu, "te", 0.5],
  [/\p{Script=Bengali}+/gu, "bn", 0.5],
];
const ANY_SCRIPT = new RegExp(SCRIPTS.map(([script]) => script.source).join("|"), "u");

/**
 * The language of a text by its script, else by the detector; null when it is too short to tell. Where it
 * was `said` before what the language is, less of the text is enough to agree.
 */
export function detect(text: string, said: string | null = null): Detected | null {
  const sample = text.slice(0, SAMPLE);
  const letters = lengthOf(sample, LETTER);
  if (letters < LETTERS.script) return null;
  const written = ANY_SCRIPT.test(sample) ? SCRIPTS : [];
  for (const [script, language, share] of written) {
    if (lengthOf(sample, script) / letters > share) {
      return { language, by: "script", confidence: 0.98, reliable: true };
    }
  }
  if (letters < LETTERS.detected || !detector) return null;
  return glimpse(detector, text, said) ?? identify(detector, sample);
}

/** Characters of a text in all runs of letters that a pattern finds. */
function lengthOf(text: string, runs: RegExp): number {
  return text.match(runs)?.reduce((sum, run) => sum + run.length, 0) ?? 0;
}

/** What a few words of the start and of the middle say, where they leave no doubt. */
function glimpse(by: LanguageIdentifier, text: string, said: string | null): Detected | null {
  if (text.length < GLIMPSE * 4) return null;
  const middle = Math.floor(text.length / 2);
  const parts = [text.slice(0, GLIMPSE), text.slice(middle, middle + GLIMPSE)];
  const found = identify(by, parts.join(" "));
  if (!found.reliable || found.confidence <= CERTAIN) return null;
  // Names can make a few words look like any language: what contradicts the page is looked at longer.
  const isTaken = said === null ? !isAlike(found.language) : found.language === said;
  return isTaken ? found : null;
}

function identify(by: LanguageIdentifier, text: string): Detected {
  const { language, probability, is_reliable: reliable } = by.findLanguage(text);
  return {
    language: amongAlike(text, primary(language)),
    by: "detected",
    confidence: probability,
    reliable,
  };
}

/** What pages declare and detectors answer, in the form that we use. */
const SAME: Record<string, string> = {
  nb: "no",
  nn: "no",
  iw: "he",
  in: "id",
  jp: "ja",
  cn: "zh",
  gr: "el",
  dk: "da",
  cz: "cs",
  ua: "uk",
  se: "sv",
  kr: "ko",
};

/** The primary subtag of a BCP 47 tag in lower case, former and mistaken codes made right. */
export function primary(tag: string): string {
  const language = tag.toLowerCase().split(/[-_]/)[0] ?? "";
  return SAME[language] ?? language;
}
