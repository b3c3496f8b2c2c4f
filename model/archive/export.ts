import type { Query } from "../publish/filter.ts";
import type { Use } from "../usage-rights.ts";

/** The file formats of exports. */
export const EXPORT_FORMATS = ["jsonl", "csv", "parquet", "warc", "wacz"] as const;

type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The purposes of exports. An export omits articles whose publishers don't allow its purpose. */
export const EXPORT_PURPOSES = [
  "search",
  "analysis",
  "ai-input",
  "ai-train",
] as const satisfies readonly Use[];

export type ExportPurpose = (typeof EXPORT_PURPOSES)[number];

/** Numbers of articles or responses that an export omits, by the signal that denies the purpose: `noindex (header)`. */
export type DeniedCounts = Record<string, number>;

/** The content of an export: articles or, as WARC and WACZ, responses. */
export interface ExportParams {
  format: ExportFormat;
  purpose: ExportPurpose;
  /** Ids of the sources to include; null for all. */
  sources: string[] | null;
  /** The articles to include; null for all. */
  where: Query | null;
  /** A search that selects articles, in the query language; null for none. */
  search?: string | null;
  since: Date;
  until: Date;
  /** Time of the state in which articles are exported; null for the current state. */
  asOf: Date | null;
}

/** A file of an export. `name` is its path within the export, with `/` between folders. */
export interface ExportedFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** An export that was requested over HTTP. The role `api` writes it, and it expires. */
export interface Export {
  _id: string;
  params: ExportParams;
  /** Who requested the export, as named in the audit log. */
  actor: string;
  requestedAt: Date;
  /**
   * State of the export. `withdrawn`: something was erased after the export was written, and the files can still
   * contain it.
   */
  state: "waiting" | "running" | "done" | "failed" | "withdrawn";
  /** When work on the export continues; null once it is finished. */
  dueAt: Date | null;
  /**
   * Token of the process that writes the export; null until one does. A process that takes over stores its own
   * token.
   */
  owner: string | null;
  /** Number of articles or captures written. */
  written: number;
  /** The articles or captures that the export omits because its purpose isn't allowed; empty until it is done. */
  leftOut: DeniedCounts;
  /** Number of failures so far, and a description of the last one; null if there was none. */
  failures: number;
  reason: string | null;
  finishedAt: Date | null;
  files: ExportedFile[];
  /** When the export and its files are removed. */
  expiresAt: Date;
}
