import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { NamedPlace, PlaceFinder } from "../../articles/classify/places/places.ts";
import { loadPlaces } from "../../articles/reading/gazetteer.ts";

const FIXTURES = new URL("../fixtures/places/", import.meta.url);

/** Languages of the labelled set, one file each. */
export const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "zh", "ja", "ko", "ar"];

/** A news paragraph with its place: its format is in `test/fixtures/places/README.md`. */
export interface Labelled {
  language: string;
  /** ISO 3166-1, ISO 3166-2, or null for no place. */
  country: string | null;
  region: string | null;
  source: string | null;
  title: string;
  text: string;
  /** Set if it must not be looked at while rules are written. */
  heldOut: boolean;
}

let finder: PlaceFinder | undefined;

/** Returns the place finder with the shipped gazetteer, loaded once per process. */
export function shippedPlaces(): PlaceFinder {
  finder ??= loadPlaces(new URL("../../config/gazetteer/gazetteer.br", import.meta.url));
  return finder;
}

/** Returns the paragraphs of one language. */
export function labelled(language: string): Labelled[] {
  return linesOf(`${language}.txt`).map((columns) => paragraph([language, ...columns]));
}

/** Returns paragraphs written to mislead. */
export function traps(): Labelled[] {
  return linesOf("traps.txt").map(paragraph);
}

/** Returns the finder's result for a paragraph in the format of its label. */
export function answer({ language, source, title, text }: Labelled): NamedPlace {
  return shippedPlaces().find({ title, text, language, home: { country: source, region: null } });
}

function linesOf(file: string): string[][] {
  const lines = readFileSync(new URL(file, FIXTURES), "utf8").trim().split("\n");
  return lines.map((line) => line.split("\t"));
}

function paragraph([language = "", label = "", source, title = "", text = ""]: string[]): Labelled {
  return {
    language,
    country: label === "-" ? null : label.slice(0, 2),
    region: label.length > 2 ? label : null,
    source: source === "-" || source === undefined ? null : source,
    title,
    text,
    heldOut: (createHash("sha256").update(title).digest()[0] ?? 0) % 2 === 0,
  };
}
