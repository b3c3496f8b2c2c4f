import type { LanguageIdentifier } from "cld3-asm";
import { amongAlike } from "./alike.ts";

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

/** Scripts that one language (or one family of readers) writes, with the share of letters they need. */
const SCRIPTS: [script: RegExp, language: string, share: number][] = [
  [/\p{Script=Hangul}/gu, "ko", 0.5],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja", 0.15],
  [/\p{Script=Han}/gu, "zh", 0.5],
  [/\p{Script=Thai}/gu, "th", 0.5],
  [/\p{Script=Greek}/gu, "el", 0.5],
  [/\p{Script=Hebrew}/gu, "he", 0.5],
  [/\p{Script=Armenian}/gu, "hy", 0.5],
  [/\p{Script=Georgian}/gu, "ka", 0.5],
  [/\p{Script=Tamil}/gu, "ta", 0.5],
  [/\p{Script=Telugu}/gu, "te", 0.5],
  [/\p{Script=Bengali}/gu, "bn", 0.5],
];

/** The language of a text by its script, else by the detector; null when it is too short to tell. */
export function detect(text: string): Detected | null {
  const sample = text.slice(0, SAMPLE);
  const letters = sample.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
  if (letters < LETTERS.script) return null;
  for (const [script, language, share] of SCRIPTS) {
    if ((sample.match(script)?.length ?? 0) / letters > share) {
      return { language, by: "script", confidence: 0.98, reliable: true };
    }
  }
  if (letters < LETTERS.detected || !detector) return null;
  const { language, probability, is_reliable: reliable } = detector.findLanguage(sample);
  return {
    language: amongAlike(sample, primary(language)),
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
