import { shortHash } from "../../lib/hash.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

/** Numbers of a run's links by outcome, counted when the run closes; all 0 until then. */
export interface RunCounts {
  /** Numbers of links to articles, and of entry points including their further pages. */
  links: number;
  entryPoints: number;
  /** Numbers of links that were fetched over HTTP, and in the browser. */
  http: number;
  browser: number;
  stored: number;
  updated: number;
  unchanged: number;
  /** Number of copies of other articles, which also count as stored, and of further URLs of known articles. */
  duplicates: number;
  /** Number of links that still wait for their first attempt or for a retry. */
  waiting: number;
  skipped: Partial<Record<SkipReason, number>>;
  deadLetters: Partial<Record<Cause, number>>;
}

/** One crawl of a source, with its counts by outcome and reason. */
export interface Run {
  _id: string;
  sourceId: string;
  sourceVersion: number;
  /**
   * What started the run. `push`: a hub reported that a feed had changed; `revisit`: known articles are fetched again,
   * without an entry point.
   */
  trigger: "schedule" | "manual" | "push" | "backfill" | "replay" | "revisit";
  /** Whether this is the source's first run, which limits the number and age of articles. */
  first: boolean;
  open: boolean;
  /**
   * The source whose entry points the run reads; missing once the run is closed, and on runs that read none. No two
   * open runs have the same source here.
   */
  openOf?: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: RunCounts;
  /** Number of requests and bytes on the wire; missing while the run is open, and on runs that predate this field. */
  traffic?: { requests: number; bytes: number };
  /** Descriptions of irregularities that are not failures, such as a feed that had to be repaired; at most 50. */
  problems: string[];
}

/**
 * Returns the id (32 hex digits, as in W3C Trace Context) of the trace for everything that a run causes: logs, articles
 * and OpenTelemetry spans. The run's id determines it, so queues need not pass it on.
 */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
