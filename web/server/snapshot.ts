import { shortHash } from "../../lib/hash.ts";
import { dayIn, shiftDay } from "../../lib/time.ts";
import { epochAfter, type Restore } from "../../model/publish/change.ts";
import type { Day } from "../../model/publish/day.ts";
import type { View } from "../../model/publish/filter.ts";
import { followHead, readRestores } from "../../store/publish/changes.ts";
import { ALL_DAYS, getDays } from "../../store/publish/days.ts";
import { listViews } from "../../store/publish/views.ts";
import { type PublicSource, readDirectory } from "../../store/sources/directory.ts";
import type { ServerDeps } from "./config.ts";

/** The state that responses depend on. Two responses with the same `stamp` and URL are equal. */
export interface Head {
  /** Sequence number of the newest change in the stream; 0 if there is none. */
  seq: number;
  /** When this process began the first read that returned the current `stamp`. */
  changedAt: Date;
  now: Date;
  sources: Map<string, PublicSource>;
  views: Map<string, View>;
  /** Restores of backups, oldest first. */
  restores: Restore[];
  stamp: string;
}

/** The `Head`, and what pages show besides articles: the date and counters. */
export interface Snapshot extends Head {
  today: string;
  counters: { today: Day; yesterday: Day; all: Day };
  /** Number of clicks on `Read more` today; missing if the portal doesn't show that number. */
  followed?: number;
}

const MAX_DIRECTORY_AGE_MS = 5_000;

/**
 * Returns a function that reads the `Head`. The sources, views and restores of backups in it are up
 * to 5 s old.
 */
export function headReader({ store, config, now = () => new Date() }: ServerDeps) {
  const headSeq = followHead(store);
  let directory = {
    sources: new Map<string, PublicSource>(),
    views: new Map<string, View>(),
    stamp: "",
  };
  let restores: Restore[] = [];
  let directoryAt = 0;
  const stamped = stamper();

  async function refreshDirectory(at: Date): Promise<void> {
    if (at.getTime() - directoryAt < MAX_DIRECTORY_AGE_MS) return;
    const [sources, views, points] = await Promise.all([
      readDirectory(store),
      listViews(store),
      readRestores(store),
    ]);
    restores = points;
    const stamp = shortHash(
      JSON.stringify([sources.map(({ _id, checksum }) => [_id, checksum]), views]),
    );
    directoryAt = at.getTime();
    if (stamp === directory.stamp) return;
    directory = { sources: byId(sources), views: byId(views), stamp };
  }

  return shared(async (): Promise<Head> => {
    const at = now();
    const [seq] = await Promise.all([headSeq(), refreshDirectory(at)]);
    const stamp = `${seq}.${directory.stamp}.${epochAfter(restores)}.${config.version}`;
    const { sources, views } = directory;
    return { seq, now: at, sources, views, restores, ...stamped(stamp, at) };
  });
}

/** Returns a function that reads snapshots. Concurrent calls share a read. */
export function snapshotReader(
  { store, config, now = () => new Date() }: ServerDeps,
  head: () => Promise<Head>,
) {
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
 * next read, because the current one might have begun before the caller's own write.
 */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const result = read();
    const ended = Promise.allSettled([result]);
    running = ended;
    void ended.finally(() => {
      if (running === ended) running = undefined;
    });
    return result;
  };
  return () => {
    if (!running) return begin();
    next ??= running.then(begin);
    return next;
  };
}
