import { findDates } from "../dates/parse.ts";
import { parentOf, type Tag } from "../dom/tree.ts";
import { keyOf } from "../title-parts.ts";
import type { Block, BlockKind } from "./blocks.ts";
import { CREDIT, END_MATTER, NOTICE, NOTICE_ELSEWHERE, READ_ALSO } from "./cues.ts";
import { isSentence } from "./score.ts";

/** What the rules know besides the block itself. */
export interface Surroundings {
  titleKey: string;
  authors: string[];
  /** How many pictures an element holds. */
  pictures: (tag: Tag) => number;
  /** How much text an element holds. */
  size: (tag: Tag) => number;
  /** Whether a block stands between paragraphs of the text. */
  inProse: (block: Block) => boolean;
}

interface Rule {
  name: string;
  when: (block: Block, around: Surroundings) => boolean;
}

/** Lines that are no part of the text wherever they stand. */
const ANYWHERE: Rule[] = [
  { name: "caption", when: (block) => block.kind === "caption" },
  {
    name: "headline again",
    when: (block, { titleKey }) => block.size < 300 && keyOf(block.text) === titleKey,
  },
  {
    name: "links only",
    when: (block, { inProse }) =>
      isLinkLine(block) && !(inProse(block) && MAY_LINK.has(block.kind)),
  },
  {
    name: "read also",
    when: (block) =>
      block.size < 250 &&
      READ_ALSO.test(block.text) &&
      (block.links > 0.25 || block.size < 60 || block.text.endsWith(":")),
  },
  {
    name: "credit",
    when: (block) => block.size < 200 && block.kind !== "item" && CREDIT.test(block.text),
  },
  {
    name: "notice",
    when: (block) =>
      block.size < 350 &&
      block.kind !== "quote" &&
      (NOTICE.test(block.text) || NOTICE_ELSEWHERE.test(block.text)),
  },
  {
    name: "clock",
    when: (block) => /^\d{1,2}[:.h]\d{2}(?:\s?(?:uhr|[ap]\.?m\.?))?$/i.test(block.text),
  },
  { name: "beside a picture", when: isBesidePicture },
];

/** What may be all link between paragraphs: section headings and tables that name their objects. */
const MAY_LINK = new Set<BlockKind>(["heading", "cell"]);

function isLinkLine(block: Block): boolean {
  return block.links > 0.8 && block.size < (block.links > 0.95 ? 400 : 200);
}

/** Leaves out what is no text of the article: single lines, then scraps before its start and after its end. */
export function trim(blocks: Block[], known: Omit<Surroundings, "inProse">): Block[] {
  const around = { ...known, inProse: between(blocks) };
  let kept = blocks.filter((block) => !ANYWHERE.some((rule) => rule.when(block, around)));
  // The story of a picture gallery is told beside the pictures.
  const told = blocks.filter((block) => block.links < 0.4 && block.kind !== "caption");
  if (sizeOf(kept) < sizeOf(told) * 0.3) {
    const others = ANYWHERE.filter((rule) => rule.when !== isBesidePicture);
    kept = blocks.filter((block) => !others.some((rule) => rule.when(block, around)));
  }
  const from = firstProse(kept);
  const head = kept
    .slice(0, from)
    .filter((block, at) => !isScrap(block) && (block.kind !== "heading" || at === from - 1));
  return trimEnd([...head, ...kept.slice(from)], around);
}

/** Blocks between paragraphs that don't stand in a row of link lines. */
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

function firstProse(blocks: Block[]): number {
  const at = blocks.findIndex(isProse);
  return at === -1 ? 0 : at;
}

function isScrap(block: Block): boolean {
  if (block.size >= 80 || block.kind === "heading") return false;
  if (findDates(block.text, { dayFirst: true, timezone: "UTC" }).length > 0) return true;
  return !isSentence(block.text);
}

function trimEnd(blocks: Block[], { authors }: Surroundings): Block[] {
  let end = blocks.length;
  // What follows the end, where it is the last quarter at most.
  const about = blocks.findIndex((block) => block.size < 150 && END_MATTER.test(block.text));
  if (about > 0 && sizeOf(blocks.slice(about)) < sizeOf(blocks) * 0.25) end = about;
  while (end > 1) {
    const block = blocks[end - 1];
    if (!block) break;
    const scrap =
      block.kind === "heading" ||
      (block.kind === "text" && block.size < 60 && !isSentence(block.text));
    if (!scrap && !isBiography(block, authors)) break;
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

/** Whether a short block shares a small box with a picture and nothing else. */
function isBesidePicture(block: Block, { pictures, size }: Surroundings): boolean {
  if (block.size > 250 || block.kind !== "text" || block.tag.name === "p") return false;
  let box: Tag | null = block.tag;
  for (let level = 0; box && level < 3; box = parentOf(box), level++) {
    if (size(box) > block.size + 120) return false;
    if (pictures(box) > 0) return true;
  }
  return false;
}
