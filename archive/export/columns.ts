import type { Article } from "../../model/articles/article.ts";
import {
  ARTICLE_FIELDS,
  EXPORTED_FIELDS,
  type ExportedField,
} from "../../model/articles/fields.ts";

/** An article in the shape of an export; `COLUMNS` explains each field. */
export type ExportedArticle = Pick<
  Article,
  | ExportedField
  | "url"
  | "sourceId"
  | "sourceVersion"
  | "firstSeenAt"
  | "lastSeenAt"
  | "day"
  | "country"
  | "region"
  | "regionCode"
  | "city"
  | "topics"
  | "status"
  | "duplicateOf"
  | "storyId"
  | "version"
  | "revision"
  | "completeness"
  | "captureId"
  | "extractor"
> & {
  id: string;
  incompleteReason: string | null;
  fieldScore: number | null;
  reservations: string[];
  servedAt: Date | null;
  originSourceId: string | null;
  originAfter: number | null;
  provenance: string | null;
};

/** Raise this if a column is removed or changes its meaning, not if a column is added. */
export const SCHEMA_VERSION = 1;

type ColumnType = "string" | "strings" | "time" | "integer" | "number";

export interface Column {
  name: keyof ExportedArticle;
  type: ColumnType;
  about: string;
}

const column = (name: Column["name"], type: ColumnType, about: string): Column => ({
  name,
  type,
  about,
});

const field = (name: ExportedField): Column => ({ name, ...ARTICLE_FIELDS[name].exported });

const OWN_COLUMNS: readonly Column[] = [
  column("id", "string", "id of the article; never changes"),
  column("url", "string", "URL of the original, to which readers are sent"),
  field("canonicalUrl"),
  column("sourceId", "string", "id of the source that found the article first"),
  column("sourceVersion", "integer", "version of the source's file"),
  field("siteName"),
  field("title"),
  field("teaser"),
  field("text"),
  field("authors"),
  field("organisations"),
  field("section"),
  field("tags"),
  field("wordCount"),
  field("publishedAt"),
  field("publishedPrecision"),
  field("modifiedAt"),
  column("firstSeenAt", "time", "when Newsgather found the article"),
  column("lastSeenAt", "time", "when Newsgather last fetched the article"),
  column("servedAt", "time", "when readers could first see it; empty if never or not recorded"),
  column("day", "string", "day of publication, or of firstSeenAt, in the portal's time zone"),
  field("language"),
  column("country", "string", "ISO 3166-1 alpha-2"),
  column("region", "string", "first-level region, in English"),
  column("regionCode", "string", "ISO 3166-2"),
  column("city", "string", "city, in English"),
  column("topics", "strings", "ids of config/topics.yaml"),
  column("status", "string", "published, unlisted (hidden from readers) or retracted"),
  column("duplicateOf", "string", "id of the article that this article copies"),
  column(
    "originSourceId",
    "string",
    "source of the earliest article with the same text; empty for that article itself",
  ),
  column("originAfter", "number", "seconds between that earliest article and this one"),
  column("storyId", "string", "id of the article's story"),
  column("version", "integer", "increases with every change"),
  column("revision", "integer", "increases when the publisher changes the content"),
  column(
    "completeness",
    "string",
    "announced (from a feed or list), partial (the free part) or full",
  ),
  column("incompleteReason", "string", "why the article isn't full; empty for full articles"),
  column("fieldScore", "number", "completeness and confidence of the fields, 0 to 1"),
  column("reservations", "strings", "what the publisher reserves: noarchive, nosnippet, tdm"),
  column("captureId", "string", "id of the response from which the article was read"),
  column("extractor", "string", "version of the extraction rules"),
  column(
    "provenance",
    "string",
    "JSON: for each field the rule that read it, the rule's confidence (0 to 1), and the text that the rule saw (unless reserved)",
  ),
];

const ownNames = new Set<string>(OWN_COLUMNS.map(({ name }) => name));

/** The data dictionary: every column, in the order of CSV and Parquet files. */
export const COLUMNS: readonly Column[] = [
  ...OWN_COLUMNS,
  ...EXPORTED_FIELDS.filter((name) => !ownNames.has(name)).map(field),
];
