import { fold, isArabic, isCjk, SPACE } from "./fold.ts";

/** A keyword that ends at a node, or a negative: a phrase in which keywords don't count. */
export interface End {
  /** Index of the keyword's topic. */
  topic: number;
  keyword: string;
  /** Weight of the keyword; 0 for a negative. */
  weight: number;
  /** Whether more letters of the same word can follow the keyword. */
  open: boolean;
}

/**
 * `next` is the first child, `char` its character, and `others` has further children by character.
 * Most nodes have one child, and a map for each would take most of the time and memory. `star` is
 * the child after a `*`, which stands for the rest of a word.
 */
export interface Node {
  char: number;
  next: Node | null;
  others: Map<number, Node> | null;
  star: Node | null;
  ends: End[] | null;
}

/** Keywords that start at the beginning of a word, and those that start anywhere (`inside`). */
export interface Trie {
  words: Node;
  inside: Node;
  /**
   * Where keywords can start, as bits of `OPENS`: `words` for the beginning of a word, `inside` for
   * anywhere. The index is the hash of a keyword's first two characters.
   */
  openings: Uint8Array;
}

export const OPENS = { words: 1, inside: 2 } as const;
/** Stands for the absence of a character; no character has this value. */
const NONE = -1;
/** Stands for the second character of a keyword that has only one, so any character can follow. */
const ANY = 0;

/**
 * Returns where keywords that begin with these two characters can start, as bits of `OPENS`:
 * `words` for the beginning of a word, `inside` for anywhere. If a bit isn't set, there is no such
 * keyword. If it is set, there might be none, because other characters have the same hash.
 */
export function opensWith({ openings }: Trie, first: number, second: number): number {
  return (openings[placeOf(first, second)] ?? 0) | (openings[placeOf(first, ANY)] ?? 0);
}

function placeOf(first: number, second: number): number {
  return (Math.imul(first, 977) ^ second) & 0xffff;
}

export function emptyTrie(): Trie {
  return { words: emptyNode(), inside: emptyNode(), openings: new Uint8Array(1 << 16) };
}

function emptyNode(): Node {
  return { char: NONE, next: null, others: null, star: null, ends: null };
}

/**
 * Adds a keyword such as `open data`, `elektronisch* identität*`, `*datenschutz*` or `sensor*^0.5`;
 * if `isNegative`, a phrase in which keywords don't count. `*` stands for the rest of a word or, at
 * the start, for any beginning. `^` precedes the weight.
 */
export function addKeyword(trie: Trie, written: string, topic: number, isNegative = false): void {
  const [pattern = "", weight = "1"] = written.split("^");
  const free = pattern.startsWith("*");
  // `KI-*` means `KI`: a hyphen ends a word, and what follows is a separate word.
  const rest = (free ? pattern.slice(1) : pattern).replace(/[^\p{L}\p{N}]\*/gu, "");
  const pieces = rest.split("*").map((piece) => fold(piece).trim());
  const open = pieces.length > 1 && pieces.at(-1) === "";
  if (open) pieces.pop();
  const first = pieces[0]?.charAt(0) ?? "";
  const inside = free || isCjk(first) || isArabic(first);
  const opening = placeOf(first.charCodeAt(0), (pieces[0] ?? "").charCodeAt(1) || ANY);
  trie.openings[opening] = (trie.openings[opening] ?? 0) | (inside ? OPENS.inside : OPENS.words);
  let node = inside ? trie.inside : trie.words;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) node = step((node.star ??= emptyNode()), SPACE);
    for (let at = 0; at < piece.length; at++) node = step(node, piece.charCodeAt(at));
  }
  const end = { topic, keyword: written, weight: isNegative ? 0 : Number(weight) };
  const last = pieces.at(-1)?.at(-1) ?? "";
  (node.ends ??= []).push({ ...end, open: open || isCjk(last) });
}

function step(node: Node, char: number): Node {
  const there = nextOf(node, char);
  if (there) return there;
  const next = emptyNode();
  if (node.next) (node.others ??= new Map()).set(char, next);
  else [node.char, node.next] = [char, next];
  return next;
}

function nextOf(node: Node, char: number): Node | null {
  return node.char === char ? node.next : (node.others?.get(char) ?? null);
}

export function walk(
  text: string,
  at: number,
  from: Node,
  tell: (end: End, until: number) => void,
): void {
  let node = from;
  for (let place = at; ; place++) {
    const char = text.charCodeAt(place);
    for (const end of node.ends ?? []) if (end.open || char === SPACE) tell(end, place);
    if (node.star) {
      const rest = text.indexOf(" ", place);
      if (rest >= 0) walk(text, rest, node.star, tell);
    }
    const next = nextOf(node, char);
    if (!next) return;
    node = next;
  }
}
