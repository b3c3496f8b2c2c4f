import type { DeclaredUse } from "../usage-rights.ts";
import type { ArticleFields, FieldName } from "./fields.ts";

/** Which rule read a field, from what text, and how certain it is (0 to 1). */
export interface Evidence {
  rule: string;
  seen: string | null;
  confidence: number;
  /** What later rules removed from the value; missing if they removed nothing. */
  removed?: { rule: string; seen: string }[];
  /** For a text: why it was chosen, and all candidates. */
  because?: string;
  candidates?: BodyCandidate[];
  /** For a text over several pages: the state of each page. */
  articlePages?: ArticlePageRead[];
  /** For a language: the sources of evidence that disagree. */
  against?: { witness: LanguageWitness; says: string }[];
}

/** A candidate for an article's body: one element, several elements, or a text in the page's structured data. */
export interface BodyCandidate {
  rule: string;
  seen: string | null;
  /** Number of characters of prose in the candidate. */
  prose: number;
  /** Share of the prose that this candidate has in common with the chosen one, 0 to 1. */
  agreement: number;
}

/**
 * Where the evidence for a language comes from: the text's script, a detector, the page, or the source's file or
 * feed.
 */
export type LanguageWitness = "script" | "detected" | "declared" | "source";

export type PageKind =
  | "article"
  | "listing"
  | "home"
  | "error"
  | "login"
  | "paywall"
  | "consent"
  | "captcha"
  | "video"
  | "gallery"
  | "app-shell";

/** The result of `extractors/`: fields, the evidence for each, and the kind of page. */
export interface Extraction {
  fields: ArticleFields;
  evidence: Partial<Record<FieldName, Evidence>>;
  page: {
    kind: PageKind;
    confidence: number;
    /** What the markup states about the use of the page; missing if it states nothing. */
    declared?: DeclaredUse;
    /** URL of the page's AMP version; null if the page names none. */
    ampUrl: string | null;
    /** URLs of the page's versions for phones and for printing; missing if it names none. */
    variants?: { url: string; kind: "mobile" | "print" }[];
    /** The page's position among the pages of its article; missing if it names no other page. */
    articlePages?: ArticlePages;
    /** Set if the page claims to be an article but has almost no text, and has scripts that might add the text. */
    unfilled?: true;
    /** The evidence that only part of the article is free to read; missing if there is none. */
    paywall?: string;
    /** Explains why a file contains no article (encrypted, broken, only images); missing if it contains one. */
    problem?: string;
  };
}

/** One page of an article with several pages; the first has the article's own URL. */
export interface ArticlePage {
  /** Number of the page, from 1. */
  number: number;
  url: string;
}

/** The position of a page among the pages of its article, and the other pages it names. */
export interface ArticlePages {
  number: number;
  others: ArticlePage[];
  /** The rule that recognised the position. */
  rule: string;
}

/** The outcomes of an article's further pages, as shown to operators; a closed set. */
export const ARTICLE_PAGE_STATES = {
  joined: "its text is part of the article",
  repeats: "it repeats text that is already there",
  "other article": "it is an article of its own",
  "too long": "with it, the article would be too long",
  "not read": "it wasn't fetched, so the article is stored without it",
} as const;

/** A further page of an article, and its outcome. */
export interface ArticlePageRead extends ArticlePage {
  state: keyof typeof ARTICLE_PAGE_STATES;
  /** The response from which the page was read; null if it wasn't fetched. */
  captureId: string | null;
}

/**
 * Which rule read each field of an article, how certain that is (0 to 1), and from what text; the text is missing
 * on revisions that predate this field.
 */
export type Provenance = Partial<
  Record<FieldName, Pick<Evidence, "rule" | "confidence"> & Partial<Pick<Evidence, "seen">>>
>;

/** The evidence stored with an article: for its fields, and for its classification. */
type StoredEvidence = Extraction["evidence"] &
  Partial<Record<"byTopic" | "relevance" | "places", unknown>>;

/** Returns the provenance of an article's fields from its evidence. */
export function provenanceOf(evidence: StoredEvidence): Provenance {
  const { byTopic: _, relevance: __, places: ___, ...fields } = evidence;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, fieldEvidence]) => {
      if (!fieldEvidence) return [];
      const { rule, confidence, seen } = fieldEvidence;
      return [[field, { rule, confidence, seen }]];
    }),
  );
}

/** Returns provenance without the texts, which the publisher might reserve. */
export function withoutSeen(provenance: Provenance): Provenance {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, { rule, confidence }]) => [
      field,
      { rule, confidence },
    ]),
  );
}

/** Returns evidence that contains no more than the provenance. */
export function evidenceOf(provenance: Provenance): Extraction["evidence"] {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, origin]) => [field, { seen: null, ...origin }]),
  );
}
