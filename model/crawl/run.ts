import { shortHash } from "../../lib/hash.ts";
import type { Cause } from "./failure.ts";
import type { SkipReason } from "./skipped.ts";

/** The outcomes of a run's links; counted from the links when the run closes, so they can't drift. */
export interface RunCounts {
  links: number;
  entryPoints: number;
  http: number;
  browser: number;
  stored: number;
  updated: number;
  unchanged: number;
  /** Copies of other articles (stored and linked) and further addresses of known ones. */
  duplicates: number;
  /** Links that wait for a later retry. */
  waiting: number;
  skipped: Partial<Record<SkipReason, number>>;
  deadLetters: Partial<Record<Cause, number>>;
}

/** One scheduled crawl of a source, with its counts by outcome and reason. */
export interface Run {
  _id: string;
  sourceId: string;
  sourceVersion: number;
  /** `push`: a hub announced news of a feed; `revisit`: articles that are fetched again, without an entry point. */
  trigger: "schedule" | "manual" | "push" | "backfill" | "replay" | "revisit";
  /** First run of the source: the budget of invariant 11 applies. */
  first: boolean;
  open: boolean;
  /** The source whose entry points it reads, while it is open: no other run has it. */
  openOf?: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: RunCounts;
  /** Number of requests, and bytes on the wire; missing while it is open, and on older runs. */
  traffic?: { requests: number; bytes: number };
  /** Oddities without a failure, e.g. a feed that had to be repaired. */
  problems: string[];
}

/**
 * The trace (32 hex digits, as W3C Trace Context has them) of all that a run brings with it, in logs, on
 * articles and for OpenTelemetry. It is made of the run's id, which is known when a source is due and which every
 * link and capture carries: no queue has to hand it on, and none can lose it.
 */
export function traceIdOf(runId: string): string {
  return shortHash(`trace of ${runId}`);
}
