import { CsvError, parse } from "csv-parse/sync";
import type { Draft, Drafts } from "./import.ts";

const COLUMNS = {
  id: one("id"),
  name: one("name"),
  home: one("home"),
  feeds: several("feeds"),
  sitemaps: several("sitemaps"),
  listings: (text: string) => ({ listings: words(text).map((url) => ({ url })) }),
  every: (text: string) => ({ schedule: { every: text } }),
  language: one("language"),
  country: one("country"),
  region: one("region"),
  topics: several("topics"),
  include: several("include"),
  exclude: several("exclude"),
  render: one("render"),
  publish: one("publish"),
} as const satisfies Record<string, (text: string) => object>;

const COLUMN_NAMES = Object.keys(COLUMNS);

/** Reads sources from CSV with a header; spaces or semicolons separate the values of a field. */
export function fromCsv(text: string): Drafts {
  try {
    const rows: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      columns: (head: string[]) => head.map((name) => name.toLowerCase()),
    });
    const unknown = Object.keys(rows[0]?.record ?? {}).filter(
      (name) => !COLUMN_NAMES.includes(name),
    );
    if (unknown.length > 0) {
      const allowed = `allowed: ${COLUMN_NAMES.join(", ")}`;
      return { drafts: [], problems: unknown.map((name) => `line 1: ${name}: ${allowed}`) };
    }
    const empty = "line 1: no sources: the file needs a header line and at least one row";
    const drafts = rows.map(({ record, info }) => draftOf(record, info.lines));
    return { drafts, problems: rows.length === 0 ? [empty] : [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { drafts: [], problems: [error.message] };
  }
}

function draftOf(record: Record<string, string>, line: number): Draft {
  const fields = Object.entries(record).map(([name, text]) =>
    text === "" ? {} : COLUMNS[name as keyof typeof COLUMNS](text),
  );
  return { where: `line ${line}`, declaration: Object.assign({ verified: false }, ...fields) };
}

function one(field: string) {
  return (text: string) => ({ [field]: text });
}

function several(field: string) {
  return (text: string) => ({ [field]: words(text) });
}

function words(text: string): string[] {
  return text.split(/[\s;]+/).filter((word) => word !== "");
}
