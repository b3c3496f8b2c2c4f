import { shortHash } from "../../lib/hash.ts";
import type { ArticleFields } from "../../model/articles/extraction.ts";
import { keyOf } from "../title-parts.ts";

/** A paragraph of an article that may be boilerplate. */
export interface Keyed {
  key: string;
  text: string;
  /** Letters, where a CJK character counts as 2.5. */
  size: number;
}

/** Shorter ones are phrases that many honest articles may share. */
const SHORTEST = 25;
/** From this size on a paragraph that returns is no coincidence, wherever it stands. */
const LONG = 80;
/** Paragraphs at the start and at the end among which short ones count. */
const START = 1;
const END = 4;
const MOST = 80;
const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/g;

/** The paragraphs of an article's text and teaser that may be boilerplate, each key once. */
export function keyedParagraphs({ text, teaser }: Pick<ArticleFields, "text" | "teaser">): Keyed[] {
  const found = new Map<string, Keyed>();
  const paragraphs = partsOf(text);
  for (const [at, part] of paragraphs.entries()) {
    const edge = at < START || at >= paragraphs.length - END;
    const keyed = keyParagraph(part, edge);
    if (keyed) found.set(keyed.key, keyed);
  }
  for (const part of partsOf(teaser)) {
    // The body's own first paragraphs say nothing new; a slogan that every page has does.
    const keyed = keyParagraph(part, !text?.includes(part));
    if (keyed) found.set(keyed.key, keyed);
  }
  return [...found.values()].slice(0, MOST);
}

/** Paragraphs as texts are joined: apart by a blank line. */
export function partsOf(text: string | null): string[] {
  return text ? text.split("\n\n").filter((part) => part.trim()) : [];
}

/** A paragraph's key; null where it is too short to tell. `edge`: at the text's start or end. */
export function keyParagraph(text: string, edge: boolean): Keyed | null {
  const letters = keyOf(text);
  const size = letters.length + 1.5 * (letters.match(CJK)?.length ?? 0);
  if (size < SHORTEST || (size < LONG && !edge)) return null;
  const hash = shortHash(letters).slice(0, 12);
  return { key: size < LONG ? `s${hash}` : hash, text, size };
}

/** Whether a key is a short paragraph's, of which more evidence is asked. */
export function isShort(key: string): boolean {
  return key.startsWith("s");
}
