import type { Edited } from "./editorial.ts";
import type { Timing } from "./timing.ts";
import type { ArticleStatus } from "./visible.ts";

/** What a reader of the API, a feed or a portal page gets: an article without its full text. */
export interface Item {
  id: string;
  version: number;
  status: ArticleStatus;
  url: string;
  title: string;
  prefix: string;
  teaser: string | null;
  authors: string[];
  /** Organisations that sign it; missing on items made before they were kept apart. */
  organisations?: string[];
  sourceId: string;
  publishedAt: Date | null;
  modifiedAt: Date | null;
  firstSeenAt: Date;
  sortAt: Date;
  day: string;
  language: string | null;
  country: string | null;
  region: string | null;
  /** ISO 3166-2 code of the region; missing on items made before places were read, as is `city`. */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  section: string | null;
  tags: string[];
  image: { url: string; alt: string | null } | null;
  duplicateOf: string | null;
  storyId: string;
  wordCount: number | null;
  /** 0 to 1; missing on items made before it was told, null where it was not measured. */
  relevanceScore?: number | null;
  /** What editors wrote over the publisher's words. */
  edited?: Edited;
  pinnedUntil?: Date;
  /** Missing on items made before it was told; readers don't get it. */
  timing?: Timing;
  /** What it said was erased; readers get no item. */
  erased?: true;
}
