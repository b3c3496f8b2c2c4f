import pLimit from "p-limit";
import { shortHash } from "../../lib/text.ts";
import { dayIn, shiftDay } from "../../lib/time.ts";
import type { Restore } from "../../model/publish/change.ts";
import type { Day } from "../../model/publish/day.ts";
import type { View } from "../../model/publish/filter.ts";
import { followHead, readRestores } from "../../store/publish/changes.ts";
import { ALL_DAYS, getDays } from "../../store/publish/counters.ts";
import { listViews } from "../../store/publish/views.ts";
import { type PublicSource, readDirectory } from "../../store/sources/sources.ts";
import type { DataState } from "./answer.ts";
import type { ServerDeps } from "./config.ts";

/** The state of the stream that responses depend on. */
export interface Head extends DataState {
  /** Sequence number of the newest change in the stream; 0 if there is none. */
  seq: number;
  sources: Map<string, PublicSource>;
  views: Map<string, View>;
  /** Restores of backups, oldest first. */
  restores: Restore[];
}

/** The `Head`, and what pages show besides articles: the date and counters. */
export interface Snapshot extends Head {
  today: string;
  counters: { today: Day; yesterday: Day; all: Day };
  /** Number of clicks on `Read more` today; missing if the portal doesn't show that number. */
  followed?: number;
}

const MAX_DIRECTORY_AGE_MS = 5_000;

type Deps = Pick<ServerDeps, "store" | "config"> & { now: () => Date };

/**
 * Returns a function that reads the `Head`. The sources, views and restores of backups in it are up
 * to 5 s old.
 */
export function headReader({ store, config, now }: Deps) {
  const headSeq = followHead(store);
  const stamped = stamper();
  let directory: (Pick<Head, "sources" | "views" | "restores" | "stamp"> & { at: Date }) | null =
    null;

  async function directoryAt(at: Date) {
    if (directory && at.getTime() - directory.at.getTime() < MAX_DIRECTORY_AGE_MS) return directory;
    const [sources, views, restores] = await Promise.all([
      readDirectory(store),
      listViews(store),
      readRestores(store),
    ]);
    const checksums = sources.map(({ _id, checksum }) => [_id, checksum]);
    const stamp = shortHash(JSON.stringify([checksums, views, restores]));
    directory = { at, sources: byId(sources), views: byId(views), restores, stamp };
    return directory;
  }

  return shared(async (): Promise<Head> => {
    const at = now();
    const [seq, { sources, views, restores, stamp }] = await Promise.all([
      headSeq(),
      directoryAt(at),
    ]);
    const stamps = stamped(`${seq}.${stamp}.${config.version}`, at);
    return { seq, now: at, sources, views, restores, ...stamps };
  });
}

/** Returns a function that reads snapshots. Concurrent calls share a read. */
export function snapshotReader({ store, config, now }: Deps, head: () => Promise<Head>) {
  const stamped = stamper();
  return shared(async (): Promise<Snapshot> => {
    const at = now();
    const today = dayIn(config.timezone, at);
    const yesterday = shiftDay(today, -1);
    const [state, days] = await Promise.all([head(), getDays(store, [today, yesterday, ALL_DAYS])]);
    const counters = { today: days(today), yesterday: days(yesterday), all: days(ALL_DAYS) };
    const stamp = `${state.stamp}.${counters.all.seq}.${today}`;
    return { ...state, today, counters, ...stamped(stamp, at) };
  });
}

function byId<T extends { _id: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [one._id, one]));
}

function stamper(): (stamp: string, at: Date) => { stamp: string; changedAt: Date } {
  let last = { stamp: "", changedAt: new Date(0) };
  return (stamp, at) => {
    if (stamp !== last.stamp) last = { stamp, changedAt: at };
    return last;
  };
}

/**
 * Returns a `read` that concurrent callers share. A caller that arrives during a read waits for the
 * next read, because the running read might have begun before the caller's own write.
 */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  const oneAtATime = pLimit(1);
  let next: Promise<T> | undefined;
  return () => {
    next ??= oneAtATime(() => {
      next = undefined;
      return read();
    });
    return next;
  };
}
