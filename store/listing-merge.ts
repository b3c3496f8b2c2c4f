import type { ListedArticle, ListingPage, ListingRequest, Position } from "./listing.ts";

/**
 * One page of several lists that were asked for the same place: what all of them have read up to, an
 * article of two lists once.
 */
export function mergePages(
  pages: readonly ListingPage[],
  { limit, after }: Pick<ListingRequest, "limit" | "after">,
): ListingPage {
  const way = after ? 1 : -1;
  const inOrder = (a: Position, b: Position) => way * order(a, b);
  const ends = pages.flatMap(({ next }) => next ?? []).toSorted(inOrder);
  // Beyond the nearest end of a list that goes on, that list may have more.
  const [horizon = null] = ends;
  const all = new Map(pages.flatMap(({ articles }) => articles.map((one) => [one._id, one])));
  const sorted = [...all.values()].toSorted((a, b) => inOrder(placeOf(a), placeOf(b)));
  const known = horizon ? sorted.filter((one) => inOrder(placeOf(one), horizon) <= 0) : sorted;
  const articles = known.slice(0, limit);
  const last = articles.at(-1);
  const cut = known.length > limit && last ? placeOf(last) : null;
  return { articles: after ? articles.toReversed() : articles, next: cut ?? horizon };
}

function placeOf({ sortAt, _id: id }: ListedArticle): Position {
  return { sortAt, id };
}

/** By time, ties by id. */
function order(a: Position, b: Position): number {
  return a.sortAt.getTime() - b.sortAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));
}
