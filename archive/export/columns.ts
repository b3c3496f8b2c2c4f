import type { ExportedArticle } from "./rows.ts";

/** Grows when a column goes or changes its meaning; new columns leave it. */
export const SCHEMA_VERSION = 1;

/** What a column holds: times are UTC, to the millisecond. */
export type ColumnType = "string" | "strings" | "time" | "integer" | "number";

/** One column of an export. */
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

/** The data dictionary: every column in the order of CSV and Parquet. */
export const COLUMNS: readonly Column[] = [
  column("id", "string", "the article; never changes"),
  column("url", "string", "where readers are sent"),
  column("canonicalUrl", "string", "what the page says its address is"),
  column("sourceId", "string", "the source that it came by first"),
  column("sourceVersion", "integer", "version of the source's configuration then"),
  column("siteName", "string", "name of the site, as the page says"),
  column("title", "string", "title without site name and place prefix"),
  column("teaser", "string", "standfirst or description"),
  column(
    "text",
    "string",
    "body, paragraphs apart by a blank line; the teaser where the publisher reserves the text",
  ),
  column("authors", "strings", "names of persons"),
  column("organisations", "strings", "organisations that sign it"),
  column("section", "string", "the publisher's section"),
  column("tags", "strings", "the publisher's keywords"),
  column("wordCount", "integer", "words of the text"),
  column("publishedAt", "time", "as the page says; empty where it says nothing"),
  column("publishedPrecision", "string", "day, instant or assumed-zone"),
  column("modifiedAt", "time", "as the page says"),
  column("firstSeenAt", "time", "when we first had it"),
  column("lastSeenAt", "time", "when we last found it"),
  column("servedAt", "time", "when readers could first see it; empty if never, or not told then"),
  column("day", "string", "day of publication, else of first sight, in the portal's time zone"),
  column("language", "string", "BCP 47 primary language"),
  column("country", "string", "ISO 3166-1 alpha-2"),
  column("region", "string", "first-level region, in English"),
  column("regionCode", "string", "ISO 3166-2"),
  column("city", "string", "city, in English"),
  column("topics", "strings", "ids of config/topics.yaml"),
  column("status", "string", "published, unlisted (kept back) or retracted (taken back)"),
  column("duplicateOf", "string", "the article that it is a copy of"),
  column(
    "originSourceId",
    "string",
    "source of the earliest article with its text; empty if its own",
  ),
  column("originAfter", "number", "seconds after that one"),
  column("storyId", "string", "the story that it belongs to"),
  column("version", "integer", "grows with every change"),
  column("revision", "integer", "grows when the publisher changed the content"),
  column("completeness", "number", "how completely it was read, 0 to 1"),
  column("reservations", "strings", "what the publisher reserves: noarchive, nosnippet, tdm"),
  column("captureId", "string", "the response that it was read from"),
  column("extractor", "string", "version of the rules that read it"),
  column(
    "provenance",
    "string",
    "JSON: of each field the rule that won, how sure it is (0 to 1), and what it saw (not where something is reserved)",
  ),
];
