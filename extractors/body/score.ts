import type { Block } from "../dom/blocks.ts";
import type { Tag } from "../dom/node.ts";
import { holdsNotice } from "./lines.ts";

const SENTENCE = /[.!?…。！？।؟]["'”’»)\]]*(?:\s|$)/u;

/** Whether a text ends a sentence somewhere. */
export function isSentence(text: string): boolean {
  return SENTENCE.test(text);
}

/** What a block speaks for an article around it: prose is positive, links and scraps negative. */
export function worth(block: Block): number {
  const { size, links, kind, text } = block;
  if (kind === "heading" || kind === "caption") return 0;
  if (links > 0.5) return -Math.min(size, 20);
  // Newsletter boxes and the like are written in sentences too.
  if (holdsNotice(block)) return -20;
  const prose = size * (1 - 2 * links);
  if (kind === "item" || kind === "cell") return size > 60 ? prose * 0.6 : 0;
  if (size >= 80) return prose;
  return isSentence(text) ? prose * 0.7 : -5;
}

/** Sums a figure per block over each element's subtree; indexed by `order`. */
export function sums(tags: Tag[], blocks: Block[], figure: (block: Block) => number): Float64Array {
  const total = new Float64Array(tags.length);
  for (const block of blocks) {
    const at = block.tag.order;
    total[at] = (total[at] ?? 0) + figure(block);
  }
  for (let at = tags.length - 1; at > 0; at--) {
    const up = tags[at]?.up ?? -1;
    if (up >= 0) total[up] = (total[up] ?? 0) + (total[at] ?? 0);
  }
  return total;
}
