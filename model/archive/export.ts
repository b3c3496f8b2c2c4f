import type { Query } from "../publish/filter.ts";
import type { Use } from "../usage-rights.ts";

/** What exports are written as. */
export const EXPORT_FORMATS = ["jsonl", "csv", "parquet", "warc", "wacz"] as const;

type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The purpose of an export. What may not be used for it is left out. */
export const EXPORT_PURPOSES = [
  "search",
  "analysis",
  "ai-input",
  "ai-train",
] as const satisfies readonly Use[];

export type ExportPurpose = (typeof EXPORT_PURPOSES)[number];

/** How many articles or responses an export leaves out, by reservation and where it was found. */
export type DeniedCounts = Record<string, number>;

/** The kind of an export: articles or, as WARC and WACZ, responses. */
export interface ExportParams {
  format: ExportFormat;
  purpose: ExportPurpose;
  /** null: of all. */
  sources: string[] | null;
  /** What articles have to pass; null: all do. */
  where: Query | null;
  /** Articles that a search finds, in the query language; null: no search narrows it. */
  search?: string | null;
  since: Date;
  until: Date;
  /** Articles as they were known then; null: as they are. */
  asOf: Date | null;
}

/** One file of an export; `name` is its path, with `/`. */
export interface ExportedFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** An export that somebody requested over HTTP. The role `api` writes it, and it expires. */
export interface Export {
  _id: string;
  params: ExportParams;
  /** Who asked, as the audit log names them. */
  actor: string;
  requestedAt: Date;
  /** `withdrawn`: something was erased since, so that its files may hold what nobody may have any more. */
  state: "waiting" | "running" | "done" | "failed" | "withdrawn";
  /** When it is to be worked on; null once nothing is to be done any more. */
  dueAt: Date | null;
  /** Token of the process that works on it; another one that takes over writes its own. */
  owner: string | null;
  /** Articles or captures that are written. */
  written: number;
  /** Once it is done: those that may not be used for its purpose. */
  leftOut: DeniedCounts;
  /** Failures so far, and the last one's cause in words. */
  failures: number;
  reason: string | null;
  finishedAt: Date | null;
  files: ExportedFile[];
  /** When it and its files go. */
  expiresAt: Date;
}
