import type { DeclaredUse } from "../usage-rights.ts";
import type { ArticleFields, FieldName } from "./fields.ts";

/** Which rule gave a field, what it saw, and how sure it is (0 to 1). */
export interface Evidence {
  rule: string;
  seen: string | null;
  confidence: number;
  /** What a later rule removed from the value, and which rule. */
  removed?: { rule: string; seen: string }[];
  /** For a text: why it was chosen, and all candidates. */
  because?: string;
  candidates?: BodyCandidate[];
  /** For a text over several pages: the state of each of them. */
  articlePages?: ArticlePageRead[];
  /** For a language: witnesses that disagree with the verdict. */
  against?: { witness: LanguageWitness; says: string }[];
}

/** What could be an article's body: an element, several of them, or a text that the page carries for machines. */
export interface BodyCandidate {
  rule: string;
  seen: string | null;
  /** Characters of prose that it holds. */
  prose: number;
  /** Share of the chosen text (for an element: of the larger one) that both have, 0 to 1. */
  agreement: number;
}

/** Who speaks for a language: the text's script or a detector, the page, the source's file or feed. */
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

/** The result of `extractors/`: fields, the evidence of each, and the kind of page. */
export interface Extraction {
  fields: ArticleFields;
  evidence: Partial<Record<FieldName, Evidence>>;
  page: {
    kind: PageKind;
    confidence: number;
    /** What the markup declares on its use; missing when it declares nothing. */
    declared?: DeclaredUse;
    /** The page's AMP version, where it names one. */
    ampUrl: string | null;
    /** Its versions for phones and for print, where it names any. */
    variants?: { url: string; kind: "mobile" | "print" }[];
    /** Which page of its article it is, where it names others. */
    articlePages?: ArticlePages;
    /** It claims to be an article but has scripts and next to no text: scripts may fill it. */
    unfilled?: true;
    /** Only a part of the article may be read for free: what says so. */
    paywall?: string;
    /** Why a file holds no article, in words: encrypted, broken, only pictures. */
    problem?: string;
  };
}

/** One page of an article over several pages; the first one has the article's own address. */
export interface ArticlePage {
  /** From 1. */
  number: number;
  url: string;
}

/** The position of a page among the pages of its article, and the others it names. */
export interface ArticlePages {
  number: number;
  others: ArticlePage[];
  /** The rule that recognised it. */
  rule: string;
}

/** What became of a page after the first one, in words an operator reads; a closed set. */
export const ARTICLE_PAGE_STATES = {
  joined: "its text is part of the article",
  repeats: "it repeats text that is already there",
  "other article": "it is an article of its own",
  "too long": "with it, the article would be too long",
  "not read": "it wasn't fetched, so the article is stored without it",
} as const;

/** A page after the first one, and what became of it. */
export interface ArticlePageRead extends ArticlePage {
  state: keyof typeof ARTICLE_PAGE_STATES;
  /** The response that it was read from. */
  captureId: string | null;
}

/**
 * By which rule each field of an article was read, how sure that is (0 to 1), and what the rule saw; that is missing
 * on revisions stored before it was kept.
 */
export type Provenance = Partial<
  Record<FieldName, Pick<Evidence, "rule" | "confidence"> & Partial<Pick<Evidence, "seen">>>
>;

/** The evidence of an article: of its fields, and of how it was classified. */
type StoredEvidence = Extraction["evidence"] &
  Partial<Record<"byTopic" | "relevance" | "places", unknown>>;

/** The provenance of what was read of a page: of its evidence what tells where each field is from. */
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

/** The same without what the rules saw, which the publisher may reserve. */
export function withoutSeen(provenance: Provenance): Provenance {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, { rule, confidence }]) => [
      field,
      { rule, confidence },
    ]),
  );
}

/** Evidence of which no more is known than that. */
export function evidenceOf(provenance: Provenance): Extraction["evidence"] {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, origin]) => [field, { seen: null, ...origin }]),
  );
}
