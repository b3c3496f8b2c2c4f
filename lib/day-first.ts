/**
 * Matches domains of countries, except countries that write the month first and domains that are
 * used worldwide.
 */
const DAY_FIRST_SUFFIX = /\.(?!us|ph|tv|io|ai|co|me|fm|ly|cc|ws)[a-z]{2}$/;

/** Returns whether dates in English, such as `3/4/2026`, have the day first on a host. */
export function hasDayFirst(host: string): boolean {
  return DAY_FIRST_SUFFIX.test(host);
}

/**
 * Matches languages in which `24.05.01` is in 2024. Regions in which Chinese is written beside
 * English or Portuguese have the day first.
 */
export const YEAR_FIRST_LANGUAGE = /^(?:ja|ko|zh)\b(?!.*-(?:hk|mo|sg)\b)/i;
