import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { openGazetteer } from "../articles/classify/places/gazetteer.ts";
import { type PlaceFinder, placeFinder } from "../articles/classify/places/places.ts";
import { digest } from "../lib/hash.ts";

/**
 * A finder of the places of `config/gazetteer/gazetteer.br`; throws where the file is missing or broken.
 * It takes about 100 ms and 20 MB.
 */
export function loadPlaces(file: string | URL): PlaceFinder {
  const packed = readFileSync(file);
  const text = brotliDecompressSync(packed).toString();
  return placeFinder(openGazetteer(text), digest(packed).slice(0, 8));
}
