import type { Host } from "../model/host.ts";
import type { Link } from "../model/link.ts";
import type { Fill } from "../model/quality.ts";
import type { Run } from "../model/run.ts";
import type { SourceRecord } from "../model/source.ts";
import { furtherBack, span } from "./latest.ts";
import { readFill } from "./quality.ts";
import type { Store } from "./store.ts";

/** What an operator looks at first. */
export interface Overview {
  sources: SourceRecord[];
  /** How well the latest articles were read, by source. */
  fill: Map<string, Fill>;
  /** Open runs, then the last finished ones, newest first. */
  runs: Run[];
  /** Hosts that are left alone for now, because of failures or at their own word. */
  openHosts: Pick<Host, "_id" | "failures" | "openUntil" | "openReason">[];
  /** Links given up on, newest first. */
  deadLinks: Link[];
}

const DAY = 86_400_000;
/** How far back runs and dead links are looked for, growing until enough are found. */
const WINDOWS = [DAY / 4, 2 * DAY, 30 * DAY];

/** Reads the overview: at most 1,000 sources and `limit` of everything else. */
export async function readOverview(store: Store, now: Date, limit = 50): Promise<Overview> {
  const { sources, runs, hosts, links } = store.collections;
  const [declared, fill, open, closed, openHosts, deadLinks] = await Promise.all([
    sources.find({ active: true }).limit(1000).toArray(),
    readFill(store),
    runs
      .find({ open: true, startedAt: span(now, 30 * DAY) })
      .limit(limit)
      .toArray(),
    newest((from) =>
      runs.find({ open: false, startedAt: from }).sort({ startedAt: -1 }).limit(limit).toArray(),
    ),
    hosts
      .find({ openUntil: { $gt: now, $lte: new Date(now.getTime() + 365 * DAY) } })
      .project<Overview["openHosts"][number]>({ failures: 1, openUntil: 1, openReason: 1 })
      .limit(limit)
      .toArray(),
    newest((from) =>
      links.find({ state: "dead", doneAt: from }).sort({ doneAt: -1 }).limit(limit).toArray(),
    ),
  ]);
  return {
    sources: declared.toSorted((a, b) => a.name.localeCompare(b.name, "en")),
    fill,
    runs: [...open, ...closed],
    openHosts,
    deadLinks,
  };

  function newest<T>(read: (from: ReturnType<typeof span>) => Promise<T[]>): Promise<T[]> {
    return furtherBack({ now, limit, windows: WINDOWS }, read);
  }
}
