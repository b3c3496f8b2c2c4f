import { urlKey } from "../canonical-url.ts";
import type { SitePage } from "./site-page.ts";

/** Share of links that two answers have in common from which on they are the same page. */
const SAME = 0.9;

/** Whether two addresses of a site gave the same answer: of one kind and title, with nearly the same links. */
export function isSameAnswer(one: SitePage, other: SitePage): boolean {
  if (one.kind !== other.kind || one.title !== other.title) return false;
  const [links, others] = [keysOf(one), keysOf(other)];
  const common = [...links].filter((key) => others.has(key)).length;
  return common >= SAME * Math.max(links.size, others.size);
}

function keysOf({ discovery, named }: SitePage): Set<string> {
  return new Set([...discovery.links, ...named].map(({ url }) => urlKey(url)));
}
