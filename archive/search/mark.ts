import type { Piece } from "../../model/search.ts";
import { stem } from "./stem.ts";
import { wordsOf } from "./words.ts";

/** Cuts a text into what was searched for and what stands between; `marks` as a search answers them. */
export function markWords(
  text: string,
  language: string | null,
  marks: readonly string[],
): Piece[] {
  const words = new Set(marks.filter((mark) => !mark.endsWith("*")));
  const beginnings = marks.filter((mark) => mark.endsWith("*")).map((mark) => mark.slice(0, -1));
  const pieces: Piece[] = [];
  let done = 0;
  for (const { word, start, end } of wordsOf(text)) {
    const stemmed = stem(word, language);
    const hit = words.has(stemmed) || beginnings.some((beginning) => stemmed.startsWith(beginning));
    if (!hit) continue;
    if (start > done) pieces.push({ text: text.slice(done, start), hit: false });
    pieces.push({ text: text.slice(start, end), hit });
    done = end;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), hit: false });
  return pieces;
}
