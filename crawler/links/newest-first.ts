import type { FoundLink } from "../../model/crawl/link.ts";

/** When a link's article was published as far as its hints say; undated ones count as new. */
export function dateOf(link: FoundLink): number {
  const { publishedAt, modifiedAt } = link.hints;
  return (publishedAt ?? modifiedAt)?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** Links sorted by date, newest first; undated ones come first, in order of appearance. */
export function newestFirst(links: FoundLink[]): FoundLink[] {
  return links.toSorted((a, b) => {
    const [one, other] = [dateOf(a), dateOf(b)];
    return one === other ? 0 : other - one;
  });
}
