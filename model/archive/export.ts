import type { Query } from "../publish/filter.ts";
import type { Use } from "../usage-rights.ts";

export const EXPORT_FORMATS = ["jsonl", "csv", "parquet", "warc", "wacz"] as const;

type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What an export can be for. Articles whose publishers don't allow the purpose are omitted. */
export const EXPORT_PURPOSES = [
  "search",
  "analysis",
  "ai-input",
  "ai-train",
] as const satisfies readonly Use[];

export type ExportPurpose = (typeof EXPORT_PURPOSES)[number];

/** Numbers of omitted articles or responses, by denying signal, such as `noindex (header)`. */
export type DeniedCounts = Record<string, number>;

/** What to export: articles or, in the formats WARC and WACZ, responses. */
export interface ExportParams {
  format: ExportFormat;
  purpose: ExportPurpose;
  /** Ids of the sources to include; null for all. */
  sources: string[] | null;
  /** Filter that selects the articles to include; null for all. */
  where: Query | null;
  /** A query in the query language that the articles must match; null or missing for all. */
  search?: string | null;
  since: Date;
  until: Date;
  /** The articles are exported as they were at this time; null for their current state. */
  asOf: Date | null;
}

/** A file of an export. `name` is its path in the export, with `/` between folders. */
export interface ExportedFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** An export that was requested over HTTP. A process with the role `api` writes its files. */
export interface Export {
  _id: string;
  params: ExportParams;
  /** Who requested the export, as named in the audit log. */
  actor: string;
  requestedAt: Date;
  /** `withdrawn`: its files are no longer offered, because something was erased since. */
  state: "waiting" | "running" | "done" | "failed" | "withdrawn";
  /** When the next attempt to write the export is due; null once the export is finished. */
  dueAt: Date | null;
  /** Token of the process that writes the export, replaced on takeover; null if no process does. */
  owner: string | null;
  /** Number of articles or responses written so far. */
  written: number;
  /** Numbers of articles or responses omitted because of the purpose; empty until done. */
  leftOut: DeniedCounts;
  failures: number;
  /** Why the last attempt failed or the export was withdrawn; otherwise null. */
  reason: string | null;
  finishedAt: Date | null;
  files: ExportedFile[];
  /** When the export and its files are removed. */
  expiresAt: Date;
}
