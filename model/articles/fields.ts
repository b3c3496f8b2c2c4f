/** The image of an article. Only its URL is stored; the image is never fetched or embedded. */
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
  /** The field's weight in the field score; missing if the field doesn't count. */
  worth?: number;
  compared?: true;
  exported?: { type: "string" | "strings" | "time" | "integer" | "number"; about: string };
  /** How items show an absent field: null (`value`) or `[]` (`list`); missing if never shown. */
  shown?: "value" | "list";
  /** Set if the field keeps its value after an erasure, because counters need the value. */
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

export type ExportedField = FieldWith<"exported">;
/** The article fields that items contain. An absent field is null or an empty list. */
export type ShownFields = {
  [Name in FieldWith<"shown">]: (typeof ARTICLE_FIELDS)[Name]["shown"] extends "list"
    ? NonNullable<ArticleFields[Name]>
    : NonNullable<ArticleFields[Name]> | null;
};

export function shownFields(article: Pick<ArticleFields, FieldWith<"shown">>): ShownFields {
  const names = fieldsWith("shown");
  const values = names.map((name) => {
    const absent = ARTICLE_FIELDS[name].shown === "list" ? [] : null;
    return [name, article[name] ?? absent];
  });
  return Object.fromEntries(values) as ShownFields;
}

export function pickFields(article: ArticleFields): ArticleFields {
  const own = FIELD_NAMES.flatMap((name) =>
    article[name] === undefined ? [] : [[name, article[name]]],
  );
  return Object.fromEntries(own) as ArticleFields;
}

const NO_FIELDS = Object.fromEntries(
  FIELD_NAMES.map((name) => [name, null]),
) as unknown as ArticleFields;

/** Returns an article's fields after an erasure: null, except for the fields that counters need. */
export function eraseFields(article: Partial<ArticleFields>): ArticleFields {
  const left = FIELD_NAMES.filter((name) => "survivesErasure" in ARTICLE_FIELDS[name]);
  return { ...NO_FIELDS, ...Object.fromEntries(left.map((name) => [name, article[name]])) };
}
