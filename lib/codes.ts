import { nearest } from "./nearest.ts";

export interface NamedCode {
  name: string;
  code: string;
}

type Kind = "language" | "region";

const LETTERS = "abcdefghijklmnopqrstuvwxyz".split("");
const ENGLISH_NAMES: Record<Kind, Intl.DisplayNames> = {
  language: new Intl.DisplayNames("en", { type: "language", fallback: "none" }),
  region: new Intl.DisplayNames("en", { type: "region", fallback: "none" }),
};
/** Unicode's data lacks these names, which are spelt as `fold` returns them. */
const ADDITIONAL_NAMES: Record<Kind, Record<string, string>> = {
  language: { norwegian: "no", mandarin: "zh", flemish: "nl" },
  region: {
    usa: "US",
    "united states of america": "US",
    "great britain": "GB",
    "czech republic": "CZ",
    turkey: "TR",
    holland: "NL",
    macedonia: "MK",
    burma: "MM",
    "ivory coast": "CI",
    "hong kong": "HK",
  },
};

/** Returns a language's BCP 47 code from its code or name (English or its own); null if unknown. */
export function languageCode(text: string): string | null {
  return (
    canonical("language", text.trim().replaceAll("_", "-")) ??
    codesOf("language").get(fold(text)) ??
    null
  );
}

/** Returns a country's ISO 3166-1 code from its code or name (English or local), or null. */
export function countryCode(text: string): string | null {
  return canonical("region", text.trim()) ?? codesOf("region").get(fold(text)) ?? null;
}

export function nearestLanguage(text: string): NamedCode | null {
  return nearestOf("language", text);
}

export function nearestCountry(text: string): NamedCode | null {
  return nearestOf("region", text);
}

function nearestOf(kind: Kind, text: string): NamedCode | null {
  const names = namesIn("en", kind);
  const known = codesThatAre(kind).map((code) => names.of(code) ?? code);
  const name = nearest(text, known);
  const code = name === null ? undefined : codesOf(kind).get(fold(name));
  return name === null || code === undefined ? null : { name, code };
}

const CODE = { language: /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i, region: /^[a-z]{2}$/i };

function canonical(kind: Kind, text: string): string | null {
  if (!CODE[kind].test(text)) return null;
  const tag = kind === "language" ? text : `und-${text}`;
  const [whole = ""] = canonicalLocales(tag);
  const code = kind === "language" ? whole : whole.replace("und-", "");
  return namesIn("en", kind).of(code) ? code : null;
}

function canonicalLocales(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag);
  } catch {
    return [];
  }
}

function namesIn(language: string, type: Kind): Intl.DisplayNames {
  return language === "en"
    ? ENGLISH_NAMES[type]
    : new Intl.DisplayNames(language, { type, fallback: "none" });
}

function codesThatAre(kind: Kind): string[] {
  const all = LETTERS.flatMap((one) => LETTERS.map((other) => one + other));
  const names = namesIn("en", kind);
  const cased = kind === "region" ? all.map((code) => code.toUpperCase()) : all;
  // Leave out synonyms, such as UK for GB.
  return cased.filter((code) => names.of(code) && canonical(kind, code) === code);
}

const made = new Map<Kind, ReadonlyMap<string, string>>();

function codesOf(kind: Kind): ReadonlyMap<string, string> {
  const before = made.get(kind);
  if (before) return before;
  const codes = new Map(Object.entries(ADDITIONAL_NAMES[kind]));
  for (const code of codesThatAre(kind)) {
    const own = kind === "language" ? code : new Intl.Locale(`und-${code}`).maximize().language;
    for (const language of ["en", own]) {
      const name = namesIn(language, kind).of(code);
      if (name && !codes.has(fold(name))) codes.set(fold(name), code);
    }
  }
  made.set(kind, codes);
  return codes;
}

function fold(text: string): string {
  const plain = text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replaceAll("&", "and")
    .replace(/[\s.,'’]+/g, " ")
    .trim();
}
