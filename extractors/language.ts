import type { LanguageIdentifier } from "cld3-asm";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";

let detector: LanguageIdentifier | undefined;
let loading: Promise<void> | undefined;

/** Loads the language detector once per thread; without it only declared languages are known. */
export function prepare(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const { loadModule } = await import("cld3-asm");
  detector = (await loadModule()).create(20, 1200);
}

/** Scripts that one language (or one family of readers) writes, with the share of letters they need. */
const SCRIPTS: [RegExp, string][] = [
  [/\p{Script=Hangul}/gu, "ko"],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja"],
  [/\p{Script=Han}/gu, "zh"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Greek}/gu, "el"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Armenian}/gu, "hy"],
  [/\p{Script=Georgian}/gu, "ka"],
  [/\p{Script=Tamil}/gu, "ta"],
  [/\p{Script=Telugu}/gu, "te"],
  [/\p{Script=Bengali}/gu, "bn"],
];

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

/** The language of the text: its script, then detection, with what the page declares as second witness. */
export function readLanguage(page: Page, text: string, assumed: string | null): Answer<string> {
  const declared = declaredLanguage(page);
  const sample = text.slice(0, 1000);
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  if (letters >= 20) {
    for (const [script, language] of SCRIPTS) {
      const share = (sample.match(script)?.length ?? 0) / letters;
      if (share > (language === "ja" ? 0.15 : 0.5))
        return answer(language, "script", sample.slice(0, 40), 0.98);
    }
  }
  const found = letters >= 60 && detector ? detector.findLanguage(sample) : null;
  const detected = found ? primary(found.language) : null;
  const hint = declared ?? assumed;
  if (detected && detected === hint) return answer(detected, "declared and detected", hint, 0.99);
  // A quotation or an error message at the start may be in another language than the rest.
  const half = text.length > 2000 && hint ? text.length / 2 : null;
  const later =
    half !== null && detector ? detector.findLanguage(text.slice(half, half + 1000)) : null;
  if (hint && later && primary(later.language) === hint) {
    return answer(hint, "declared and detected further on", hint, 0.95);
  }
  if (detected && found && found.is_reliable && found.probability > 0.85)
    return answer(detected, "detected", sample.slice(0, 40), found.probability * 0.9);
  if (declared) return answer(declared, "declared", declared, 0.8);
  if (assumed) return answer(primary(assumed), "source", assumed, 0.6);
  return detected && found
    ? answer(detected, "detected", sample.slice(0, 40), found.probability * 0.5)
    : NOTHING;
}

/** The language that the page declares for itself. */
export function declaredLanguage(page: Page): string | null {
  const html = page.tags("html")[0]?.attribs ?? {};
  const named = [
    html["lang"],
    html["xml:lang"],
    page.meta("content-language")[0],
    page.meta("og:locale")[0],
    page.meta("language")[0],
    page.meta("dc.language")[0],
  ];
  for (const name of named)
    if (name && /^[a-z]{2,3}(?:[-_]|$)/i.test(name.trim())) return primary(name.trim());
  return null;
}

function primary(tag: string): string {
  const language = tag.toLowerCase().split(/[-_]/)[0] ?? "";
  return SAME[language] ?? language;
}
