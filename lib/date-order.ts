/** Matches domains of countries that write the day first, except domains used worldwide. */
const DAY_FIRST_SUFFIX = /\.(?!us|ph|tv|io|ai|co|me|fm|ly|cc|ws)[a-z]{2}$/;

/** Matches domains of the United States and the Philippines, which write the month first. */
const MONTH_FIRST_SUFFIX = /\.(?:us|gov|mil|edu|ph)$/;
const DAY_FIRST_TAG = /^en[-_](?!us|ph)[a-z]{2}\b/i;

/**
 * Returns whether dates in English such as `3/4/2026` have the day first. The domain takes
 * precedence, because many sites outside of the United States declare `en-US`.
 */
export function hasDayFirst(host: string, language: string): boolean {
  if (MONTH_FIRST_SUFFIX.test(host)) return false;
  return DAY_FIRST_SUFFIX.test(host) || DAY_FIRST_TAG.test(language);
}

/**
 * Matches languages in which `24.05.01` is in 2024. Chinese in Hong Kong, Macao and Singapore isn't
 * among them, because the day comes first there.
 */
export const YEAR_FIRST_LANGUAGE = /^(?:ja|ko|zh)\b(?!.*-(?:hk|mo|sg)\b)/i;
