import { z } from "zod";

const REGIONS = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/** A country's code that ISO 3166-1 has, in capital letters. */
export const CountryCode = z
  .string()
  .refine(isCountry, "write a country's code of ISO 3166-1, e.g. DE, or GB for the United Kingdom");

/** A language's code that BCP 47 has, in small letters. */
export const LanguageCode = z
  .string()
  .refine(
    (code) => /^[a-z]{2,3}$/.test(code) && LANGUAGES.of(code) !== undefined,
    "write a language's code of BCP 47, e.g. de",
  );

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || REGIONS.of(code) === undefined) return false;
  // Old codes such as UK have names too.
  return new Intl.Locale(`und-${code}`).region === code;
}
