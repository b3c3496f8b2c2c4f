import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { digest } from "../../lib/hash.ts";
import { openGazetteer } from "../classify/places/gazetteer.ts";
import { type PlaceFinder, placeFinder } from "../classify/places/places.ts";

/**
 * Returns a finder for the places in a gazetteer file such as `config/gazetteer/gazetteer.br`.
 * Throws if the file is missing or broken. Loading takes about 100 ms and 20 MB of memory.
 */
export function loadPlaces(file: string | URL): PlaceFinder {
  const compressed = readFileSync(file);
  const text = brotliDecompressSync(compressed).toString();
  return placeFinder(openGazetteer(text), digest(compressed).slice(0, 8));
}
