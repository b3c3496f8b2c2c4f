import type { Timing } from "./timing.ts";

/** The fields that consumers filter by. */
export interface Visible {
  sourceId: string;
  country: string | null;
  language: string | null;
  topics: string[];
  /** ISO 3166-2; missing in changes written before it was told, as are `city` and `relevanceScore`. */
  region?: string | null;
  city?: string | null;
  relevanceScore?: number | null;
  status: ArticleStatus;
  /** Shown on the portal and counted: published and nobody's duplicate. */
  listed: boolean;
  day: string;
  /** What figures are made of; missing in changes written before it was told, and where nobody counts. */
  timing?: Timing;
}

/** `unlisted`: stored and findable by operators, not shown to readers; `Article.unlisted` says why. */
export type ArticleStatus = "published" | "unlisted" | "retracted";

/** The fields that consumers filter by, as they stand in an article or its item. */
export function toVisible(
  article: Omit<Visible, "listed" | "region"> & {
    duplicateOf: string | null;
    regionCode?: string | null;
  },
): Visible {
  const { sourceId, country, language, topics, status, day, duplicateOf } = article;
  const { regionCode: region = null, city = null, relevanceScore = null, timing } = article;
  const listed = status === "published" && duplicateOf === null;
  const place = { country, region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, listed, day };
  return { ...visible, ...(timing && { timing }) };
}
