import type { UsageTerms } from "../../model/usage-rights.ts";

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
interface CachedAnswer extends Validators {
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
    const running = this.#made.get(address);
    if (running?.tag === validators.tag) return running.building;
    const building = build().then((answer) => ({ ...validators, answer }));
    const made = { tag: validators.tag, building };
    this.#made.set(address, made);
    try {
      const built = await building;
      this.#keep(address, built);
      return built;
    } finally {
      if (this.#made.get(address) === made) this.#made.delete(address);
    }
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
