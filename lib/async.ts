interface Waiting<In, Out> {
  item: In;
  since: number;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects items into batches of up to `size`, and passes one batch at a time to `flush`. An
 * incomplete batch waits `ms` for more items. `flush` returns one output per item, in order, or
 * nothing.
 */
export class Batcher<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  readonly #flush: (items: In[]) => Promise<Out[] | void>;
  readonly #size: number;
  readonly #ms: number;

  constructor(
    options: { size: number; ms: number },
    flush: (items: In[]) => Promise<Out[] | void>,
  ) {
    this.#flush = flush;
    this.#size = options.size;
    this.#ms = options.ms;
  }

  /** Resolves with the item's output once its batch is flushed. */
  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, since: performance.now(), resolve, reject });
      if (!this.#busy) this.#sendSoon();
    });
  }

  #sendSoon(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const left = oldest.since + this.#ms - performance.now();
    if (this.#waiting.length >= this.#size || left <= 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), left);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#size);
    this.#busy = true;
    this.#flush(batch.map((entry) => entry.item))
      .finally(() => {
        this.#busy = false;
        this.#sendSoon();
      })
      .then(
        (outs) => batch.forEach((entry, index) => entry.resolve(outs?.[index] as Out)),
        (error: unknown) => batch.forEach((entry) => entry.reject(error)),
      );
  }
}

/** Returns a function that loads one key. Keys requested within `ms` share a call of `load`. */
export function batchedLoader<Value>(
  load: (keys: string[]) => Promise<Map<string, Value>>,
  { size = 50, ms = 2 }: { size?: number; ms?: number } = {},
): (key: string) => Promise<Value | null> {
  const batcher = new Batcher<string, Value | null>({ size, ms }, async (keys) => {
    const found = await load([...new Set(keys)]);
    return keys.map((key) => found.get(key) ?? null);
  });
  return (key) => batcher.add(key);
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size));
}

/** Yields the items of a stream in arrays of `size`; the last array can be shorter. */
export async function* batchesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.push(item) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Resources to release when a program ends. Only the first `close` releases them. */
export class ReleaseStack {
  #releases: { name: string; release: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  add(name: string, release: () => unknown): void {
    this.#releases.push({ name, release });
  }

  /** Releases all resources, newest first, even if one fails or takes longer than `deadline` ms. */
  close(deadline = 10_000, report: (name: string, error: unknown) => void = () => {}) {
    this.#closing ??= this.#close(deadline, report);
    return this.#closing;
  }

  async #close(deadline: number, report: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, release } of this.#releases.toReversed()) {
      try {
        await within(deadline, Promise.resolve(release()), `closing ${name}`);
      } catch (error) {
        report(name, error);
      }
    }
  }
}

/** Runs `use`, and then releases what it has added to the stack. */
export async function withReleases<T>(use: (stack: ReleaseStack) => Promise<T>): Promise<T> {
  const stack = new ReleaseStack();
  try {
    return await use(stack);
  } finally {
    await stack.close();
  }
}

/** Settles like `promise`; after `ms`, rejects with `WHAT timed out after N ms`. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} timed out after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles like `promise`, but rejects with the reason of `signal` if the signal aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * Stores a value in a map. If the map then has more than `size` values, removes the oldest and
 * returns it.
 */
export function setBounded<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  size: number,
): Value | undefined {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map;
  if (map.size <= size || !oldest) return undefined;
  map.delete(oldest[0]);
  return oldest[1];
}

/** A loader that caches its results, within `CacheBounds` and until `forget` is called. */
export interface Cached<Value> {
  get(key: string): Promise<Value>;
  forget(key: string): void;
}

interface Entry<Value> {
  value: Promise<Value>;
  until: number;
  weight: number;
}

export interface CacheBounds<Value> {
  /** How long a result is cached, ms. */
  ttl: number;
  /** Maximum total weight of the cached results. */
  size: number;
  /** Returns the weight of a result; if missing, each result weighs 1. */
  weigh?: (value: Value) => number;
}

/** Returns a loader that caches its results. It doesn't cache failed loads. */
export function cached<Value>(
  load: (key: string) => Promise<Value>,
  { ttl, size, weigh = () => 1 }: CacheBounds<Value>,
): Cached<Value> {
  const entries = new Map<string, Entry<Value>>();
  let weight = 0;
  const drop = (key: string) => {
    weight -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  const bound = () => {
    for (const oldest of entries.keys()) {
      if (weight <= size) return;
      drop(oldest);
    }
  };
  return {
    get(key) {
      const there = entries.get(key);
      if (there && there.until > Date.now()) return there.value;
      const value = load(key);
      const entry = { value, until: Date.now() + ttl, weight: 1 };
      const isCurrent = () => entries.get(key) === entry;
      drop(key);
      entries.set(key, entry);
      weight += entry.weight;
      bound();
      const weighWhenLoaded = async () => {
        try {
          const loaded = weigh(await value);
          if (!isCurrent()) return;
          weight += loaded - entry.weight;
          entry.weight = loaded;
          bound();
        } catch {
          if (isCurrent()) drop(key);
        }
      };
      void weighWhenLoaded();
      return value;
    },
    forget: drop,
  };
}

/** Returns a loader like `cached`, with a cache of its own for each owner. */
export function cachedPer<Owner extends object, Value>(
  load: (owner: Owner, key: string) => Promise<Value>,
  bounds: CacheBounds<Value>,
): (owner: Owner, key?: string) => Promise<Value> {
  const caches = new WeakMap<Owner, Cached<Value>>();
  return (owner, key = "") => {
    const cache = caches.get(owner) ?? cached((one) => load(owner, one), bounds);
    caches.set(owner, cache);
    return cache.get(key);
  };
}

/** Awaits all values of an object at once. */
export async function awaitAll<Values extends Record<string, unknown>>(
  values: Values,
): Promise<{ [Name in keyof Values]: Awaited<Values[Name]> }> {
  const known = await Promise.all(
    Object.entries(values).map(async ([name, one]) => [name, await one]),
  );
  return Object.fromEntries(known);
}
