import { releaseClaims } from "../store/links.ts";
import type { Deps } from "./deps.ts";
import { eraseAgain } from "./erase/settle.ts";
import { type Retained, retain } from "./retain.ts";

/** A claim this old is of a turn that no longer exists (a host's concurrency was lowered). */
const LOST = 10 * 60_000;

/** Housekeeping once a minute; answers what it mended. */
export async function maintain(
  deps: Deps,
): Promise<Retained & { released: number; erased: number }> {
  const { store, now, log } = deps;
  const released = await releaseClaims(store, new Date(now().getTime() - LOST));
  if (released > 0) log.warn({ released }, "claims of lost turns released");
  const erased = await eraseAgain(store, now());
  if (erased > 0) log.warn({ erased }, "captures stored while their page was erased are removed");
  return { released, erased, ...(await retain(deps)) };
}
