import { type BodiesKept, keepBodies } from "../archive/tiers/keep-bodies.ts";
import { eraseAgain } from "../articles/erasure/settle.ts";
import { mendStale } from "../articles/stories/stories.ts";
import { releaseClaims } from "../store/claims.ts";
import { allSourceIds } from "../store/retention.ts";
import { countSourceDays } from "../store/source-days.ts";
import type { Deps } from "./deps.ts";
import { inTurn, type Retained, retain } from "./retain.ts";

/** A claim this old is of a turn that no longer exists (a host's concurrency was lowered). */
const LOST = 10 * 60_000;

/** Housekeeping once a minute; answers what it mended. */
export async function maintain(
  deps: Deps,
): Promise<Retained & BodiesKept & { released: number; erased: number; moved: number }> {
  const { store, now, log } = deps;
  const released = await releaseClaims(store, new Date(now().getTime() - LOST));
  if (released > 0) log.warn({ released }, "claims of lost turns released");
  const erased = await eraseAgain(store, now());
  if (erased > 0) log.warn({ erased }, "captures stored while their page was erased are removed");
  const moved = await mendStale(store, now);
  if (moved > 0) log.info({ moved }, "articles moved to the stories that they belong to");
  const kept = await retain(deps);
  const bodies = await keepBodies(deps);
  for (const id of inTurn(await allSourceIds(store), now()))
    await countSourceDays(store, id, now());
  return { released, erased, moved, ...kept, ...bodies };
}
