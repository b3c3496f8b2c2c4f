import { countryOf, isAlsoWord } from "./country.ts";

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
