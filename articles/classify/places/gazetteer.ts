import { normalized } from "../../../lib/text.ts";
import type { Place } from "../../../model/articles/classification.ts";
import { charactersByPair, SIMPLIFIED_CHARACTERS } from "../topics/matcher.ts";

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
 * Opens a gazetteer. `text` has these lines:
 * - The number of places.
 * - One line per place, with tabs between its fields: kind (`C` country, `R` region, `P` city),
 *   country, region, name, thousands of inhabitants, ten times the rank, and `c` for a capital.
 * - One line per name: its key, a tab, and entries separated by commas. The entry `12` is the place
 *   with the index 12 (from 0), `12d` an adjective for that place, `12s` a smaller part of that
 *   place. Letters mark the name: `w` also a word, `x` a phrase, `g` a given name, `b` a place name
 *   that is also a given name, `t` a title, `o` an organisation.
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
/** The filter of `begins` fits into a processor's cache, and accepts one wrong key in eight. */
const FILTER_BITS = 1 << 21;

/** Returns an index of the names in a text from offset `from` on. */
export function openNames(text: string, from: number) {
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
    find: (key: string): number | null => {
      for (let slot = mixed(hashOf(key)) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
        const at = slots[slot];
        if (!at) return null;
        if (text.charCodeAt(at + key.length) === TAB && text.startsWith(key, at)) return at;
      }
    },
    begins: (key: string): boolean => {
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

type Script = "cased" | "cyrillic" | "han" | "kana" | "hangul" | "arabic" | "other";

/** One word of a text (in Chinese and Japanese, one character), with its position. */
export interface Token {
  start: number;
  end: number;
  /** Lower case without accents, with simplified characters and without Cyrillic endings. */
  key: string;
  script: Script;
  capital: boolean;
  /** Whether the word has more than one letter, all of them capitals. */
  allCapitals: boolean;
  /**
   * The gap before the word: none (`""`), one that names can contain (`" "`), or any other (null).
   */
  join: "" | " " | null;
}

const JOINING_GAP = /^(?:[ \u00a0]{1,2}| ?\(|[（\-‐–'’ʼ・·])$/;
const ABBREVIATION_GAP = /^\. ?$/;
const DIACRITICS = /\u0640|[\u0300-\u036f]|[\u064b-\u0655\u0670]/g;
/** Each traditional or Japanese character precedes its simplified form. */
const PAIRS = [
  "県县広广徳德沢泽浜滨塩盐桜樱関关駅驿鉄铁竜龙黒黑辺边児儿円圆覇霸東东蘇苏寧宁滬沪漢汉瀋沈遼辽龍龙貴贵陝陕肅肃慶庆濱滨鄭郑蘭兰紹绍溫温揚扬錦锦營营撫抚順顺煙烟濰潍萊莱",
  "棗枣澤泽駐驻馬马鞏巩荊荆黃黄岡冈鹹咸婁娄懷怀贛赣饒饶鷹鹰廈厦韓韩緬缅羅罗紐纽倫伦愛爱濟济瓊琼魯鲁晉晋閩闽粵粤維维爾尔薩萨盧卢賓宾倉仓島岛嶼屿縣县鄉乡區区",
  "麗丽灣湾澀涩橫横須须賀贺內内屬属諾诺奧奥蘆芦滄沧衛卫連连雲云義义烏乌麥麦納纳倫伦巖岩陰阴陽阳興兴無无錫锡鹽盐淨净莊庄門门臺台國国聯联華华聖圣頓顿約约紐纽凱凯繩绳",
].join("");
const SIMPLIFIED_PLACE_CHARACTERS = charactersByPair(PAIRS);
const LETTERS: Record<string, string> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  æ: "ae",
  œ: "oe",
  ı: "i",
};
const CYRILLIC_ENDINGS = new Set(
  "иями ями ами ого его ому ему ыми ими иях ях ах ая яя ое ее ую юю ий ый ой ым им ом ем ей ые ие ых их ою ею ью а я о е у ю ы и і ь й".split(
    " ",
  ),
);
const MAX_ENDING_CHARS = 4;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let last: Token | null = null;
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, start);
    if (end === start) {
      start += 1;
      continue;
    }
    const word = text.slice(start, end);
    const script = scriptOf(word);
    const lower = word.toLowerCase();
    const hasCapitals = lower !== word;
    const first = word[0] ?? "";
    const token: Token = {
      start,
      end,
      key: keyOfWord(word, lower, script),
      script,
      capital: hasCapitals && first !== first.toLowerCase(),
      allCapitals: hasCapitals && word.length > 1 && word === word.toUpperCase(),
      join: last ? joinOf(text.slice(last.end, start), last) : null,
    };
    tokens.push(token);
    last = token;
    start = end;
  }
  return tokens;
}

/** Returns a name's key in the gazetteer; empty if the name has no letters or digits. */
export function keyOf(name: string): string {
  let key = "";
  for (const token of tokensOf(name))
    key += (key && token.join === null ? " " : (token.join ?? "")) + token.key;
  return key;
}

function joinOf(gap: string, before: Token): Token["join"] {
  if (gap === "") return "";
  if (JOINING_GAP.test(gap)) return " ";
  // `St. Louis`, `U.S.`, but not the end of a sentence.
  return ABBREVIATION_GAP.test(gap) && before.end - before.start <= 2 ? " " : null;
}

function scriptOf(word: string): Script {
  const code = word.codePointAt(0) ?? 0;
  if (code < 0x250) return "cased";
  if (code >= 0x400 && code < 0x530) return "cyrillic";
  if ((code >= 0x600 && code < 0x780) || (code >= 0xfb50 && code < 0xfeff)) return "arabic";
  if ((code >= 0xac00 && code < 0xd7b0) || (code >= 0x1100 && code < 0x1200)) return "hangul";
  if (code >= 0x30a0 && code < 0x3100) return "kana";
  if ((code >= 0x3005 && code < 0x30a0) || (code >= 0x3400 && code < 0xa000)) return "han";
  return word.toLowerCase() === word.toUpperCase() ? "other" : "cased";
}

function keyOfWord(word: string, lower: string, script: Script): string {
  if (script === "han")
    return SIMPLIFIED_PLACE_CHARACTERS.get(word) ?? SIMPLIFIED_CHARACTERS.get(word) ?? word;
  if (script === "kana") return word.normalize("NFKC");
  if (script === "hangul") return word.normalize("NFC");
  if (script === "cased" && /^[a-z0-9]+$/.test(lower)) return lower;
  if (script === "cyrillic") return stemmed(lower.replace(/ё/g, "е").replace(DIACRITICS, ""));
  const plain = normalized(lower, "NFKD").replace(DIACRITICS, "");
  if (script === "arabic")
    return plain
      .replace(/[أإآٱ]/g, "ا")
      .replace(/ة/g, "ه")
      .replace(/[ىی]/g, "ي")
      .replace(/ک/g, "ك");
  return plain.replace(/[ßøłđæœı]/g, (letter) => LETTERS[letter] ?? letter);
}

function stemmed(word: string): string {
  for (let length = Math.min(MAX_ENDING_CHARS, word.length - 1); length > 0; length--) {
    if (!CYRILLIC_ENDINGS.has(word.slice(-length))) continue;
    return word.length - length >= 3 ? word.slice(0, -length) : word;
  }
  return word;
}

const NONE = 1;
const WHOLE_WORD = 2;
const KATAKANA = 3;
const LETTER = 4;
const KATAKANA_OR_LETTER = 5;

const kinds = new Uint8Array(1 << 16);

function wordEnd(text: string, start: number): number {
  const kind = kindAt(text, start);
  if (kind === NONE) return start;
  const first = start + widthAt(text, start);
  if (kind === WHOLE_WORD) return first;
  const own = kind === LETTER ? LETTER : KATAKANA;
  let end = first;
  for (let next = end; next < text.length; next = end) {
    const there = kindAt(text, next);
    if (there !== own && there !== KATAKANA_OR_LETTER) break;
    end += widthAt(text, next);
  }
  return end;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (isHalf(code)) return kindOf(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return kinds[code] || (kinds[code] = kindOf(String.fromCharCode(code)));
}

function kindOf(char: string): number {
  if (/[\p{Script=Han}\p{Script=Hiragana}々]/u.test(char)) return WHOLE_WORD;
  if (char === "ー") return KATAKANA_OR_LETTER;
  if (/\p{Script=Katakana}/u.test(char)) return KATAKANA;
  return /[\p{L}\p{N}\p{M}]/u.test(char) ? LETTER : NONE;
}

function widthAt(text: string, at: number): number {
  return isHalf(text.charCodeAt(at)) && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function isHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}
