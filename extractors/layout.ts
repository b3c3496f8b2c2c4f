import { type Hint, hintOf } from "./dom/hints.ts";
import { type Block, blocksOf, INLINE, type Tag, within } from "./dom/node.ts";
import type { Page } from "./page.ts";
import { keyOf } from "./words.ts";

/** A page as laid out: its blocks in order, and the position of the headline. */
export interface Layout {
  blocks: Block[];
  titleKey: string;
  headline: Tag | null;
  /** Index of the headline's block; -1 if the headline isn't shown. */
  at: number;
}

export function layOut(page: Page, title: string | null): Layout {
  const blocks = blocksOf(page.tree.root, isHiddenInline).filter((block) => !isPhpMessage(block));
  const titleKey = title ? keyOf(title) : "";
  const at = headlineAt(blocks, titleKey);
  return { blocks, titleKey, headline: blocks[at]?.tag ?? null, at };
}

function isPhpMessage({ text, size }: Block): boolean {
  return size < 600 && SERVER_MESSAGE.test(text);
}

const SERVER_MESSAGE =
  /^(?:PHP )?(?:Deprecated|Warning|Notice|Strict Standards|(?:Catchable |Recoverable )?[Ff]atal error|Parse error): .{1,500} in \S{1,200} on line \d+$/;

function headlineAt(blocks: Block[], titleKey: string): number {
  if (!titleKey) return -1;
  // Compare only lines of similar length.
  const most = titleKey.length * 2 + 120;
  const keys: string[] = [];
  const key = (at: number) => {
    const { length } = blocks[at]?.text ?? "";
    keys[at] ??= length >= titleKey.length && length < most ? keyOf(blocks[at]?.text ?? "") : "";
    return keys[at];
  };
  const same = (at: number) => key(at) === titleKey;
  // The block is longer than the headline if the heading contains a kicker or another line.
  const holds = (at: number) => titleKey.length > 12 && key(at).includes(titleKey);
  const tries: ((block: Block, at: number) => boolean)[] = [
    (block, at) => block.tag.name === "h1" && same(at),
    (block, at) => block.kind === "heading" && same(at),
    (block, at) => block.kind === "heading" && holds(at),
    (_block, at) => same(at),
  ];
  for (const fits of tries) {
    const at = blocks.findIndex(fits);
    if (at >= 0) return at;
  }
  return -1;
}

/** Returns tags, nearest to the headline first. Tags before it count as three times as far. */
export function byDistance(tags: Tag[], headline: Tag | null): { tag: Tag; distance: number }[] {
  const from = headline?.order ?? 0;
  return tags
    .map((tag) => ({
      tag,
      distance: tag.order >= from ? tag.order - from : (from - tag.order) * 3,
    }))
    .toSorted((a, b) => a.distance - b.distance);
}

/**
 * Whether the class or id of the tag or an ancestor contains one of `words`. Checks `levels`
 * elements, but none that contains the headline.
 */
export function isAmong(
  words: Set<string>,
  tag: Tag,
  levels: number,
  headline?: Tag | null,
): boolean {
  return isNamedAround((hint) => hint.hasWord(words), tag, levels, headline);
}

/**
 * Whether `says` is true for the tag or an ancestor. Checks `levels` elements, but none that
 * contains the headline.
 */
export function isNamedAround(
  says: (hint: Hint, tag: Tag) => boolean,
  tag: Tag,
  levels: number,
  headline?: Tag | null,
): boolean {
  let node: Tag | null = tag;
  for (let level = 0; node && node.name !== "body" && level < levels; node = node.parent, level++) {
    if (headline && within(headline, node)) return false;
    if (says(hintOf(node), node)) return true;
  }
  return false;
}

const UNSEEN = /display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01]/i;

export function isHidden(tag: Tag): boolean {
  if (!tag.mayHide) return false;
  const { style } = tag.attribs;
  if ("hidden" in tag.attribs || tag.attribs["aria-hidden"] === "true") return true;
  return style !== undefined && UNSEEN.test(style);
}

function isHiddenInline(tag: Tag): boolean {
  return INLINE.has(tag.name) && (isHidden(tag) || hintOf(tag).hidden);
}
