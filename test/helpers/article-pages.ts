import type { ReadPage } from "../../articles/ingest/decide.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { Link } from "../../model/crawl/link.ts";
import { makeLink } from "./links.ts";
import { makeReading, type PageOverrides, SEEN } from "./reading.ts";

/** Returns the URL of a named article on the test's site. */
export const addressOf = (name: string) => `https://city.example/news/${name}`;
export const idOf = (name: string) => urlKey(addressOf(name));

/** Returns the time this many hours after the pages of readings are fetched. */
export const hours = (n: number) => new Date(SEEN.getTime() + n * 3_600_000);

/** Returns the page of an article and its claimed link. */
export function pageOf(name: string, overrides: PageOverrides = {}): ReadPage {
  const url = addressOf(name);
  const claim = { token: "mine", turn: 0, at: SEEN, worker: "w" };
  const link: Link = makeLink(idOf(name), { url, foundUrl: url, claim, attempts: 1 });
  const reading = makeReading(url, overrides);
  return { link, reading, capture: reading.capture };
}
