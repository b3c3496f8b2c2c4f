import type { DeclaredUse } from "../usage-rights.ts";

/** The image of an article, as the page describes it. The picture itself is never fetched. */
export interface Image {
  url: string;
  alt: string | null;
  caption: string | null;
  credit: string | null;
  width: number | null;
  height: number | null;
}

/** The fields of an article, null if absent. A new field needs an entry in `ARTICLE_FIELDS`. */
export interface ArticleFields {
  title: string | null;
  /** The body as text, with a blank line between paragraphs. */
  text: string | null;
  /** The body as sanitised HTML with allow-listed elements only. */
  html: string | null;
  teaser: string | null;
  /** The persons named as authors. */
  authors: string[] | null;
  /** The organisations named as authors; null or missing if there are none. */
  organisations?: string[] | null;
  publishedAt: Date | null;
  /** What `publishedAt` is: a day, or an instant with a stated or assumed zone; null if no date. */
  publishedPrecision: "day" | "instant" | "assumed-zone" | null;
  /** Minutes east of UTC, as on the page; null or missing if the page states no time zone. */
  publishedOffset?: number | null;
  modifiedAt: Date | null;
  /** BCP 47 primary language subtag in lower case. */
  language: string | null;
  section: string | null;
  tags: string[] | null;
  image: Image | null;
  siteName: string | null;
  canonicalUrl: string | null;
  isAccessibleForFree: boolean | null;
  wordCount: number | null;
}

export type FieldName = keyof ArticleFields;

interface FieldUse {
  worth?: number;
  compared?: true;
  exported?: { type: "string" | "strings" | "time" | "integer" | "number"; about: string };
  /** How items show an absent field: null (`value`) or `[]` (`list`); missing if never shown. */
  shown?: "value" | "list";
  survivesErasure?: true;
}

/** How each field is used. Exports and reports have their columns in this order. */
export const ARTICLE_FIELDS = {
  title: {
    worth: 3,
    compared: true,
    exported: { type: "string", about: "title without site name and place prefix" },
  },
  text: {
    worth: 4,
    compared: true,
    exported: {
      type: "string",
      about:
        "body, with a blank line between paragraphs; only the teaser if the publisher reserves the text",
    },
  },
  html: { compared: true },
  teaser: {
    worth: 1,
    compared: true,
    exported: { type: "string", about: "standfirst or description" },
  },
  authors: {
    worth: 1.5,
    compared: true,
    exported: { type: "strings", about: "names of persons" },
    shown: "list",
  },
  organisations: {
    compared: true,
    exported: { type: "strings", about: "organisations named in the byline" },
    shown: "list",
  },
  publishedAt: {
    worth: 3,
    compared: true,
    exported: {
      type: "time",
      about: "time of publication that the page states; empty if the page states none",
    },
    shown: "value",
  },
  publishedPrecision: { exported: { type: "string", about: "day, instant or assumed-zone" } },
  publishedOffset: {},
  modifiedAt: {
    compared: true,
    exported: { type: "time", about: "time of the last change that the page states" },
    shown: "value",
  },
  language: {
    worth: 1,
    compared: true,
    exported: { type: "string", about: "BCP 47 primary language" },
    shown: "value",
    survivesErasure: true,
  },
  section: {
    worth: 0.25,
    compared: true,
    exported: { type: "string", about: "the publisher's section" },
    shown: "value",
  },
  tags: {
    worth: 0.25,
    compared: true,
    exported: { type: "strings", about: "the publisher's keywords" },
    shown: "list",
  },
  image: { worth: 1, compared: true },
  siteName: {
    compared: true,
    exported: { type: "string", about: "name of the site that the page states" },
  },
  canonicalUrl: { exported: { type: "string", about: "the URL that the page declares" } },
  isAccessibleForFree: { compared: true },
  wordCount: { exported: { type: "integer", about: "words of the text" }, shown: "value" },
} as const satisfies { [Name in FieldName]-?: FieldUse };

type FieldWith<Use extends keyof FieldUse> = {
  [Name in keyof typeof ARTICLE_FIELDS]: Use extends keyof (typeof ARTICLE_FIELDS)[Name]
    ? Name
    : never;
}[keyof typeof ARTICLE_FIELDS];

const fieldsWith = <Use extends keyof FieldUse>(use: Use) =>
  FIELD_NAMES.filter((name) => use in ARTICLE_FIELDS[name]) as FieldWith<Use>[];

export const FIELD_NAMES = Object.keys(ARTICLE_FIELDS) as FieldName[];
export const MEASURED_FIELDS = fieldsWith("worth");
export const COMPARED_FIELDS = fieldsWith("compared");
export const EXPORTED_FIELDS = fieldsWith("exported");
export const SHOWN_FIELDS = fieldsWith("shown");

export type ExportedField = FieldWith<"exported">;
/** The article fields that items contain. An absent field is null or an empty list. */
export type ShownFields = {
  [Name in FieldWith<"shown">]: (typeof ARTICLE_FIELDS)[Name]["shown"] extends "list"
    ? NonNullable<ArticleFields[Name]>
    : NonNullable<ArticleFields[Name]> | null;
};

/** Returns an article's fields after an erasure: null, except for the fields that counters need. */
export function eraseFields(article: Partial<ArticleFields>): ArticleFields {
  const left = FIELD_NAMES.map((name) => {
    return [name, "survivesErasure" in ARTICLE_FIELDS[name] ? article[name] : null];
  });
  return Object.fromEntries(left) as ArticleFields;
}

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
 * How each field was read, with a confidence of 0 to 1. `seen` is the text that was read, missing
 * if the publisher might reserve that text.
 */
export type Provenance = Partial<
  Record<FieldName, Pick<Evidence, "rule" | "confidence"> & Partial<Pick<Evidence, "seen">>>
>;

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
