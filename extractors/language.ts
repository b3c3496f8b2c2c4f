import type { LanguageIdentifier } from "cld3-asm";
import type { LanguageWitness } from "../model/articles/fields.ts";
import { words } from "./dom/node.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";

let loaded: LanguageIdentifier | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the language detector, once per thread. Before that, `detect` recognises only languages
 * with a script of their own.
 */
export function prepare(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  const { loadModule } = await import("cld3-asm");
  loaded = (await loadModule()).create(20, 1200);
}

interface Detected {
  language: string;
  rule: "script" | "detected";
  confidence: number;
  reliable: boolean;
}

const MIN_LETTERS = { script: 20, detected: 30 };
const DETECTOR_SAMPLE_CHARS = 1000;
const GLIMPSE_CHARS = 70;
const MIN_GLIMPSE_CONFIDENCE = 0.95;
const LETTER = /[\p{L}\p{M}]+/gu;

/** The first match decides: Japanese texts also contain Han characters. */
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
 * Returns a text's language. Null if the text is too short, or if the detector is needed but not
 * loaded yet.
 */
export function detect(text: string, declared: string | null = null): Detected | null {
  const sample = text.slice(0, DETECTOR_SAMPLE_CHARS);
  const letters = lengthOf(sample, LETTER);
  if (letters < MIN_LETTERS.script) return null;
  const written = ANY_SCRIPT.test(sample) ? SCRIPTS : [];
  for (const [script, language, share] of written) {
    if (lengthOf(sample, script) / letters > share) {
      return { language, rule: "script", confidence: 0.98, reliable: true };
    }
  }
  if (letters < MIN_LETTERS.detected || !loaded) return null;
  // Two short parts are enough if their language is clear and doesn't contradict `declared`.
  return glimpse(loaded, text, declared) ?? identify(loaded, sample);
}

function lengthOf(text: string, runs: RegExp): number {
  return text.match(runs)?.reduce((sum, run) => sum + run.length, 0) ?? 0;
}

function glimpse(
  detector: LanguageIdentifier,
  text: string,
  declared: string | null,
): Detected | null {
  if (text.length < GLIMPSE_CHARS * 4) return null;
  const middle = Math.floor(text.length / 2);
  const parts = [text.slice(0, GLIMPSE_CHARS), text.slice(middle, middle + GLIMPSE_CHARS)];
  const found = identify(detector, parts.join(" "));
  if (!found.reliable || found.confidence <= MIN_GLIMPSE_CONFIDENCE) return null;
  // Names can make a few words look like any language, so a contradiction needs more text.
  const isTaken = declared === null ? !isConfusable(found.language) : found.language === declared;
  return isTaken ? found : null;
}

function identify(detector: LanguageIdentifier, text: string): Detected {
  const { language, probability, is_reliable: reliable } = detector.findLanguage(text);
  return {
    language: amongAlike(text, primarySubtag(language)),
    rule: "detected",
    confidence: probability,
    reliable,
  };
}

const LANGUAGE_CODE_ALIASES: Record<string, string> = {
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

function primarySubtag(tag: string): string {
  const language = tag.toLowerCase().split(/[-_]/)[0] ?? "";
  return LANGUAGE_CODE_ALIASES[language] ?? language;
}

const CONFUSABLE_LANGUAGES: Record<string, string>[] = [
  {
    da: "af blev efter hvad mellem nu næste sig siger uge være kommunen år end hvor mod været",
    no: "av ble etter hva mellom nå neste seg sier uke være kommunen år enn hvor mot vært ennå noen",
    sv: "av blev efter vad mellan nu nästa sig säger vecka vara kommunen år än var mot varit och är",
  },
  {
    id: "karena bahwa polisi pemerintah tersebut bisa kantor mobil tahun lalu akan adalah senin kamis belum pengadilan",
    ms: "kerana bahawa polis kerajaan tersebut boleh pejabat kereta tahun lepas akan ialah isnin khamis belum mahkamah",
  },
  {
    es: "el los las y con por según también más pero muy hasta desde está años ciudad hay ayuntamiento",
    gl: "os as e con por segundo tamén máis pero moi ata dende está anos cidade hai concello unha cunha dunha nunha súa",
    pt: "os as e com por segundo também mais mas muito até desde está anos cidade há câmara uma não são pelo pela sua",
    ca: "el els les i amb per segons també més però molt fins des està anys ciutat ajuntament aquest aquesta és",
  },
];

const DISTINCTIVE_WORDS = CONFUSABLE_LANGUAGES.map((group) =>
  Object.entries(group).map(([language, list]) => {
    const { [language]: _, ...others } = group;
    const shared = words(Object.values(others).join(" "));
    const own = list.split(" ").filter((word) => !shared.has(word));
    return { language, own: new Set(own) };
  }),
);

function isConfusable(language: string): boolean {
  return CONFUSABLE_LANGUAGES.some((group) => language in group);
}

function areConfusable(one: string, other: string): boolean {
  return CONFUSABLE_LANGUAGES.some((group) => one in group && other in group);
}

/**
 * Returns `detected` or the similar language whose distinctive words are most frequent in the text.
 * In case of a tie, returns `detected`.
 */
export function amongAlike(text: string, detected: string): string {
  const group = DISTINCTIVE_WORDS.find((languages) =>
    languages.some(({ language }) => language === detected),
  );
  if (!group) return detected;
  const inText = wordsIn(text);
  const counts = group.map(({ language, own }) => ({
    language,
    count: inText.filter((word) => own.has(word)).length,
  }));
  const [best, second] = counts.toSorted((a, b) => b.count - a.count);
  return best && best.count !== second?.count ? best.language : detected;
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}]+/u);
}

