import { findDates } from "../dates/parse.ts";
import type { Block, BlockKind } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { parentOf, type Tag } from "../dom/node.ts";
import { isBylineOrDated, namesIn } from "../names.ts";
import { keyOf, likeness } from "../title-parts.ts";
import { CREDIT, NOTICE, NOTICE_ELSEWHERE, READ_ALSO } from "./cues.ts";

/** What the rules know besides the block itself. */
export interface Surroundings {
  title: string;
  titleKey: string;
  authors: string[];
  /** How many pictures an element holds. */
  pictures: (tag: Tag) => number;
  /** How much text an element holds. */
  size: (tag: Tag) => number;
  /** Whether a block stands between paragraphs of the text. */
  inProse: (block: Block) => boolean;
  /** Whether a block is among the first lines of the text. */
  isEarly: (block: Block) => boolean;
}

/** One reason to leave a line out. */
export interface LineRule {
  name: string;
  when: (block: Block, around: Surroundings) => boolean;
}

/** Lines that are no part of the text wherever they stand. */
export const LINE_RULES: LineRule[] = [
  { name: "no word", when: (block) => !/[\p{L}\p{N}]/u.test(block.text) },
  { name: "caption", when: (block) => block.kind === "caption" },
  { name: "headline again", when: isHeadlineAgain },
  {
    name: "links only",
    when: (block, { inProse }) =>
      isLinkLine(block) && !(inProse(block) && MAY_LINK.has(block.kind)),
  },
  {
    name: "read also",
    when: (block) =>
      block.size < 250 &&
      block.kind !== "heading" &&
      READ_ALSO.test(block.text) &&
      (block.links > 0.25 || block.size < 60 || block.text.endsWith(":")),
  },
  {
    name: "credit",
    when: (block) => block.size < 200 && block.kind !== "item" && CREDIT.test(block.text),
  },
  {
    name: "notice",
    when: (block) => block.size < 350 && block.kind !== "quote" && isNotice(block),
  },
  {
    name: "page number",
    when: ({ kind, text }) => kind === "item" && /^\p{Nd}{1,3}$/u.test(text),
  },
  { name: "clock", when: (block) => CLOCK.test(block.text) },
  {
    name: "date",
    when: (block, { isEarly }) => isEarly(block) && block.size < 60 && isDateLine(block.text),
  },
  {
    name: "byline",
    when: (block, { authors, isEarly }) =>
      isEarly(block) && block.size < 100 && isByline(block, authors),
  },
];

/** Lines that belong to a picture; they are the story where a gallery tells it. */
export const PICTURE_RULES: LineRule[] = [
  { name: "beside a picture", when: isBesidePicture },
  { name: "in a media box", when: isInMediaBox },
];

const CLOCK = /^\d{1,2}[:.h]\d{2}(?:\s?(?:uhr|[ap]\.?m\.?))?$/i;

/** What may be all link between paragraphs: section headings and tables that name their objects. */
const MAY_LINK = new Set<BlockKind>(["heading", "cell"]);

/** Whether a line is next to nothing but links. */
export function isLinkLine(block: Block): boolean {
  return block.links > 0.8 && block.size < (block.links > 0.95 ? 400 : 200);
}

/** The headline, also with its kicker or in other words among the first lines. */
function isHeadlineAgain(block: Block, { title, titleKey, isEarly }: Surroundings): boolean {
  if (block.size > 300 || titleKey === "") return false;
  // Nothing shorter can hold the headline, and only the first lines may say it in other words.
  if (block.text.length < titleKey.length && !isEarly(block)) return false;
  const key = keyOf(block.text);
  if (key === titleKey) return true;
  if (!isEarly(block) || titleKey.length < 15) return false;
  if (key.endsWith(titleKey) && key.length < titleKey.length + 60) return true;
  return block.kind === "heading" && block.size > 20 && likeness(block.text, title) > 0.85;
}

/** Notices say at once what they are for; further on, the same words may be the story's. */
function isNotice(block: Block): boolean {
  return noticeAt(block) < (block.size < 140 ? block.size : 45);
}

/** Whether a block holds a notice anywhere: after the last words of the story that is enough. */
export function holdsNotice(block: Block): boolean {
  return block.size < 350 && block.kind !== "quote" && Number.isFinite(noticeAt(block));
}

const notices = new WeakMap<Block, number>();

/** Where a notice begins; asked several times of a block, and long to look for. */
function noticeAt(block: Block): number {
  let at = notices.get(block);
  if (at === undefined) {
    at = Math.min(indexOf(NOTICE, block.text), indexOf(NOTICE_ELSEWHERE, block.text));
    notices.set(block, at);
  }
  return at;
}

function indexOf(pattern: RegExp, text: string): number {
  const at = text.search(pattern);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** A date with at most a word or two. */
function isDateLine(text: string): boolean {
  const [date] = findDates(text, { dayFirst: true, timezone: "UTC" });
  if (!date) return false;
  const rest = text.replace(date.text, "").match(/\p{L}/gu)?.length ?? 0;
  return rest < 16;
}

function isByline(block: Block, authors: string[]): boolean {
  const text = block.text.toLowerCase();
  const rest = authors.reduce((left, name) => left.replace(name.toLowerCase(), ""), text);
  if (rest.length < text.length && rest.length < 30) return true;
  return (
    isBylineOrDated(block.text) && namesIn(block.text, []).some((name) => name.kind === "person")
  );
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

const MEDIA =
  /^(?:pic|img|image|photo|foto|picture|media|bild|gallery|galerie|carousel|slider|slideshow|video|mediathek)|bild(?:er)?$/;

/** Whether a short block stands in a small box that is named after pictures and holds one. */
function isInMediaBox(block: Block, { pictures, size }: Surroundings): boolean {
  if (block.size > 250) return false;
  let box: Tag | null = parentOf(block.tag);
  for (let level = 0; box && level < 4; box = parentOf(box), level++) {
    if (size(box) > block.size + 200) return false;
    if (pictures(box) > 0 && hintOf(box).words.some((word) => MEDIA.test(word))) return true;
  }
  return false;
}
