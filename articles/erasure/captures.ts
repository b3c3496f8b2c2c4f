import type { Capture } from "../../model/capture.ts";
import { capturesOfLinks, inPieces, removeCaptures } from "../../store/erasure.ts";
import type { Store } from "../../store/store.ts";
import { type Finds, findsIn } from "./needles.ts";
import type { Progress } from "./subject.ts";

/** Removes captures whose addresses or headers hold what is erased; with `dryRun` counts them. */
export async function eraseCaptures(
  store: Store,
  finds: Finds,
  keys: ReadonlySet<string>,
  { dryRun, progress }: { dryRun: boolean; progress: Progress },
): Promise<number> {
  let [seen, gone] = [0, 0];
  for await (const piece of inPieces(store.collections.captures)) {
    const found = piece.filter((capture: Capture) => findsIn(finds, capture));
    gone += dryRun ? found.filter(({ linkId }) => !keys.has(linkId)).length : found.length;
    if (!dryRun && found.length > 0) await removeCaptures(store, found);
    progress("captures", (seen += piece.length));
  }
  return dryRun ? gone + (await capturesOfLinks(store, [...keys])).length : gone;
}
