import { decodeHTML } from "entities";

/** What to mark: the first occurrence of each text, and all whole-word occurrences of each word. */
export interface HighlightRequest {
  texts: readonly string[];
  words: readonly string[];
}

export interface Highlighted {
  html: string;
  found: number;
}

/** Id of the first mark. */
export const HIGHLIGHT_ID = "newsgather-highlight";
const MAX_CHARS = 4_000_000;
const MAX_MARKS = 200;
const STYLE = "background:#ffe066;color:#000;outline:2px solid #f08c00";

const INVISIBLE_TAG = /^(?:script|style|noscript|template|title|textarea|svg|iframe)$/;
const TOKEN =
  /<!--.*?(?:-->|$)|<(\/?)([a-z][^\s/>]*)[^>]*>|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z\d]{2,31});/gis;

/** Marks texts and words in a page's visible text, even if white space or tags split them. */
export function highlight(html: string, { texts, words }: HighlightRequest): Highlighted {
  if (html.length > MAX_CHARS) return { html, found: 0 };
  const page = letters(html);
  const ranges: [first: number, last: number][] = [];
  for (const text of texts.slice(0, MAX_MARKS)) {
    const wanted = squeezed(text);
    const at = wanted === "" ? -1 : page.text.indexOf(wanted);
    if (at >= 0) ranges.push([at, at + wanted.length - 1]);
  }
  for (const word of words.slice(0, MAX_MARKS)) ranges.push(...placesOf(page, squeezed(word)));
  const marked = ranges.toSorted(([a], [b]) => a - b).slice(0, MAX_MARKS);
  return { html: withMarks(html, page, marked), found: marked.length };
}

interface Letters {
  text: string;
  starts: number[];
  ends: number[];
}

function letters(html: string): Letters {
  const page: Letters = { text: "", starts: [], ends: [] };
  const parts: string[] = [];
  const add = (char: string, start: number, end: number) => {
    if (/\s|\u00ad/.test(char)) return;
    const lower = char.toLowerCase();
    parts.push(lower.length === 1 ? lower : char);
    page.starts.push(start);
    page.ends.push(end);
  };
  let silent: string | null = null;
  let at = 0;
  const run = (to: number) => {
    if (silent === null) for (let n = at; n < to; n++) add(html[n] ?? "", n, n + 1);
  };
  for (const match of html.matchAll(TOKEN)) {
    const [token, slash = "", tag] = match;
    run(match.index);
    at = match.index + token.length;
    const name = tag?.toLowerCase();
    if (name === undefined) {
      if (silent === null && token.startsWith("&")) {
        for (const char of decodeHTML(token).split("")) add(char, match.index, at);
      }
    } else if (
      silent === null &&
      slash === "" &&
      INVISIBLE_TAG.test(name) &&
      !token.endsWith("/>")
    ) {
      silent = name;
    } else if (silent === name && slash !== "") {
      silent = null;
    }
  }
  run(html.length);
  return { ...page, text: parts.join("") };
}

function squeezed(text: string): string {
  return letters(text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")).text;
}

function placesOf({ text, starts, ends }: Letters, word: string): [number, number][] {
  const places: [number, number][] = [];
  if (word === "") return places;
  for (let at = text.indexOf(word); at >= 0 && places.length < MAX_MARKS; ) {
    const last = at + word.length - 1;
    const follows = at > 0 && ends[at - 1] === starts[at] && isLetter(text[at - 1]);
    const goesOn = starts[last + 1] === ends[last] && isLetter(text[last + 1]);
    if (!follows && !goesOn) places.push([at, last]);
    at = text.indexOf(word, last + 1);
  }
  return places;
}

function isLetter(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

function withMarks(
  html: string,
  { starts, ends }: Letters,
  ranges: readonly (readonly [number, number])[],
): string {
  const parts: string[] = [];
  let at = 0;
  let hasId = false;
  for (const [first, last] of ranges) {
    let from = starts[first] ?? 0;
    if (from < at) continue;
    for (let n = first; n <= last; n++) {
      const end = ends[n] ?? 0;
      const next = starts[n + 1] ?? html.length;
      const isCut = n === last || html.slice(end, next).includes("<");
      if (!isCut) continue;
      const id = hasId ? "" : ` id="${HIGHLIGHT_ID}"`;
      hasId = true;
      parts.push(
        html.slice(at, from),
        `<mark${id} style="${STYLE}">`,
        html.slice(from, end),
        "</mark>",
      );
      at = end;
      from = next;
    }
  }
  return [...parts, html.slice(at)].join("");
}