const COMMON_WORDS: Record<string, Set<string>> = {
  de: words(
    "und der die das den dem nicht mit auch dass wird eine ist sich von auf für sei werden zum im",
  ),
  en: words("the of and that with was from which have this are been has for their were would it"),
  fr: words("les des une dans est que pour qui avec sur cette aux pas plus ont été du le la et"),
};

const MIN_COMMON_WORD_SHARE = 0.14;
const MIN_DIFFERENT_COMMON_WORDS = 4;

/**
 * Whether common words show that a text is in `language`. False if the text has under 30 words, or
 * the language has no word list.
 */
export function isPlainly(language: string, text: string): boolean {
  const common = COMMON_WORDS[language];
  const inText = common ? wordsIn(text) : [];
  if (!common || inText.length < 30) return false;
  const found = inText.filter((word) => common.has(word));
  return (
    found.length >= inText.length * MIN_COMMON_WORD_SHARE &&
    new Set(found).size >= MIN_DIFFERENT_COMMON_WORDS
  );
}

const MIN_OVERRIDE_LETTERS = { other: 60, alike: 300 };
const MIN_OVERRIDE_CONFIDENCE = 0.85;

/**
 * Returns a text's language. `declared` is the language that the page declares, and `assumed` the
 * source's language.
 */
export function languageOfText(
  text: string,
  declared: string | null,
  assumed: string | null,
): Answer<string> {
  const source = assumed && primarySubtag(assumed);
  const stated = declared ?? source;
  const found = plainly(text, stated) ?? detect(text, stated);
  const { value, evidence } = decide(text, found, declared, source);
  if (value === null || !evidence) return NOTHING;
  const witnesses = { [found?.rule ?? "detected"]: found?.language, declared, source };
  const against = Object.entries(witnesses).flatMap(([witness, says]) =>
    says && says !== value ? { witness: witness as LanguageWitness, says } : [],
  );
  return { value, evidence: { ...evidence, ...(against.length > 0 && { against }) } };
}

const STATED_SAMPLE_CHARS = 350;

const MIN_CHARS_WITH_MIDDLE = 1000;

function plainly(text: string, stated: string | null): Detected | null {
  if (stated === null) return null;
  // The text can begin with names or a quotation.
  const middle = text.length > MIN_CHARS_WITH_MIDDLE ? text.length >> 1 : 0;
  const isSo = [0, middle].some((from) =>
    isPlainly(stated, text.slice(from, from + STATED_SAMPLE_CHARS)),
  );
  if (!isSo) return null;
  return { language: stated, rule: "detected", confidence: 0.99, reliable: true };
}

function decide(
  text: string,
  found: Detected | null,
  declared: string | null,
  assumed: string | null,
): Answer<string> {
  const seen = text.slice(0, 40);
  if (found?.rule === "script") return answer(found.language, "script", seen, found.confidence);
  const hint = declared ?? assumed;
  const witness = declared ? "declared" : "source";
  const { language = null, confidence = 0, reliable = false } = found ?? {};
  if (language && language === hint) return answer(language, `${witness} and detected`, hint, 0.99);
  // A quotation or an error message at the start can be in another language than the rest.
  if (hint && text.length > 2000 && detect(text.slice(text.length / 2))?.language === hint) {
    return answer(hint, `${witness}, and detected in its second half`, hint, 0.95);
  }
  const enough =
    hint && language && areConfusable(hint, language)
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
  const metas = ["content-language", "og:locale", "language", "dc.language"];
  const stated = [html["lang"], html["xml:lang"], ...metas.map((name) => page.meta(name)[0])];
  const tag = stated.find((one) => one && /^[a-z]{2,3}(?:[-_]|$)/i.test(one.trim()));
  return tag === undefined ? null : primarySubtag(tag.trim());
}
