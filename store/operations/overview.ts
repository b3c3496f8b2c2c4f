import { cachedPer } from "../../lib/async.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Run } from "../../model/crawl/outcome.ts";
import { findAll, readLatest, soon } from "../queries.ts";
import type { Store } from "../store.ts";

export interface Overview {
  /** Open runs, then the latest finished runs. */
  runs: Run[];
  openHosts: Pick<Host, "_id" | "failures" | "openUntil" | "openReason">[];
  deadLinks: Link[];
}

const MAX_OVERVIEW_AGE_MS = 30 * DAY_MS;

/** Returns open runs, finished runs, paused hosts and dead letters; at most `limit` of each. */
export async function readOverview(store: Store, now: Date, limit = 50): Promise<Overview> {
  const { runs, hosts, links } = store.collections;
  const range = { before: soon(now), limit, most: MAX_OVERVIEW_AGE_MS };
  const oldest = new Date(now.getTime() - MAX_OVERVIEW_AGE_MS);
  const [open, closed, openHosts, deadLinks] = await Promise.all([
    findAll(runs, { open: true, startedAt: { $gte: oldest, $lt: soon(now) } }, { limit }),
    readLatest(runs, "startedAt", { ...range, where: { open: false } }),
    hosts
      .find({ openUntil: { $gt: now, $lte: new Date(now.getTime() + 365 * DAY_MS) } })
      .project<Overview["openHosts"][number]>({ failures: 1, openUntil: 1, openReason: 1 })
      .limit(limit)
      .toArray(),
    readLatest(links, "doneAt", { ...range, where: { state: "dead-letter" } }),
  ]);
  return { runs: [...open, ...closed], openHosts, deadLinks };
}

/** Returns the free bytes on the database's disk; null if the server doesn't report them. */
export async function databaseFreeBytes(store: Store): Promise<number | null> {
  // The embedded database would read everything to answer, and doesn't report its disk. Its disk is
  // this machine's.
  if (await isEmbedded(store)) return null;
  const { fsTotalSize, fsUsedSize } = await store.db.command({ dbStats: 1 });
  const known = typeof fsTotalSize === "number" && typeof fsUsedSize === "number";
  return known ? fsTotalSize - fsUsedSize : null;
}

const isEmbedded = cachedPer(
  async ({ db }: Store) => "secantusVersion" in (await db.command({ buildInfo: 1 })),
  { ttl: DAY_MS, size: 1 },
);
