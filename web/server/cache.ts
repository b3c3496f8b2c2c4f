/** A finished answer, ready for the wire. */
export interface Rendered {
  body: string;
  type: string;
  headers?: Record<string, string>;
}

/** What an answer stands on, as it was read of the store. */
export interface Stand {
  /** Two answers at one address with the same tag are the same. */
  tag: string;
  changedAt: Date;
  /** When it was read. */
  now: Date;
}

/** An answer, with what it stands on; `now`: when it was last known to be the newest. */
export interface Kept extends Stand {
  answer: Rendered;
}

/** Least recently used answers, the newest of each address; bounded by number and by characters kept. */
export class AnswerCache {
  #kept = new Map<string, Kept>();
  #made = new Map<string, { tag: string; building: Promise<Kept> }>();
  #size = 0;
  readonly #entries: number;
  readonly #chars: number;

  constructor(limits: { entries: number; chars: number }) {
    this.#entries = limits.entries;
    this.#chars = limits.chars;
  }

  /** The answer of an address that stands on `stand`: the kept one, else a built one; callers that come meanwhile share the build. */
  async get(address: string, stand: Stand, build: () => Promise<Rendered>): Promise<Kept> {
    const kept = this.seen(address, stand);
    if (kept?.tag === stand.tag) return kept;
    const made = this.#made.get(address);
    return made?.tag === stand.tag ? made.building : this.#build(address, stand, build);
  }

  /** Says that `stand` was just read, so that a kept answer that stands on it is the newest; answers what is kept. */
  seen(address: string, { tag, now }: Stand): Kept | undefined {
    const kept = this.kept(address);
    if (kept?.tag === tag && now > kept.now) kept.now = now;
    return kept;
  }

  /** What is kept of an address, be it the newest or not. */
  kept(address: string): Kept | undefined {
    const kept = this.#kept.get(address);
    if (!kept) return undefined;
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    return kept;
  }

  /** Characters kept at the moment. */
  get size(): number {
    return this.#size;
  }

  async #build(address: string, stand: Stand, build: () => Promise<Rendered>): Promise<Kept> {
    const building = build().then((answer) => ({ ...stand, answer }));
    const made = { tag: stand.tag, building };
    this.#made.set(address, made);
    try {
      const kept = await building;
      this.#keep(address, kept);
      return kept;
    } finally {
      if (this.#made.get(address) === made) this.#made.delete(address);
    }
  }

  #keep(address: string, kept: Kept): void {
    const before = this.#kept.get(address);
    // A build that was overtaken by that of what came after it.
    if (before && before.now > kept.now) return;
    this.#drop(address);
    if (kept.answer.body.length > this.#chars) return;
    this.#kept.set(address, kept);
    this.#size += kept.answer.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#entries && this.#size <= this.#chars) break;
      this.#drop(oldest);
    }
  }

  #drop(address: string): void {
    this.#size -= this.#kept.get(address)?.answer.body.length ?? 0;
    this.#kept.delete(address);
  }
}
