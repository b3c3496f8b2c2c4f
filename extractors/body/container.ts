import { LINES } from "../dom/tags.ts";
import { parentOf, type Tag } from "../dom/tree.ts";
import { type Block, within } from "./blocks.ts";
import { hintOf } from "./hints.ts";
import { sums, worth } from "./score.ts";

/** The element that holds the article, with how it was found. */
export interface Container {
  tag: Tag;
  rule: string;
}

/** A semantic container is believed where it holds this share of the prose. */
const NARROW = 0.8;

/**
 * The element whose blocks are worth most: within the `article` of the headline where it has one,
 * narrowed to a semantic container where that holds most of the text.
 */
export function findContainer(
  tags: Tag[],
  blocks: Block[],
  headline: Tag | null,
): Container | null {
  const total = sums(tags, blocks, worth);
  const positive = sums(tags, blocks, (block) => Math.max(0, worth(block)));
  const at = (figures: Float64Array, tag: Tag) => figures[tag.order] ?? 0;
  const richest = (range: Tag[]) => {
    let best: Tag | null = null;
    for (const tag of range) {
      if (at(total, tag) > 0 && (!best || at(total, tag) >= at(total, best))) best = tag;
    }
    return best;
  };
  let best = richest(tags);
  const own = headline && articleOf(headline);
  if (best && own && !within(own, best) && at(total, own) > Math.min(600, at(total, best) * 0.3)) {
    best = richest(tags.slice(own.order, own.last + 1));
  }
  while (best && LINES.has(best.name)) best = parentOf(best);
  if (!best) return null;
  const marked = tags.filter((tag) => tag.attribs["itemprop"]?.toLowerCase() === "articlebody");
  const body = richest(marked);
  if (
    body &&
    !within(body, best) &&
    at(positive, body) >= Math.min(200, at(positive, best) * 0.3)
  ) {
    return { tag: body, rule: "itemprop=articleBody" };
  }
  const whole = at(positive, best);
  let semantic: Tag | null = null;
  for (const tag of tags.slice(best.order, best.last + 1)) {
    if (at(positive, tag) >= whole * NARROW && isSemantic(tag)) semantic = tag;
  }
  return { tag: semantic ?? best, rule: semantic ? "semantic container" : "densest container" };
}

function isSemantic(tag: Tag): boolean {
  if (tag.attribs["itemprop"]?.toLowerCase() === "articlebody") return true;
  return !LINES.has(tag.name) && hintOf(tag.attribs).body;
}

function articleOf(headline: Tag): Tag | null {
  for (let tag: Tag | null = headline; tag; tag = parentOf(tag))
    if (tag.name === "article") return tag;
  return null;
}
