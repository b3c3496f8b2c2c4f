import type { Tag } from "../dom/tree.ts";
import type { Block } from "./blocks.ts";
import { hintOf } from "./hints.ts";
import { sums, worth } from "./score.ts";

/** The element that holds the article, with how it was found. */
export interface Container {
  tag: Tag;
  rule: string;
  worth: number;
}

/** The element whose blocks are worth most, narrowed to a semantic container where that holds most of it. */
export function findContainer(tags: Tag[], blocks: Block[]): Container | null {
  const total = sums(tags, blocks, worth);
  const positive = sums(tags, blocks, (block) => Math.max(0, worth(block)));
  let best: Tag | null = null;
  for (const tag of tags) {
    if (
      (total[tag.order] ?? 0) > 0 &&
      (!best || (total[tag.order] ?? 0) >= (total[best.order] ?? 0))
    )
      best = tag;
  }
  if (!best) return null;
  const whole = positive[best.order] ?? 0;
  let semantic: Tag | null = null;
  for (const tag of tags.slice(best.order, best.last + 1)) {
    if ((positive[tag.order] ?? 0) >= whole * 0.6 && isSemantic(tag)) semantic = tag;
  }
  const tag = semantic ?? best;
  return {
    tag,
    rule: semantic ? "semantic container" : "densest container",
    worth: total[tag.order] ?? 0,
  };
}

function isSemantic(tag: Tag): boolean {
  if (tag.attribs["itemprop"]?.toLowerCase() === "articlebody") return true;
  return hintOf(tag.attribs).body;
}
