import { findDates } from "../dates/parse.ts";
import type { Block } from "../dom/blocks.ts";
import {
  END_MATTER,
  holdsNotice,
  isLinkLine,
  isSentence,
  LINE_RULES,
  PICTURE_RULES,
  READ_ALSO,
  type Surroundings,
} from "./lines.ts";

/** Bylines and repeated headlines occur in these first blocks. */
const EARLY_BLOCK_COUNT = 8;

export function trim(blocks: Block[], known: Omit<Surroundings, "inProse" | "isEarly">): Block[] {
  const early = new Set(blocks.slice(0, EARLY_BLOCK_COUNT));
  const around = {
    ...known,
    inProse: between(blocks),
    isEarly: (block: Block) => early.has(block),
  };
  const lines = blocks.filter((block) => !LINE_RULES.some((rule) => rule(block, around)));
  const apart = lines.filter((block) => !PICTURE_RULES.some((rule) => rule(block, around)));
  // In a gallery, the lines beside the pictures are the story.
  const remaining = withoutDetours(once(sizeOf(apart) < sizeOf(lines) * 0.3 ? lines : apart));
  const from = Math.max(0, remaining.findIndex(isProse));
  const head = remaining
    .slice(0, from)
    .filter((block, at) => !isScrap(block) && (block.kind !== "heading" || at === from - 1));
  return trimEnd([...head, ...remaining.slice(from)], known.authors);
}

export function trimLead(
  blocks: Block[],
  known: Omit<Surroundings, "inProse" | "isEarly">,
): Block[] {
  const around = { ...known, inProse: () => true, isEarly: () => true };
  return blocks.filter((block) => !LINE_RULES.some((rule) => rule(block, around)));
}

/** Removes headings such as "Read also", and the links to other articles below them. */
function withoutDetours(blocks: Block[]): Block[] {
  const remaining: Block[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const block = blocks[at];
    if (!block) break;
    const level = levelOf(block);
    if (level === 0 || block.size >= 60 || !READ_ALSO.test(block.text)) {
      remaining.push(block);
      continue;
    }
    let end = at + 1;
    let cards = 0;
    for (; end < blocks.length; end++) {
      const own = levelOf(blocks[end]);
      if (own > 0 && own <= level) break;
      if (own > 0) cards++;
    }
    // Cards have a heading and one or two lines each; with more lines, the article continues below.
    if (cards > 1 && end - at - 1 <= cards * 2.5) at = end - 1;
  }
  return remaining;
}

function levelOf(block: Block | undefined): number {
  return block?.kind === "heading" ? Number(block.tag.name[1]) : 0;
}

/** Removes duplicates among the first paragraphs only: a later repetition can be intentional. */
function once(blocks: Block[]): Block[] {
  const seen = new Set<string>();
  return blocks.filter(({ text, size }, at) => {
    if (size < 60 || at > EARLY_BLOCK_COUNT * 2) return true;
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

function between(blocks: Block[]): (block: Block) => boolean {
  const from = blocks.findIndex(isProse);
  const to = blocks.findLastIndex(isProse);
  const isLink = (block: Block | undefined) => block !== undefined && isLinkLine(block);
  const inside = blocks.filter(
    (block, at) =>
      at > from &&
      at < to &&
      (block.kind === "cell" || !(isLink(blocks[at - 1]) || isLink(blocks[at + 1]))),
  );
  const set = new Set(inside);
  return (block) => from >= 0 && set.has(block);
}

function isProse(block: Block): boolean {
  return block.size >= 80 && block.kind !== "heading" && block.links < 0.4;
}

function isScrap(block: Block): boolean {
  if (block.size >= 80 || block.kind === "heading") return false;
  return isDated(block) || !isSentence(block.text);
}

function isDated(block: Block): boolean {
  return findDates(block.text, { dayFirst: true, timezone: "UTC" }).length > 0;
}

function trimEnd(blocks: Block[], authors: string[]): Block[] {
  let end = blocks.length;
  // Cut what follows the end of the article if it is less than a quarter of the text.
  const after = blocks.findIndex((block) => block.size < 200 && END_MATTER.test(block.text));
  if (after > 0 && sizeOf(blocks.slice(after)) < sizeOf(blocks) * 0.25) end = after;
  while (end > 1) {
    const block = blocks[end - 1];
    if (!block) break;
    const scrap =
      block.kind === "heading" ||
      (block.kind === "text" && block.size < 80 && (!isSentence(block.text) || isDated(block)));
    if (!scrap && !holdsNotice(block) && !isBiography(block, authors)) break;
    end--;
  }
  return blocks.slice(0, end);
}

function sizeOf(blocks: Block[]): number {
  return blocks.reduce((sum, block) => sum + block.size, 0);
}

function isBiography({ text, size }: Block, authors: string[]): boolean {
  if (size > 700) return false;
  const start = text.slice(0, 120).toLowerCase();
  return authors.some((name) => name.length > 5 && start.startsWith(name.toLowerCase()));
}
