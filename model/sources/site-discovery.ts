import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Listing } from "./source.ts";

/** The quality of a candidate, measured on the articles that it names. */
export interface CandidateMeasures {
  /** Number of the candidate's articles that belong to the site. */
  articles: number;
  /**
   * Shares of these articles, 0 to 1: with a date, with the full text, with a URL that looks like
   * an article's.
   */
  dated: number;
  fullText: number;
  articleShare: number;
  /** Share of articles that sources already find, 0 to 1. */
  known: number;
  newest: Date | null;
  /** Number of articles per day; null if dates are missing. */
  perDay: number | null;
}

/** A URL that can become an entry point of a source, with the reasons for and against it. */
export interface Candidate {
  url: string;
  kind: EntryPointKind;
  /** Describes where the candidate's URL was found. */
  from: string;
  /** The selectors that were inferred for a listing; missing for other candidates. */
  listing?: Listing;
  measures: CandidateMeasures | null;
  /** Score of the candidate, 0 to 1; a rejected one has 0. */
  score: number;
  /** Whether the candidate is part of the proposed source. */
  proposed: boolean;
  /** Why the candidate isn't proposed; null if it is. */
  why: string | null;
}

/** The entry points of a site, found from its home page: candidates, the best first, and the proposed source. */
export interface SiteDiscovery {
  home: string;
  at: Date;
  robots: { verdict: string; delay: number };
  language: string | null;
  country: string | null;
  candidates: Candidate[];
  /** The declaration, ready for `config/sources/`; null if there is nothing to propose. */
  source: Record<string, unknown> | null;
  /**
   * Estimated number of requests per day for entry points and new articles of the proposed source; null if there is
   * none.
   */
  requestsPerDay: number | null;
  /** Number of requests that the site discovery made. */
  requests: number;
  /** Descriptions of irregularities. */
  problems: string[];
}
