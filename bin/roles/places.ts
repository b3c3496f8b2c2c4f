import { join } from "node:path";
import type { PlaceFinder } from "../../articles/classify/places/places.ts";
import { loadPlaces } from "../../articles/reading/gazetteer.ts";
import { root } from "../../config/root.ts";

/** The finder of the shipped gazetteer. */
export function readPlaces(): PlaceFinder {
  return loadPlaces(join(root, "config/gazetteer/gazetteer.br"));
}
