import type { DeclaredUse } from "../usage-rights.ts";
import type { ArticleFields, FieldName } from "./fields.ts";

/**
 * How a field was read: by which `rule`, from which text (`seen`), and with what confidence in the
 * value, 0 to 1.
 */
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
  /** Evidence that contradicts the language; missing if there is none, and for other fields. */
  against?: { witness: LanguageWitness; says: string }[];
}

/**
 * A possible body of an article: an element, several elements, or a text in the page's structured
 * data.
 */
export interface BodyCandidate {
  rule: string;
  seen: string | null;
  /** Number of characters of prose in the candidate. */
  prose: number;
  /**
   * How much prose the candidate and the chosen body have in common, as a share of the larger one's
   * prose, 0 to 1.
   */
  agreement: number;
}

/**
 * Evidence that names a language: the text's script, a detector, the page (`declared`), or the
 * source's file or feed (`source`).
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
    /**
     * Set if the page claims to be an article and has almost no text, but has scripts that might
     * add the text.
     */
    unfilled?: true;
    /** Evidence that only part of the article is free to read; missing if there is none. */
    paywall?: string;
    /**
     * Why nothing can be read from a PDF: it is encrypted or broken, or contains only images.
     * Missing if something can be read.
     */
    problem?: string;
  };
}

export interface ArticlePage {
  /** Number of the page. Page 1 has the article's own URL. */
  number: number;
  url: string;
}

/**
 * The position of a page among the pages of its article, and the other pages that this page names.
 */
export interface ArticlePages {
  number: number;
  others: ArticlePage[];
  rule: string;
}

/**
 * What can happen to the second and later pages of an article, as shown to operators; a closed set.
 */
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
 * For each field of an article: the rule that read it, the confidence (0 to 1), and the text that
 * the rule read (`seen`, missing on older revisions).
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
