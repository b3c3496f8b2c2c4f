import { Batcher } from "../lib/batch.ts";
import type { Lane, Link } from "../model/link.ts";
import { type Claiming, claimLinks, isFreeFor } from "../store/claims.ts";
import { dueLinks } from "../store/links.ts";
import type { Store } from "../store/store.ts";

/** Links read ahead per host and lane: one read serves many turns. */
const AHEAD = 16;
/** Hosts remembered; the oldest is dropped. */
const HOSTS = 2000;
/** Group commit of claims: how long one waits for company, ms, and how much company it takes. */
const CLAIMS = { ms: 5, size: 50 };

/** Due links of hosts, read ahead; what is stale in it is found out by the claim. */
export interface LinkBuffer {
  /** The next due link that a turn may claim; null when nothing is due, or others are at it. */
  peek(host: string, lane: Lane, turn: number, now: Date): Promise<Link | null>;
  /** Claims the link that `peek` showed; null when it was taken or done meanwhile. */
  claim(link: Link, claim: NonNullable<Link["claim"]>): Promise<Link | null>;
  /** Drops the peeked link. */
  drop(link: Link): void;
}

export function createLinkBuffer(store: Store): LinkBuffer {
  const ahead = new Map<string, Link[]>();
  const claims = new Batcher<Claiming, boolean>(CLAIMS, async (all) => {
    const granted = await claimLinks(store, all);
    return all.map(({ claim }) => granted.has(claim.token));
  });
  const drop = (link: Link) => {
    const rest = ahead.get(keyOf(link))?.filter(({ _id }) => _id !== link._id);
    if (rest) ahead.set(keyOf(link), rest);
  };
  return {
    async peek(host, lane, turn, now) {
      const key = keyOf({ host, lane });
      const isFree = (link: Link) => isFreeFor(link, turn);
      const there = ahead.get(key)?.find(isFree);
      if (there) return there;
      const links = await dueLinks(store, host, lane, now, AHEAD);
      ahead.delete(key);
      ahead.set(key, links);
      const [oldest] = ahead.keys();
      if (ahead.size > HOSTS && oldest !== undefined) ahead.delete(oldest);
      return links.find(isFree) ?? null;
    },
    async claim(link, claim) {
      drop(link);
      if (!(await claims.add({ link, claim }))) return null;
      return { ...link, claim, attempts: link.attempts + 1 };
    },
    drop,
  };
}

function keyOf({ host, lane }: Pick<Link, "host" | "lane">): string {
  return `${lane} ${host}`;
}
