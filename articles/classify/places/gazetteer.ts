import type { Place } from "../../../model/articles/classification.ts";

export interface Meaning {
  place: Place;
  id: number;
  /** The name itself, an adjective like `French`, or the name of a smaller part of the place. */
  as: "name" | "adjective" | "part";
  /** Inhabitants of a city in thousands; 0 for countries and regions. */
  population: number;
  /** How well known the place is among homonyms: 10 for a metropolis, 4 for a small town. */
  rank: number;
  capital: boolean;
}

/** A name in the gazetteer: the places that it can mean, and what else it can be. */
export interface Entry {
  meanings: readonly Meaning[];
  /** Whether the name is also a common word or a surname. */
  word: boolean;
  /** Whether the entry is a phrase that contains a place name without meaning the place. */
  phrase: boolean;
  firstName: boolean;
  placeOrFirstName: boolean;
  title: boolean;
  organisation: boolean;
}

/** Places by name. `keyOf` returns the key of a name. */
export interface Gazetteer {
  find(key: string): Entry | null;
  /** Yields every place. Parses the whole gazetteer, which is too slow for reading articles. */
  places(): Iterable<Place>;
  /** Whether a key can be a name or the beginning of one. False is certain; true can be wrong. */
  begins(key: string): boolean;
}

const COUNTRY_RANK = 10.5;
const PART_RANK = 5;

/**
 * Opens a gazetteer. Entries are parsed when they are looked up, which saves memory and start-up
 * time. The text has these lines:
 * - First, the number of places.
 * - Then one line per place: its kind (`C` country, `R` region, `P` city), country, region, name,
 *   thousands of inhabitants, ten times the rank, and `c` for a capital.
 * - Then one line per name: its key, a tab, and a list. The list has the indexes (from 0) of the
 *   lines of its places, such as `12`; `12d` if the name is an adjective, `12s` if it names a
 *   smaller part of the place. The name's marks follow: `w` also a word, `x` a phrase, `g` a given
 *   name, `b` a place name that is also a given name, `t` a title, `o` an organisation.
 */
export function openGazetteer(text: string): Gazetteer {
  const entities = linesOf(text, text.indexOf("\n") + 1, Number.parseInt(text, 10));
  const table = openNames(text, entities.end);
  const known = new Map<number, Entry>();
  return {
    find: (key) => {
      const at = table.find(key);
      if (at === null) return null;
      let entry = known.get(at);
      if (!entry) {
        if (known.size > MAX_CACHED_ENTRIES) known.clear();
        entry = entryOf(text.slice(at + key.length + 1, text.indexOf("\n", at)), (id) => {
          return text.slice(entities.starts[id], text.indexOf("\n", entities.starts[id]));
        });
        known.set(at, entry);
      }
      return entry;
    },
    begins: table.begins,
    *places() {
      for (const start of entities.starts) {
        yield placeIn(text.slice(start, text.indexOf("\n", start)));
      }
    },
  };
}

const KINDS: Record<string, Place["kind"]> = { C: "country", R: "region" };

function placeIn(line: string): Place {
  const [letter = "", country = "", region = "", name = ""] = line.split("\t");
  return { kind: KINDS[letter] ?? "city", country, region: region || null, name };
}

/** Enough for the places that news keeps naming. */
const MAX_CACHED_ENTRIES = 5000;

function linesOf(text: string, from: number, count: number) {
  const starts = new Uint32Array(count);
  let at = from;
  for (let line = 0; line < count; line++) {
    starts[line] = at;
    at = text.indexOf("\n", at) + 1;
  }
  return { starts, end: at };
}

function entryOf(refs: string, line: (id: number) => string): Entry {
  const all = refs.split(",");
  const flags = new Set(all);
  return {
    meanings: all.filter((ref) => /^\d/.test(ref)).map((ref) => meaningOf(ref, line)),
    word: flags.has("w"),
    phrase: flags.has("x"),
    firstName: flags.has("g"),
    placeOrFirstName: flags.has("b"),
    title: flags.has("t"),
    organisation: flags.has("o"),
  };
}

function meaningOf(ref: string, line: (id: number) => string): Meaning {
  const id = Number.parseInt(ref, 10);
  const as = ref.endsWith("d") ? "adjective" : ref.endsWith("s") ? "part" : "name";
  const text = line(id);
  const place = placeIn(text);
  const [population, rank, capital] = text.split("\t").slice(4);
  const base = {
    id,
    as,
    place,
    population: Number(population ?? 0),
    capital: capital === "c",
  } as const;
  if (place.kind === "country") return { ...base, rank: COUNTRY_RANK };
  if (place.kind === "region" && as === "part") return { ...base, rank: PART_RANK };
  return { ...base, rank: Number(rank) / 10 };
}

const TAB = 9;
const SPACE = 32;
const FIRST_UNSPACED_CODE_UNIT = 0x2e80;
const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/**
 * Size of the filter of `begins`, which fits into a processor's cache. An eighth of the bits is
 * set.
 */
const FILTER_BITS = 1 << 21;

/** An index of the names in a text. Each line of the text begins with a name and a tab. */
interface Names {
  find(key: string): number | null;
  /** Whether a name can begin with `key`. False is certain; true can be wrong. */
  begins(key: string): boolean;
}

/** Returns an index of the names in a text from offset `from` on. */
export function openNames(text: string, from: number): Names {
  const size = 2 ** Math.ceil(Math.log2((text.length - from) / 8));
  const slots = new Uint32Array(size);
  const begun = new Uint32Array(FILTER_BITS / 32);
  const addStart = (hash: number) => {
    const bit = mixed(hash) & (FILTER_BITS - 1);
    begun[bit >>> 5] = (begun[bit >>> 5] ?? 0) | (1 << (bit & 31));
  };
  for (let at = from; at < text.length; ) {
    let hash = FNV_OFFSET_BASIS;
    let end = at;
    let before = 0;
    for (let code = text.charCodeAt(end); code !== TAB; code = text.charCodeAt(++end)) {
      const isDense =
        before >= FIRST_UNSPACED_CODE_UNIT || (code >= FIRST_UNSPACED_CODE_UNIT && before > 0);
      if (code === SPACE || isDense) addStart(hash);
      hash = Math.imul(hash ^ code, FNV_PRIME);
      before = code;
    }
    addStart(hash);
    let slot = mixed(hash) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = at;
    at = text.indexOf("\n", end) + 1;
  }
  return {
    find: (key) => {
      for (let slot = mixed(hashOf(key)) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
        const at = slots[slot];
        if (!at) return null;
        if (text.charCodeAt(at + key.length) === TAB && text.startsWith(key, at)) return at;
      }
    },
    begins: (key) => {
      const bit = mixed(hashOf(key)) & (FILTER_BITS - 1);
      return ((begun[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
    },
  };
}

function hashOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), FNV_PRIME);
  return hash;
}

function mixed(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}
