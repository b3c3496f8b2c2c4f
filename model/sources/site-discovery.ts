import type { EntryPointKind } from "../crawl/entry-points.ts";
import type { Listing } from "./source.ts";

/** How good a candidate is, measured on what it names. */
export interface CandidateMeasures {
  /** Articles that it names and that belong to the site. */
  articles: number;
  /** Shares of these, 0 to 1: with a date, with the full text, whose address looks like an article's. */
  dated: number;
  fullText: number;
  articleShare: number;
  /** Of those that sources already bring, 0 to 1. */
  known: number;
  newest: Date | null;
  /** Articles a day over what it names; null when dates are missing. */
  perDay: number | null;
}

/** An address that may become an entry point of a source, and what speaks for and against it. */
export interface Candidate {
  url: string;
  kind: EntryPointKind;
  /** Where its address comes from, in words. */
  from: string;
  /** Selectors read off the page, of a listing. */
  listing?: Listing;
  measures: CandidateMeasures | null;
  /** 0 to 1; 0 for one that is refused. */
  score: number;
  /** Whether the proposed source has it. */
  proposed: boolean;
  /** Why it isn't proposed; null for one that is. */
  why: string | null;
}

/** What a site offers, asked from its home page: candidates, the best first, and the proposed source. */
export interface SiteDiscovery {
  home: string;
  at: Date;
  robots: { verdict: string; delay: number };
  language: string | null;
  country: string | null;
  candidates: Candidate[];
  /** The declaration, ready for `config/sources/`; null when nothing can be proposed. */
  source: Record<string, unknown> | null;
  /** Requests a day that the source would make, estimated: entry points and new articles. */
  requestsPerDay: number | null;
  /** Requests that the site discovery made. */
  requests: number;
  /** What was odd, in words. */
  problems: string[];
}
