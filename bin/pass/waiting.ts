import { getHosts } from "../../store/hosts.ts";
import { type DueLink, dueOfRuns } from "../../store/run-links.ts";
import type { Store } from "../../store/store.ts";
import { plainTable, utc } from "../table.ts";

/** A link that can't be fetched before a time, and why. */
export interface WaitingLink {
  url: string;
  host: string;
  until: Date;
  why: string;
}

/** Links of one run that are looked at. */
const LINKS_PER_RUN = 200;
/** A link that is due so soon counts as due, ms. */
const SOON_MS = 1500;

/**
 * Returns what the open runs wait for when nothing of them can be fetched now, the soonest first; null while
 * anything can be, or is being fetched.
 */
export async function readWaiting(
  store: Store,
  runIds: readonly string[],
  now: Date,
): Promise<WaitingLink[] | null> {
  const links = await dueOfRuns(store, runIds, LINKS_PER_RUN);
  // A run without a due link is about to close, or its first job is on its way.
  const covered = new Set(links.map(({ runId }) => runId));
  if (links.length === 0 || covered.size < new Set(runIds).size) return null;
  const hosts = await getHosts(store, [...new Set(links.map(({ host }) => host))]);
  const soon = now.getTime() + SOON_MS;
  const waiting: WaitingLink[] = [];
  for (const link of links) {
    const host = hosts.get(link.host);
    const shutUntil = host?.openUntil ?? null;
    const until = new Date(Math.max(link.dueAt?.getTime() ?? 0, shutUntil?.getTime() ?? 0));
    if (link.claim || until.getTime() <= soon) return null;
    const isHost = shutUntil !== null && shutUntil >= until;
    waiting.push({
      url: link.url,
      host: link.host,
      until,
      why: (isHost ? host?.openReason : null) ?? reasonOf(link),
    });
  }
  return waiting.toSorted((a, b) => a.until.getTime() - b.until.getTime());
}

function reasonOf({ reason, detail }: DueLink): string {
  return detail ?? reason ?? "it is not due yet";
}

/** What is waited for in one line: how many links, the next time, and the reasons, the most frequent first. */
export function describeWaiting(waiting: readonly WaitingLink[]): string {
  const [first] = waiting;
  if (!first) return "nothing is waited for";
  const counts = new Map<string, number>();
  for (const { host, why } of waiting) {
    const text = `${host}: ${why}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 3);
  const reasons = most.map(([text, count]) => (count > 1 ? `${text} (${count} links)` : text));
  const more = counts.size > most.length ? `; and ${counts.size - most.length} more hosts` : "";
  const links = waiting.length === 1 ? "1 link waits" : `${waiting.length} links wait`;
  return `${links}, the first until ${utc(first.until)} UTC: ${reasons.join("; ")}${more}`;
}

/** Each link that still waits when a pass ends: for which host, until when, and why. */
export function waitingTable(waiting: readonly WaitingLink[]): string {
  const rows = waiting.map(({ url, until, why }) => [url, utc(until), why]);
  return plainTable(["link that waits", "until (UTC)", "why"], rows);
}
