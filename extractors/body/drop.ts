import { type Block, within } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { INLINE, LINE_TAGS, type Tag, words } from "../dom/node.ts";
import { sums } from "./lines.ts";

const BOILERPLATE_TAGS = new Set(["nav", "footer", "aside", "form", "header", "menu", "address"]);
const ROLES = words(
  "navigation complementary banner contentinfo search dialog alertdialog alert menu menubar toolbar tablist form tooltip",
);

/** Returns flags by the elements' `order`: 1 if the element, or one around it, is dropped. */
export function markDropped(
  tags: Tag[],
  root: Tag,
  blocks: Block[],
  headline: Tag | null,
): Uint8Array {
  const prose = sums(tags, blocks, (block) =>
    block.size >= 60 && block.links < 0.4 ? block.size : 0,
  );
  const whole = prose[root.order] || 1;
  const dropped = new Uint8Array(tags.length);
  for (const tag of tags) {
    if (dropped[tag.order]) continue;
    const size = prose[tag.order] ?? 0;
    const share = size / whole;
    const holdsHeadline = headline !== null && within(headline, tag);
    if (holdsHeadline && share > 0.2) continue;
    if (isDropped(tag, size, share)) dropped.fill(1, tag.order, tag.last + 1);
  }
  return dropped;
}

const UNSEEN = /display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01]/i;

function isHidden(tag: Tag): boolean {
  if (!tag.mayHide) return false;
  const { style } = tag.attribs;
  if ("hidden" in tag.attribs || tag.attribs["aria-hidden"] === "true") return true;
  return style !== undefined && UNSEEN.test(style);
}

export function isHiddenInline(tag: Tag): boolean {
  return INLINE.has(tag.name) && (isHidden(tag) || hintOf(tag).hidden);
}

const WEB_ARCHIVE_ID = /^(?:wm-ipp|wm_|wb[-_]|wayback|archive-?it)/i;

/** Whether an element isn't part of the article. `share` is its share of the page's prose. */
function isDropped(tag: Tag, size: number, share: number): boolean {
  const { id, itemprop, name, role } = tag;
  if (name === "html" || name === "body" || name === "main" || INLINE.has(name)) return false;
  const hint = hintOf(tag);
  if (name === "footer" || hint.never) return share < 0.9;
  if (share > 0.5) return false;
  if (isHidden(tag) || WEB_ARCHIVE_ID.test(id ?? "") || BOILERPLATE_TAGS.has(name)) return true;
  if (role && ROLES.has(role) && share < 0.2) return true;
  if (itemprop === "articleBody") return false;
  if (hint.around || (hint.hidden && share < 0.2)) return true;
  const small = LINE_TAGS.has(name) ? size === 0 : size < 400;
  return hint.aroundWhenSmall && small;
}
