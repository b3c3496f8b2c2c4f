import { getHosts } from "../../store/crawl/hosts.ts";
import { type DueLink, dueOfRuns } from "../../store/crawl/run-links.ts";
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

/** What open runs have to fetch, the soonest first. */
export interface DueWork {
  /** `fetching`: something is under way; `ready`: something can be fetched now; `waiting`: nothing can. */
  state: "fetching" | "ready" | "waiting";
  links: WaitingLink[];
}

/** Returns what the open runs have to fetch, and whether that goes on. */
export async function readDueWork(
  store: Store,
  runIds: readonly string[],
  now: Date,
): Promise<DueWork> {
  const due = await dueOfRuns(store, runIds, LINKS_PER_RUN);
  const hosts = await getHosts(store, [...new Set(due.map(({ host }) => host))]);
  const links = due.map((link): WaitingLink => {
    const host = hosts.get(link.host);
    const shutUntil = host?.openUntil ?? null;
    const turnAt = host?.nextTurnAt[link.lane] ?? null;
    const times = [link.dueAt, shutUntil, turnAt].map((time) => time?.getTime() ?? 0);
    const until = new Date(Math.max(...times));
    const isShut = shutUntil !== null && shutUntil >= until;
    const why = (isShut ? host?.openReason : null) ?? reasonOf(link);
    return { url: link.url, host: link.host, until, why };
  });
  const sorted = links.toSorted((a, b) => a.until.getTime() - b.until.getTime());
  // A run without a due link is about to close, or its first job is on its way.
  const covered = new Set(due.map(({ runId }) => runId));
  const isUnderWay = covered.size < new Set(runIds).size || due.some(({ claim }) => claim !== null);
  if (isUnderWay) return { state: "fetching", links: sorted };
  const [first] = sorted;
  const isReady = first !== undefined && first.until.getTime() <= now.getTime() + SOON_MS;
  return { state: isReady ? "ready" : "waiting", links: sorted };
}

function reasonOf({ reason, detail }: DueLink): string {
  return detail ?? reason ?? "its turn has not come";
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
