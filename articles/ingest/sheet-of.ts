import { urlKey } from "../../crawler/links/canonical-url.ts";
import { leftOut } from "../../crawler/links/filter.ts";
import type { Extraction } from "../../model/articles/extraction.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

/** Of which article a page is a further one. */
export interface SheetOf {
  linkId: string;
  number: number;
  /** The first page's address, where this page names it. */
  url: string | null;
}

/** Of which article a page is a further one, as its link or the page itself says; null for any other page. */
export function sheetIn(
  { link, source }: { link: Link; source: SourceRecord },
  { page: { sheets } }: Extraction,
): SheetOf | null {
  if (link.sheetOf) return { ...link.sheetOf, url: null };
  const first = sheets && sheets.number > 1 ? sheets.others.find((it) => it.number === 1) : null;
  // An article's identity never moves.
  if (!sheets || !first || link.articleId === link._id || leftOut(first.url, source)) return null;
  const linkId = urlKey(first.url);
  return linkId === link._id ? null : { linkId, number: sheets.number, url: first.url };
}
