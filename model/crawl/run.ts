import { shortHash } from "../../lib/hash.ts";
import type { Cause, SkipReason } from "./outcome.ts";

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
  /** Number of copies (which `stored` also counts) and further URLs of known articles. */
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
  /** What started the run. `push`: a hub's report; `revisit`: only a fetch of known articles. */
  trigger: "schedule" | "manual" | "push" | "backfill" | "replay" | "revisit";
  /** Whether number and age of articles are limited, because no crawl has succeeded yet. */
  first: boolean;
  open: boolean;
  /**
   * Id of the source; missing once the run is closed, or if it reads no entry points. A source can
   * have only one open run with this field.
   */
  openOf?: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: RunCounts;
  /** Requests, and bytes on the wire; missing while the run is open. */
  traffic?: { requests: number; bytes: number };
  /** Messages about irregularities other than failures, such as a repaired feed; at most 99. */
  problems: string[];
}

/** Returns the trace id (32 hex digits, W3C Trace Context) of a run's logs, articles and spans. */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
