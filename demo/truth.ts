import type { Cause } from "../model/crawl/failure.ts";
import type { SkipReason } from "../model/crawl/skipped.ts";

/** An article that must be stored, exactly once. */
export interface TrueArticle {
  /** Its canonical address. */
  url: string;
  sourceId: string;
  title: string;
  /** Paragraphs joined by a blank line. */
  text: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
  /** How exactly the site says it. */
  precision: "day" | "instant";
  /** Time zone in which the site means a day. */
  zone: string;
  language: string;
  /** The earliest published article with the same text (or nearly), on another site. */
  duplicateOf: string | null;
  /** Other addresses of the same article. */
  variants: string[];
}

/** What a run over the whole world must end with. */
export interface Truth {
  articles: TrueArticle[];
  /** Addresses that must never be requested. */
  forbidden: string[];
  /** Links that end without an article, and why. */
  expectSkipped: { url: string; reason: SkipReason | Cause }[];
  /** The pace that each host asks for. */
  paces: { host: string; delayMs: number; concurrency: number }[];
}

/** One request that a site saw; times in epoch ms. */
export interface SeenRequest {
  /** Host name and port. */
  host: string;
  path: string;
  start: number;
  end: number;
  /** Whoever asked went away before that, or was sent away: it is told when the server learnt of it. */
  cut?: boolean;
  status: number;
  userAgent: string;
  /** `sub`: script, style, picture or data call of a rendered page; they belong to its turn. */
  kind: "page" | "sub";
}

/** What the sites saw; gaps and concurrency count `page` requests only. */
export interface WorldReport {
  requests: SeenRequest[];
  summary: Record<
    string,
    {
      count: number;
      /** Smallest time from the end of a request to the start of a later one; null under two. */
      minGapMs: number | null;
      /** Smallest time between two starts; null under two. */
      minStartGapMs: number | null;
      maxConcurrent: number;
    }
  >;
  forbiddenHits: string[];
}
