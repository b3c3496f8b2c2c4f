import type { Page } from "./page.ts";

const ROBOTS = new Set(["noindex", "noarchive", "nosnippet"]);

/**
 * What the publisher reserves in the markup: noindex, noarchive, nosnippet (meta robots), and tdm
 * (W3C TDMRep; `noai` says the same in its own words) or `no-tdm`, where mining is left free.
 */
export function readReservations(page: Page): string[] {
  const found = new Set<string>();
  for (const directives of page.meta("robots")) {
    for (const word of directives.toLowerCase().split(/[\s,]+/)) {
      if (ROBOTS.has(word)) found.add(word);
      if (word === "none") found.add("noindex");
      if (word === "noai") found.add("tdm");
    }
  }
  const mining = page.meta("tdm-reservation").map((value) => value.trim());
  if (mining.includes("1")) found.add("tdm");
  else if (mining.includes("0") && !found.has("tdm")) found.add("no-tdm");
  return [...found];
}
