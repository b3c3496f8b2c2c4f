import type { Claim, Link } from "../../model/crawl/link.ts";
import { findIn, projectionOf } from "../queries.ts";
import { EPOCH, type Store } from "../store.ts";
import { updateEach } from "../writes.ts";
import { recordOutcomes } from "./links.ts";

/** A due link, as it was read, and the claim that a turn makes on it. */
export interface Claiming {
  link: Pick<Link, "_id" | "dueAt" | "attempts" | "claim">;
  claim: Claim;
}

/**
 * Claims due links for one fetch each, and returns the tokens of the successful claims. Replaces an
 * earlier claim by the same turn: a lost worker left it, because a turn has only one job.
 */
export async function claimLinks(
  store: Store,
  claimings: readonly Claiming[],
): Promise<Set<string>> {
  const free = claimings.filter(({ link, claim }) => isFreeFor(link, claim.turn));
  const wanted = new Set(free.map(({ claim }) => claim.token));
  if (free.length === 0) return wanted;
  const { links } = store.collections;
  const modified = await updateEach(
    links,
    ["state", "dueAt", "attempts", "claim.token"],
    free.map(({ link: { _id, dueAt, attempts, claim: before }, claim }) => ({
      _id,
      expected: ["due", dueAt, attempts, before?.token ?? null],
      set: { claim, attempts: attempts + 1 },
    })),
  );
  if (modified === free.length) return wanted;
  if (modified === 0) return new Set();
  const ids = [...new Set(free.map(({ link }) => link._id))];
  const now = await findIn(links, "_id", ids, { projection: { claim: 1 } });
  return new Set(now.flatMap(({ claim }) => claim?.token ?? []).filter((one) => wanted.has(one)));
}

/** Whether a link is unclaimed, or this turn claimed the link before its worker was lost. */
export function isFreeFor({ claim }: Pick<Link, "claim">, turn: number): boolean {
  return claim === null || claim.turn === turn;
}

/** Releases up to 1,000 links whose claim is older than `before`; returns how many were found. */
export async function releaseClaims(store: Store, before: Date): Promise<number> {
  const lost = await store.collections.links
    .find({ "claim.at": { $gt: EPOCH, $lte: before } }, { projection: { claim: 1 } })
    .limit(1000)
    .toArray();
  await recordOutcomes(
    store,
    lost.flatMap(({ _id, claim }) => (claim ? { id: _id, token: claim.token, set: {} } : [])),
  );
  return lost.length;
}

const LOST = ["url", "sourceId", "attempts", "claim", "losses"] as const;
/** All processes together fetch fewer links at once. */
const MAX_CLAIMED_LINKS = 2000;

/** A link that a worker process has claimed. The process might have ended. */
export type LostLink = Pick<Link, "_id" | (typeof LOST)[number]>;

/** Returns the links that a worker process has claimed; at most 2,000. */
export async function claimsOf(store: Store, worker: string, now: Date): Promise<LostLink[]> {
  const claimed: LostLink[] = await store.collections.links
    .find(
      { "claim.at": { $gt: EPOCH, $lte: new Date(now.getTime() + MAX_CLOCK_SKEW_MS) } },
      { projection: projectionOf(LOST) },
    )
    .limit(MAX_CLAIMED_LINKS)
    .toArray();
  return claimed.filter(({ claim }) => claim?.worker === worker);
}

const MAX_CLOCK_SKEW_MS = 60 * 60_000;

/** Marks the claims of lost workers, so that each loss is counted once; skips replaced claims. */
export async function markLost(store: Store, links: readonly LostLink[]): Promise<void> {
  await updateEach(
    store.collections.links,
    ["claim.token"],
    links.flatMap(({ _id, claim, losses, attempts }) =>
      claim
        ? {
            _id,
            expected: [claim.token],
            set: { claim: { ...claim, lost: true }, losses, attempts },
          }
        : [],
    ),
  );
}
