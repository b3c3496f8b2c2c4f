/** A suspect keeps others from being tried for so long at most, ms. */
const PATIENCE = 10_000;

/** The links that one process is at. */
export interface InHand {
  /** Names the process in its claims. */
  readonly worker: string;
  add(token: string, url: string): void;
  remove(token: string): void;
  has(token: string): boolean;
  urls(): string[];
  /**
   * Lets a link be tried whose worker was lost before; null while another such link is: if a worker is lost again, it
   * is known by which. Answers how to end it.
   */
  suspect(): (() => void) | null;
}

export function createInHand(worker: string, now: () => number = () => performance.now()): InHand {
  const urls = new Map<string, string>();
  let suspect: { since: number } | null = null;
  return {
    worker,
    add: (token, url) => void urls.set(token, url),
    remove: (token) => void urls.delete(token),
    has: (token) => urls.has(token),
    urls: () => [...new Set(urls.values())],
    suspect() {
      if (suspect && now() - suspect.since < PATIENCE) return null;
      const mine = { since: now() };
      suspect = mine;
      return () => {
        if (suspect === mine) suspect = null;
      };
    },
  };
}
