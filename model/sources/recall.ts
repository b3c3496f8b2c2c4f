import type { LinkKind } from "../crawl/link.ts";

/** A feed, sitemap or list of a site, as it was compared. */
interface Channel {
  url: string;
  kind: Exclude<LinkKind, "article">;
  /** One of the source's entry points. */
  watched: boolean;
  /** Articles of the window that it names, and those of them that are stored. */
  listed: number;
  stored: number;
}

/** An article that the site names and that isn't stored. */
export interface Missed {
  url: string;
  title: string | null;
  publishedAt: Date | null;
  /** Addresses of the channels that name it. */
  namedBy: string[];
  /** Why, in words. */
  why: string;
}

/** How many of a source's articles of the last days are stored, by what its site names; `_id` is the source's. */
export interface Recall {
  _id: string;
  at: Date;
  days: number;
  /** Articles that the site names and that should be stored; those that are. */
  published: number;
  stored: number;
  /** Left out on purpose, by reason. */
  left: Record<string, number>;
  channels: Channel[];
  missed: Missed[];
}
