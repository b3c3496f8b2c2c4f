/** The place that a title carries as a prefix, and the headline after it. */
export interface Carried {
  country: string;
  region: string | null;
  title: string;
}

const COUNTRY_FIRST = /^([A-Z]{2})\s?[:：]\s*(?=\S)/;
const REGION_NEXT = /^(\p{Lu}[^:：\d?!]{1,39})[:：]\s+(?=\S)/u;

/** `CC: Region: `, `CC: `, or nothing when the country isn't known. */
export function prefixOf({ country, region }: Record<"country" | "region", string | null>): string {
  if (!country) return "";
  return region ? `${country}: ${region}: ` : `${country}: `;
}

/**
 * Splits a headline that already carries its place, `CN: Guangdong: Headline`, into place and
 * headline; null when it carries none. Without a region the code has to be the source's country, or
 * the source must have none, since `IT: ` and the like also begin headlines.
 */
export function splitPrefix(title: string, sourceCountry: string | null): Carried | null {
  const [seen = "", code = ""] = COUNTRY_FIRST.exec(title) ?? [];
  const country = countryOf(code);
  if (!country) return null;
  const isOwn = country === sourceCountry;
  if (!isOwn && isAlsoWord(country)) return null;
  const rest = title.slice(seen.length);
  const [region = "", name = ""] = REGION_NEXT.exec(rest) ?? [];
  if (name && name.trim().split(/\s+/).length <= 4) {
    return { country, region: name.trim(), title: rest.slice(region.length) };
  }
  return isOwn || sourceCountry === null ? { country, region: null, title: rest } : null;
}

const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/** Codes that begin headlines as words far more often than as countries. */
const ALSO_WORDS = new Set([
  "AG",
  "AI",
  "CV",
  "ID",
  "IO",
  "IT",
  "MD",
  "MS",
  "PM",
  "PR",
  "SA",
  "TV",
]);

/** What Unicode has names for though it is no place. */
const NO_PLACES = new Set(["EZ", "QO", "UN", "XA", "XB", "ZZ"]);

/**
 * ISO 3166-1 alpha-2 code of the country that two capitals stand for, former and usual codes
 * included (`UK` is `GB`; `EU` counts as one); null for none.
 */
export function countryOf(code: string): string | null {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  const country = new Intl.Locale(`und-${code}`).region ?? code;
  return NO_PLACES.has(country) || names.of(country) === undefined ? null : country;
}

/** Whether a country's code is also a common word of headlines, as in `AI: what comes next`. */
function isAlsoWord(code: string): boolean {
  return ALSO_WORDS.has(code);
}
