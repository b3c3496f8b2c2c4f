import { shortHash } from "../../lib/text.ts";
import { dayIn, shiftDay } from "../../lib/time.ts";
import { epochAfter, type Restore } from "../../model/publish/change.ts";
import type { Day } from "../../model/publish/day.ts";
import type { View } from "../../model/publish/filter.ts";
import type { UsageTerms } from "../../model/usage-rights.ts";
import { followHead, readRestores } from "../../store/publish/changes.ts";
import { ALL_DAYS, getDays } from "../../store/publish/counters.ts";
import { listViews } from "../../store/publish/views.ts";
import { type PublicSource, readDirectory } from "../../store/sources/sources.ts";
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
 * next read.
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
    // The running read might have begun before the caller's own write.
    next ??= running.then(begin);
    return next;
  };
}

/** A finished response, ready to be sent. */
export interface Rendered {
  body: string;
  type: string;
  headers?: Record<string, string>;
  /** Usage terms of each article, null if not stated. The headers state the strictest. */
  usage: readonly (UsageTerms | null)[];
}

/** Values from the store that show whether a response is still current. */
export interface Validators {
  /** Hash of the URL and the state of the data. Responses with the same tag are equal. */
  tag: string;
  changedAt: Date;
  now: Date;
}

/**
 * A cached response with its validators. `now` is when the response was last known to be current.
 */
export interface CachedAnswer extends Validators {
  answer: Rendered;
}

/** The newest response for each URL. Beyond a limit, the least recently used are removed. */
export class AnswerCache {
  #answers = new Map<string, CachedAnswer>();
  #made = new Map<string, { tag: string; building: Promise<CachedAnswer> }>();
  #size = 0;
  readonly #entries: number;
  readonly #chars: number;

  constructor(limits: { entries: number; chars: number }) {
    this.#entries = limits.entries;
    this.#chars = limits.chars;
  }

  /** Returns the response with this tag, cached or built. Concurrent callers share one build. */
  async get(
    address: string,
    validators: Validators,
    build: () => Promise<Rendered>,
  ): Promise<CachedAnswer> {
    const cached = this.confirm(address, validators);
    if (cached?.tag === validators.tag) return cached;
    const made = this.#made.get(address);
    return made?.tag === validators.tag ? made.building : this.#build(address, validators, build);
  }

  /** Returns the cached response, current or not. If the tag matches, marks it as current. */
  confirm(address: string, { tag, now }: Validators): CachedAnswer | undefined {
    const cached = this.find(address);
    if (cached?.tag === tag && now > cached.now) cached.now = now;
    return cached;
  }

  /** Returns the cached response for a URL, even if it is outdated; undefined if there is none. */
  find(address: string): CachedAnswer | undefined {
    const cached = this.#answers.get(address);
    if (!cached) return undefined;
    this.#answers.delete(address);
    this.#answers.set(address, cached);
    return cached;
  }

  get size(): number {
    return this.#size;
  }

  async #build(
    address: string,
    validators: Validators,
    build: () => Promise<Rendered>,
  ): Promise<CachedAnswer> {
    const building = build().then((answer) => ({ ...validators, answer }));
    const made = { tag: validators.tag, building };
    this.#made.set(address, made);
    try {
      const cached = await building;
      this.#keep(address, cached);
      return cached;
    } finally {
      if (this.#made.get(address) === made) this.#made.delete(address);
    }
  }

  #keep(address: string, cached: CachedAnswer): void {
    const before = this.#answers.get(address);
    // A newer build finished first.
    if (before && before.now > cached.now) return;
    this.#drop(address);
    if (cached.answer.body.length > this.#chars) return;
    this.#answers.set(address, cached);
    this.#size += cached.answer.body.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#entries && this.#size <= this.#chars) break;
      this.#drop(oldest);
    }
  }

  #drop(address: string): void {
    this.#size -= this.#answers.get(address)?.answer.body.length ?? 0;
    this.#answers.delete(address);
  }
}
