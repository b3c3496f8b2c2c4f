import type { FoundLink } from "../../../model/crawl/link.ts";
import type { Candidate } from "../../../model/sources/site-discovery.ts";
import { isArticleAddress } from "../infer/groups.ts";

/** Share of a sitemap's addresses that must look like articles', so that all of it is taken. */
const CLEAN = 0.9;
/** Share of the articles that the folders must hold. */
const COVER = 0.98;
const MOST_FOLDERS = 3;

/**
 * Path patterns that keep a sitemap's other pages out: the folders that its articles are in, where it
 * also names much else. Empty where nothing has to be kept out, or no folders tell them apart.
 */
export function includeOf(
  found: readonly { links: readonly FoundLink[]; kind: Candidate["kind"] }[],
): string[] {
  const sitemaps = found
    .filter(({ kind }) => kind === "sitemap")
    .flatMap(({ links }) => articlesOf(links));
  const like = sitemaps.filter(isArticleAddress);
  if (sitemaps.length === 0 || like.length >= sitemaps.length * CLEAN) return [];
  const others = found
    .filter(({ kind }) => kind !== "sitemap")
    .flatMap(({ links }) => articlesOf(links));
  const wanted = [...like, ...others];
  const counts = new Map<string, number>();
  for (const url of wanted) counts.set(folderOf(url), (counts.get(folderOf(url)) ?? 0) + 1);
  const folders = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_FOLDERS);
  const covered = folders.reduce((sum, [, count]) => sum + count, 0);
  if (covered < wanted.length * COVER || folders.some(([folder]) => folder === "")) return [];
  return folders.map(([folder]) => `/${folder}/**`);
}

function articlesOf(links: readonly FoundLink[]): string[] {
  return links.filter(({ kind }) => kind === "article").map(({ url }) => url);
}

/** The first folder of an address; empty for a page at the top. */
function folderOf(url: string): string {
  const parts = new URL(url).pathname.split("/");
  return parts.length > 2 ? (parts[1] ?? "") : "";
}
