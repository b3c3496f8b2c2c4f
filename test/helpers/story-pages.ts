import type { ReadPage } from "../../articles/ingest/decide.ts";
import { hours, pageOf } from "./article-pages.ts";

/** Returns the page of an article with this text, published this many hours after pages are fetched. */
export function storyPage(name: string, hour: number, text: string): ReadPage {
  return pageOf(name, { fields: { text, publishedAt: hours(hour) } });
}

/** Returns `text` with 24 words from `from` on replaced. */
export function edited(text: string, from: number): string {
  return text
    .split(" ")
    .map((word, n) => (n >= from && n < from + 24 ? `other${from}x${n}` : word))
    .join(" ");
}
