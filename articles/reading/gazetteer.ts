import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { root } from "../../config/root.ts";
import { digest } from "../../lib/text.ts";
import { openGazetteer } from "../classify/places/gazetteer.ts";
import { type PlaceFinder, placeFinder } from "../classify/places/places.ts";

const SHIPPED_GAZETTEER = join(root, "config/gazetteer/gazetteer.br");

/** Loads a gazetteer file in about 100 ms and 20 MB. Throws if it is missing or broken. */
export function loadPlaces(file: string | URL = SHIPPED_GAZETTEER): PlaceFinder {
  const compressed = readFileSync(file);
  const text = brotliDecompressSync(compressed).toString();
  return placeFinder(openGazetteer(text), digest(compressed).slice(0, 8));
}
