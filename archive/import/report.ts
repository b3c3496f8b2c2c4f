import type { Cause } from "../../model/failure.ts";
import type { Link } from "../../model/link.ts";
import type { SkipReason } from "../../model/skipped.ts";

/** Places in files and hosts that a report names. */
const NAMED = 20;

/** What came of an import. */
export interface ImportReport {
  /** Responses that were read, with those that were left out. */
  responses: number;
  /** Captures that are new here, and those that were here before. */
  captures: { stored: number; known: number };
  /** Pages with an article, by what became of it. */
  articles: Record<NonNullable<Link["outcome"]>, number>;
  /** Captures of which no article was made, by why. */
  without: Partial<Record<SkipReason | Cause, number>>;
  /** Responses of which nothing was stored, by why. */
  left: Partial<Record<SkipReason | "no-source", number>>;
  /** Hosts that no source has, with their responses; the most frequent first, 20 at most. */
  hosts: Record<string, number>;
  /** Responses that the archive holds, or that are kept here, in part alone. */
  truncated: number;
  /** Records that refer to an earlier payload: found, and not to be found. */
  revisits: { resolved: number; unresolved: number };
  /** Places that can't be read: how many, and the first 20. */
  broken: { count: number; places: { file: string; offset: number; why: string }[] };
}

export function emptyReport(): ImportReport {
  return {
    responses: 0,
    captures: { stored: 0, known: 0 },
    articles: { new: 0, copy: 0, updated: 0, unchanged: 0, duplicate: 0 },
    without: {},
    left: {},
    hosts: {},
    truncated: 0,
    revisits: { resolved: 0, unresolved: 0 },
    broken: { count: 0, places: [] },
  };
}

/** Counts one more under a name. */
export function count<Name extends string>(
  counts: Partial<Record<Name, number>>,
  name: Name,
): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

export function noteBroken(
  report: ImportReport,
  place: { file: string; offset: number; why: string },
): void {
  report.broken.count++;
  if (report.broken.places.length < NAMED) report.broken.places.push(place);
}

/** Hosts that are counted while an archive is read. */
const COUNTED = 10_000;

export function noteHost(report: ImportReport, host: string): void {
  if (host in report.hosts || Object.keys(report.hosts).length < COUNTED) count(report.hosts, host);
}

/** The report as it is told: the most frequent hosts alone. */
export function told(report: ImportReport): ImportReport {
  const hosts = Object.entries(report.hosts).toSorted(([, a], [, b]) => b - a);
  return { ...report, hosts: Object.fromEntries(hosts.slice(0, NAMED)) };
}
