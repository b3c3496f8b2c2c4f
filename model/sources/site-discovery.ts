import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Listing } from "./source.ts";

/** Measures of a candidate, taken from the articles to which it links. */
export interface CandidateMeasures {
  /** Number of links to articles of the site. */
  articles: number;
  /** Share of the article links that have a date of publication or modification, 0 to 1. */
  dated: number;
  /** Share of the article links for which the candidate contains the full text, 0 to 1. */
  fullText: number;
  /** Share of the article links that have a date of publication or an article-like URL, 0 to 1. */
  articleShare: number;
  /** Share of the article links that existing sources already know, 0 to 1. */
  known: number;
  newest: Date | null;
  /** Articles per day, by the dates of the latest; null if fewer than three have a date. */
  perDay: number | null;
}

/** A URL that might become an entry point of a source, with the reasons for and against it. */
export interface Candidate {
  url: string;
  kind: EntryPointKind;
  /** Describes where the candidate's URL was found. */
  from: string;
  /** The selectors that were inferred for a listing; missing for other candidates. */
  listing?: Listing;
  measures: CandidateMeasures | null;
  /** Score by which candidates are ranked; 0 for a rejected candidate. */
  score: number;
  proposed: boolean;
  /** Why the candidate isn't proposed; null if it is. */
  why: string | null;
}

/** The result of searching a site for entry points, starting at its home page. */
export interface SiteDiscovery {
  home: string;
  at: Date;
  robots: { verdict: string; delay: number };
  language: string | null;
  country: string | null;
  candidates: Candidate[];
  /** The proposed declaration for `config/sources/`; null if there is nothing to propose. */
  source: Record<string, unknown> | null;
  /** Estimated number of requests per day of the proposed source; null if there is none. */
  requestsPerDay: number | null;
  requests: number;
  /** Messages for the user, such as that the home page redirects. */
  problems: string[];
}
