import type { Page } from "../page.ts";
import type { Reading } from "./stamp.ts";

const MONTH_FIRST_SUFFIX = /\.(?:us|gov|mil|edu|ph)$/;
/** Country domains other than those of American habit. */
const DAY_FIRST_SUFFIX = /\.(?!us|ph|tv|io|ai|co|me|fm|ly|cc|ws)[a-z]{2}$/;

/** How this page writes ambiguous dates: `3/4/2020` is March only where the language is American English. */
export function readingOf(page: Page, language: string | null, timezone = "UTC"): Reading {
  const host = URL.canParse(page.url) ? new URL(page.url).hostname : "";
  const html = page.tags("html")[0]?.attribs ?? {};
  const tag = (html["lang"] ?? html["xml:lang"] ?? "").toLowerCase();
  let dayFirst = language !== "en" && language !== null;
  if (language === null || language === "en") {
    dayFirst = DAY_FIRST_SUFFIX.test(host) || /^en[-_](?:gb|ie|au|nz|in|za)/.test(tag);
    if (MONTH_FIRST_SUFFIX.test(host)) dayFirst = false;
  }
  return { dayFirst, timezone };
}
