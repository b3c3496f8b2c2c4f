/**
 * Matches domains of countries, except countries that write the month first and domains that are
 * used worldwide.
 */
const DAY_FIRST_SUFFIX = /\.(?!us|ph|tv|io|ai|co|me|fm|ly|cc|ws)[a-z]{2}$/;

/** Returns whether dates in English, such as `3/4/2026`, have the day first on a host. */
export function hasDayFirst(host: string): boolean {
  return DAY_FIRST_SUFFIX.test(host);
}
