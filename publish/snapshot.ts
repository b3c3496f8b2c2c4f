import { shortHash } from "../lib/hash.ts";
import { dayIn } from "../lib/time.ts";
import type { Day } from "../model/day.ts";
import { headSeq } from "../store/changes.ts";
import { ALL, getDays } from "../store/days.ts";
import { type PublicSource, readDirectory } from "../store/directory.ts";
import { restorePoints } from "../store/epochs.ts";
import type { ServerDeps } from "./config.ts";

/** What every answer stands on; two answers with the same `stamp` and address are the same. */
export interface Snapshot {
  /** Newest change of the stream. */
  seq: number;
  /** When this process saw that something had changed; never earlier than the change itself. */
  changedAt: Date;
  now: Date;
  today: string;
  counters: { today: Day; yesterday: Day; all: Day };
  sources: Map<string, PublicSource>;
  /** Heads of the stream at which the store was restored from a backup, oldest first. */
  restores: number[];
  stamp: string;
}

const DIRECTORY_AGE = 5_000;

/** A reader of snapshots; calls at the same time share one read of the store. */
export function snapshotReader({ store, config, now = () => new Date() }: ServerDeps) {
  let running: Promise<Snapshot> | undefined;
  let directory = { sources: new Map<string, PublicSource>(), stamp: "", changedAt: new Date(0) };
  let restores: number[] = [];
  let directoryAt = 0;
  let last: Snapshot | undefined;

  async function refreshDirectory(at: Date): Promise<void> {
    if (at.getTime() - directoryAt < DIRECTORY_AGE) return;
    const sources = await readDirectory(store);
    restores = await restorePoints(store);
    const stamp = shortHash(sources.map(({ _id, checksum }) => `${_id}:${checksum}`).join("\n"));
    directoryAt = at.getTime();
    if (stamp === directory.stamp) return;
    directory = {
      sources: new Map(sources.map((source) => [source._id, source])),
      stamp,
      changedAt: at,
    };
  }

  async function read(): Promise<Snapshot> {
    const at = now();
    const today = dayIn(config.timezone, at);
    const [seq, days] = await Promise.all([
      headSeq(store),
      getDays(store, [today, dayBefore(today), ALL]),
      refreshDirectory(at),
    ]);
    const all = days(ALL);
    const stamp = `${seq}.${all.seq}.${today}.${directory.stamp}.${restores.length}.${config.version}`;
    if (last?.stamp === stamp) return { ...last, now: at };
    const counters = { today: days(today), yesterday: days(dayBefore(today)), all };
    const { sources } = directory;
    last = { seq, changedAt: at, now: at, today, counters, sources, restores, stamp };
    return last;
  }

  return function snapshot(): Promise<Snapshot> {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** The day before a `YYYY-MM-DD`. */
export function dayBefore(day: string): string {
  return shiftDay(day, -1);
}

/** A `YYYY-MM-DD`, some days later (or earlier). */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}
