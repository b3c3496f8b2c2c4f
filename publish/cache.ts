/** A finished answer, ready for the wire. */
export interface Rendered {
  body: string;
  type: string;
  headers?: Record<string, string>;
}

/** Least recently used answers, bounded by number and by characters kept. */
export class AnswerCache {
  #answers = new Map<string, Rendered>();
  #pending = new Map<string, Promise<Rendered>>();
  #size = 0;
  readonly #entries: number;
  readonly #chars: number;

  constructor(limits: { entries: number; chars: number }) {
    this.#entries = limits.entries;
    this.#chars = limits.chars;
  }

  /** The answer kept under `key`, else a built one; callers that come meanwhile share the build. */
  async get(key: string, build: () => Promise<Rendered>): Promise<Rendered> {
    const kept = this.#answers.get(key);
    if (kept) {
      this.#answers.delete(key);
      this.#answers.set(key, kept);
      return kept;
    }
    const running = this.#pending.get(key);
    if (running) return running;
    const building = build();
    this.#pending.set(key, building);
    try {
      const answer = await building;
      this.#keep(key, answer);
      return answer;
    } finally {
      this.#pending.delete(key);
    }
  }

  /** Characters kept at the moment. */
  get size(): number {
    return this.#size;
  }

  #keep(key: string, answer: Rendered): void {
    if (answer.body.length > this.#chars) return;
    this.#answers.set(key, answer);
    this.#size += answer.body.length;
    for (const [oldest, { body }] of this.#answers) {
      if (this.#answers.size <= this.#entries && this.#size <= this.#chars) break;
      this.#answers.delete(oldest);
      this.#size -= body.length;
    }
  }
}
