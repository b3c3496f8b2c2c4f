import type { LanguageWitness } from "../../model/articles/extraction.ts";
import type { Page } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { areAlike, type Detected, detect, isPlainly, primary } from "./detect.ts";

/**
 * A detected language overrides the declared one only in a text this long: `other` if the two
 * languages differ clearly, `alike` if they are easily confused.
 */
const MIN_OVERRIDE_LETTERS = { other: 60, alike: 300 };
const MIN_OVERRIDE_CONFIDENCE = 0.85;

/** Prefers the script, then detection, the declared language, and `assumed`, the source's. */
export function readLanguage(page: Page, text: string, assumed: string | null): Answer<string> {
  return languageOfText(text, declaredLanguage(page), assumed);
}

/** `declared` is the language that the page declares, `assumed` is the source's language. */
export function languageOfText(
  text: string,
  declared: string | null,
  assumed: string | null,
): Answer<string> {
  const stated = declared ?? (assumed && primary(assumed));
  const found = plainly(text, stated) ?? detect(text, stated);
  const witnesses: Witnesses = {
    [found?.rule ?? "detected"]: found?.language,
    declared: declared ?? undefined,
    source: assumed ? primary(assumed) : undefined,
  };
  const { value, evidence } = decide(text, found, declared, assumed && primary(assumed));
  if (value === null || !evidence) return NOTHING;
  const against = Object.entries(witnesses).flatMap(([witness, says]) =>
    says && says !== value ? { witness: witness as LanguageWitness, says } : [],
  );
  return { value, evidence: { ...evidence, ...(against.length > 0 && { against }) } };
}

const SAMPLE_CHARS = 350;

/** The middle of a longer text is also read, in case the text begins with names or a quotation. */
const MIN_CHARS_WITH_MIDDLE = 1000;

function plainly(text: string, stated: string | null): Detected | null {
  if (stated === null) return null;
  const middle = text.length > MIN_CHARS_WITH_MIDDLE ? text.length >> 1 : 0;
  const isSo = [0, middle].some((from) => isPlainly(stated, text.slice(from, from + SAMPLE_CHARS)));
  if (!isSo) return null;
  return { language: stated, rule: "detected", confidence: 0.99, reliable: true };
}

type Witnesses = Partial<Record<LanguageWitness, string | undefined>>;

function decide(
  text: string,
  found: ReturnType<typeof detect>,
  declared: string | null,
  assumed: string | null,
): Answer<string> {
  const seen = text.slice(0, 40);
  if (found?.rule === "script") return answer(found.language, "script", seen, found.confidence);
  const hint = declared ?? assumed;
  const { language = null, confidence = 0, reliable = false } = found ?? {};
  if (language && language === hint) return answer(language, "declared and detected", hint, 0.99);
  // A quotation or an error message at the start can be in another language than the rest.
  if (hint && text.length > 2000 && detect(text.slice(text.length / 2))?.language === hint) {
    return answer(hint, "declared and detected further on", hint, 0.95);
  }
  const enough =
    hint && language && areAlike(hint, language)
      ? MIN_OVERRIDE_LETTERS.alike
      : MIN_OVERRIDE_LETTERS.other;
  const letters = text.slice(0, 1000).match(/\p{L}/gu)?.length ?? 0;
  if (language && letters >= enough && reliable && confidence > MIN_OVERRIDE_CONFIDENCE) {
    return answer(language, "detected", seen, confidence * 0.9);
  }
  if (declared) return answer(declared, "declared", declared, 0.8);
  if (assumed) return answer(assumed, "source", assumed, 0.6);
  return language ? answer(language, "detected", seen, confidence * 0.7) : NOTHING;
}

export function declaredLanguage(page: Page): string | null {
  const html = page.tags("html")[0]?.attribs ?? {};
  const names = [
    html["lang"],
    html["xml:lang"],
    page.meta("content-language")[0],
    page.meta("og:locale")[0],
    page.meta("language")[0],
    page.meta("dc.language")[0],
  ];
  for (const name of names)
    if (name && /^[a-z]{2,3}(?:[-_]|$)/i.test(name.trim())) return primary(name.trim());
  return null;
}
