import { shortHash } from "../../lib/hash.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

/** Numbers of a run's links by outcome, counted when the run closes; all 0 until then. */
export interface RunCounts {
  /** Number of links to articles. */
  links: number;
  /** Number of entry points, including their further pages. */
  entryPoints: number;
  http: number;
  browser: number;
  stored: number;
  updated: number;
  unchanged: number;
  /**
   * Number of copies of other articles (which `stored` also counts) and of further URLs of known
   * articles.
   */
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
   * What started the run. `push`: a hub reported that a feed had changed; `revisit`: known articles
   * are fetched again, without an entry point.
   */
  trigger: "schedule" | "manual" | "push" | "backfill" | "replay" | "revisit";
  /**
   * Whether this is the source's first run. In a first run, the number and age of articles are
   * limited.
   */
  first: boolean;
  open: boolean;
  /**
   * Id of the source whose entry points the run reads; missing once the run is closed, and on runs
   * that read no entry points. A source can have only one open run with this field.
   */
  openOf?: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: RunCounts;
  /**
   * Number of requests, and number of bytes on the wire; missing while the run is open, and on runs
   * that predate this field.
   */
  traffic?: { requests: number; bytes: number };
  /**
   * Descriptions of irregularities that are not failures, such as a feed that had to be repaired;
   * at most 50.
   */
  problems: string[];
}

/**
 * Returns the trace id (32 hex digits, as in W3C Trace Context) that a run's logs, articles and
 * OpenTelemetry spans share. It is computed from the run's id, so queues needn't pass it on.
 */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
