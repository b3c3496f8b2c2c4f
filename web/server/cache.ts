import type { UsageTerms } from "../../model/usage-terms.ts";

/** A finished answer, ready for the wire. */
export interface Rendered {
  body: string;
  type: string;
  headers?: Record<string, string>;
  /** What may be done with each article that it tells of; its headers say the strictest of it. */
  usage: readonly (UsageTerms | null)[];
}

/** What decides whether an answer is still the newest, as it was read from the store. */
export interface Validators {
  /** Two answers at one address with the same tag are the same. */
  tag: string;
  changedAt: Date;
  /** When it was read. */
  now: Date;
}

/** An answer with its validators; `now`: when it was last known to be the newest. */
export interface CachedAnswer extends Validators {
  answer: Rendered;
}

/** Least recently used answers, the newest of each address; bounded by number and by characters. */
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

  /** Returns the cached answer of an address if its tag is that of `validators`, else builds one; concurrent callers share the build. */
  async get(
    address: string,
    validators: Validators,
    build: () => Promise<Rendered>,
  ): Promise<CachedAnswer> {
    const cached = this.seen(address, validators);
    if (cached?.tag === validators.tag) return cached;
    const made = this.#made.get(address);
    return made?.tag === validators.tag ? made.building : this.#build(address, validators, build);
  }

  /** Notes that these validators were just read: a cached answer with the same tag is the newest. Returns the cached answer. */
  seen(address: string, { tag, now }: Validators): CachedAnswer | undefined {
    const cached = this.find(address);
    if (cached?.tag === tag && now > cached.now) cached.now = now;
    return cached;
  }

  /** The cached answer of an address, whether it is the newest or not. */
  find(address: string): CachedAnswer | undefined {
    const cached = this.#answers.get(address);
    if (!cached) return undefined;
    this.#answers.delete(address);
    this.#answers.set(address, cached);
    return cached;
  }

  /** Characters cached at the moment. */
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
    // A build that was overtaken by that of what came after it.
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
