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
export function isAlsoWord(code: string): boolean {
  return ALSO_WORDS.has(code);
}
