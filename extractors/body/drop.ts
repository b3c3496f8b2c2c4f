import { INLINE } from "../dom/tags.ts";
import type { Tag } from "../dom/tree.ts";
import type { Block } from "./blocks.ts";
import { hintOf } from "./hints.ts";
import { sums } from "./score.ts";

const TAGS = new Set(["nav", "footer", "aside", "form", "header", "figure", "menu", "address"]);
const ROLES = new Set(
  "navigation complementary banner contentinfo search dialog alertdialog alert menu menubar toolbar tablist form tooltip".split(
    " ",
  ),
);

/** Marks (by `order`) what is no part of an article; what holds half of the page's prose never is. */
export function markDropped(tags: Tag[], root: Tag, blocks: Block[]): Uint8Array {
  const prose = sums(tags, blocks, (block) =>
    block.size >= 60 && block.links < 0.4 ? block.size : 0,
  );
  const whole = prose[root.order] || 1;
  const dropped = new Uint8Array(tags.length);
  for (const tag of tags) {
    if (dropped[tag.order]) continue;
    const size = prose[tag.order] ?? 0;
    if (reasonToDrop(tag, size, size / whole)) dropped.fill(1, tag.order, tag.last + 1);
  }
  return dropped;
}

/** Whether readers don't see an element, as its attributes tell. */
export function isHidden(tag: Tag): boolean {
  const { style } = tag.attribs;
  if ("hidden" in tag.attribs || tag.attribs["aria-hidden"] === "true") return true;
  return style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style);
}

/** Whether a piece of a line is only there for screen readers. */
export function isHiddenInline(tag: Tag): boolean {
  return INLINE.has(tag.name) && (isHidden(tag) || hintOf(tag.attribs).hidden);
}

/** Why an element with so much prose, and such a share of the page's, is no part of an article; or null. */
export function reasonToDrop(tag: Tag, size: number, share: number): string | null {
  const { attribs, name } = tag;
  if (name === "html" || name === "body" || name === "main" || share > 0.5) return null;
  if (INLINE.has(name)) return null;
  if (isHidden(tag)) return "hidden";
  if (TAGS.has(name)) return name;
  const role = attribs["role"];
  if (role && ROLES.has(role) && share < 0.2) return `role=${role}`;
  if (attribs["itemprop"] === "articleBody") return null;
  const hint = hintOf(attribs);
  if (hint.around || (hint.hidden && share < 0.2)) return "class";
  return hint.aroundWhenSmall && size < 400 ? "class of a small element" : null;
}
