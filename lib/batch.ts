interface Waiting<In, Out> {
  item: In;
  since: number;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects items into batches of up to `size` for `flush`, which handles one batch at a time. A
 * batch that isn't full waits up to `ms`, or longer while `flush` is busy. `flush` returns one
 * output per item, in order; if it rejects, every item of the batch rejects.
 */
export class Batcher<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  readonly #flush: (items: In[]) => Promise<Out[]>;
  readonly #size: number;
  readonly #ms: number;

  constructor(options: { size: number; ms: number }, flush: (items: In[]) => Promise<Out[]>) {
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
        (outs) => batch.forEach((entry, index) => entry.resolve(outs[index] as Out)),
        (error: unknown) => batch.forEach((entry) => entry.reject(error)),
      );
  }
}

/** Returns a function that loads one key. Keys requested within `ms` share a call of `load`. */
export function together<Value>(
  load: (keys: string[]) => Promise<Map<string, Value>>,
  { size = 50, ms = 2 }: { size?: number; ms?: number } = {},
): (key: string) => Promise<Value | null> {
  const batcher = new Batcher<string, Value | null>({ size, ms }, async (keys) => {
    const found = await load([...new Set(keys)]);
    return keys.map((key) => found.get(key) ?? null);
  });
  return (key) => batcher.add(key);
}

export function piecesOf<T>(items: readonly T[], size: number): T[][] {
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
