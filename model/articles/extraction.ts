import type { DeclaredUse } from "../usage-rights.ts";
import type { ArticleFields, FieldName } from "./fields.ts";

/** How a field was read: by which `rule`, from which text (`seen`); confidence 0 to 1. */
export interface Evidence {
  rule: string;
  seen: string | null;
  confidence: number;
  /** What later rules removed from the value; missing if they removed nothing. */
  removed?: { rule: string; seen: string }[];
  /** Why this candidate for the body was chosen; only in the evidence for `text`. */
  because?: string;
  /** All candidates for the body; only in the evidence for `text`. */
  candidates?: BodyCandidate[];
  /** How each page after the first was used; only for `text`, if the article has several pages. */
  articlePages?: ArticlePageRead[];
  /** For `language` only: evidence of languages other than the chosen one; missing if none. */
  against?: { witness: LanguageWitness; says: string }[];
}

/** A possible body of an article: one or more elements, or a text in structured data. */
export interface BodyCandidate {
  rule: string;
  seen: string | null;
  /** Number of characters of prose in the candidate. */
  prose: number;
  /** How far the candidate's prose overlaps with the prose of the chosen body, 0 to 1. */
  agreement: number;
}

/** Evidence of a language; `declared`: by the page, `source`: by the source's file or feed. */
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

/** What `extractors/` found in a page: fields, the evidence for each, and facts about the page. */
export interface Extraction {
  fields: ArticleFields;
  evidence: Partial<Record<FieldName, Evidence>>;
  page: {
    kind: PageKind;
    confidence: number;
    declared?: DeclaredUse;
    ampUrl: string | null;
    variants?: { url: string; kind: "mobile" | "print" }[];
    articlePages?: ArticlePages;
    /** Set if an article's page has almost no text, but scripts that might add the text. */
    unfilled?: true;
    /** Evidence that only part of the article is free to read; missing if there is none. */
    paywall?: string;
    /** Why a PDF can't be read: it is encrypted or broken, or has only images; else missing. */
    problem?: string;
  };
}

export interface ArticlePage {
  /** Number of the page. Page 1 has the article's own URL. */
  number: number;
  url: string;
}

/** A page's position among the pages of its article, and the other pages that it names. */
export interface ArticlePages {
  number: number;
  others: ArticlePage[];
  rule: string;
}

/** What can happen to later pages of an article, as shown to operators; a closed set. */
export const ARTICLE_PAGE_STATES = {
  joined: "its text is part of the article",
  repeats: "it only repeats the article's text",
  "other article": "it is a separate article",
  "too long": "its text would make the article too long",
  "not read": "it wasn't fetched, so the article lacks its text",
} as const;

/** The second or a later page of an article, and how it was used. */
export interface ArticlePageRead extends ArticlePage {
  state: keyof typeof ARTICLE_PAGE_STATES;
  /** Id of the response from which the page was read; null if the page wasn't fetched. */
  captureId: string | null;
}

/**
 * How each field was read, with a confidence of 0 to 1. `seen`, the text from which the field was
 * read, is missing if the publisher might reserve that text.
 */
export type Provenance = Partial<
  Record<FieldName, Pick<Evidence, "rule" | "confidence"> & Partial<Pick<Evidence, "seen">>>
>;

type StoredEvidence = Extraction["evidence"] &
  Partial<Record<"byTopic" | "relevance" | "places", unknown>>;

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

/** Returns provenance without the texts (`seen`), which the publisher might reserve. */
export function withoutSeen(provenance: Provenance): Provenance {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, { rule, confidence }]) => [
      field,
      { rule, confidence },
    ]),
  );
}

export function evidenceOf(provenance: Provenance): Extraction["evidence"] {
  return Object.fromEntries(
    Object.entries(provenance).map(([field, origin]) => [field, { seen: null, ...origin }]),
  );
}
