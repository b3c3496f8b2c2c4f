import type { Page } from "./page.ts";

/** What the publisher reserves in the markup: noindex, noarchive (meta robots) and tdm. */
export function readReservations(page: Page): string[] {
  const found = new Set<string>();
  for (const directives of page.meta("robots")) {
    for (const word of directives.toLowerCase().split(/[\s,]+/)) {
      if (word === "noindex" || word === "noarchive") found.add(word);
      if (word === "none") found.add("noindex");
    }
  }
  if (page.meta("tdm-reservation").some((value) => value.trim() === "1")) found.add("tdm");
  return [...found];
}
