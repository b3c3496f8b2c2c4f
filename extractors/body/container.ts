import { findDates } from "../../lib/dates.ts";
import { hintOf } from "../dom/hints.ts";
import { type Block, closest, INLINE, LINE_TAGS, Tag, within, words } from "../dom/node.ts";
import type { Tree } from "../dom/tree.ts";
import { isHidden } from "../layout.ts";
import {
  END_MATTER,
  hasSentenceEnd,
  holdsNotice,
  isLinkLine,
  LINE_RULES,
  PICTURE_RULES,
  READ_ALSO,
  type Surroundings,
  sums,
  worth,
} from "./lines.ts";

interface Container {
  tags: Tag[];
  rule: string;
  prose: number;
}

/**
 * The chosen container, and all `candidates`. `agreement` is the share of prose, 0 to 1, that a
 * candidate and the chosen container have in common.
 */
export interface Choice extends Container {
  because: string;
  candidates: (Container & { agreement: number })[];
}

const MIN_STRONG_SHARE = 0.5;
const MIN_STRONG_GROUP_SHARE = 0.75;
const MIN_WEAK_SHARE = 0.8;

/**
 * The densest container is never one of these elements: an article is inside one cell or around the
 * whole table.
 */
const TABLE = new Set(["table", "thead", "tbody", "tfoot", "tr"]);

/**
 * The summed worth of the text blocks in each element, by its `order`. `positive` skips negative
 * worths.
 */
interface Worth {
  total: Float64Array;
  positive: Float64Array;
}

/**
 * Returns the elements that the page marks or names as the body, otherwise the densest container.
 * Null if no element contains prose.
 */
export function findContainer(tags: Tag[], blocks: Block[], headline: Tag | null): Choice | null {
  const worths = new Map(blocks.map((block) => [block, worth(block)]));
  const scores = {
    total: sums(tags, blocks, (block) => worths.get(block) ?? 0),
    positive: sums(tags, blocks, (block) => Math.max(0, worths.get(block) ?? 0)),
  };
  let best = richest(tags, scores);
  if (!best) return null;
  const own = closest(headline, Number.POSITIVE_INFINITY, ({ name }) => name === "article");
  if (own && isOwnArticle(own, best, tags, scores)) {
    best = richest(tags.slice(own.order, own.last + 1), scores) ?? best;
  }
  best = withSiblings(best, own, scores);
  while (LINE_TAGS.has(best.name) || TABLE.has(best.name)) {
    const outer: Tag | null = best.parent;
    if (!outer) break;
    best = outer;
  }
  const whole = scores.positive[best.order] ?? 0;
  const densest = { tags: [best], rule: "densest container", prose: whole };
  const marked = markedBody(tags, best, scores);
  const byName = namedBody(tags, best, scores);
  const won = marked ?? byName ?? densest;
  const share = `${Math.round((won.prose / (whole || 1)) * 100)} % of the prose of the densest container`;
  const because = {
    [densest.rule]: "no element that is marked or named as the body contains enough prose",
    [byName?.rule ?? ""]: `its class or id names the element as the body, and it holds ${share}`,
    [marked?.rule ?? ""]: `the page marks the element as the body, and the element holds ${share}`,
  }[won.rule];
  const candidates = [densest, marked, byName].flatMap((it) => {
    return it ? [{ ...it, agreement: it === won ? 1 : overlap(it, won, scores) }] : [];
  });
  return { ...won, because: because ?? "", candidates };
}

function overlap(one: Container, other: Container, { positive }: Worth): number {
  let shared = 0;
  for (const a of one.tags) {
    for (const b of other.tags) {
      if (within(a, b)) shared += positive[a.order] ?? 0;
      else if (within(b, a)) shared += positive[b.order] ?? 0;
    }
  }
  const larger = Math.max(one.prose, other.prose);
  return larger > 0 ? Math.min(1, shared / larger) : 0;
}

function richest(range: Tag[], { total }: Worth): Tag | null {
  let best: Tag | null = null;
  for (const tag of range) {
    const value = total[tag.order] ?? 0;
    if (value > 0 && (!best || value >= (total[best.order] ?? 0))) best = tag;
  }
  return best;
}

function withSiblings(best: Tag, own: Tag | null, { positive }: Worth): Tag {
  const outer = best.parent;
  if (!outer || best === own || best.name === "article" || best.name === "body") return best;
  let others = 0;
  for (const sibling of outer.children) {
    if (!(sibling instanceof Tag) || sibling === best || sibling.name !== best.name) continue;
    if (sibling.classes === best.classes) others += positive[sibling.order] ?? 0;
  }
  return others > (positive[best.order] ?? 0) * 0.2 ? outer : best;
}

function isOwnArticle(own: Tag, best: Tag, tags: Tag[], { positive }: Worth): boolean {
  const ownProse = positive[own.order] ?? 0;
  const whole = positive[best.order] ?? 0;
  if (within(best, own)) return false;
  if (!within(own, best)) return ownProse > Math.min(600, whole * 0.3);
  if (ownProse > whole * 0.6) return true;
  let others = 0;
  for (const tag of tags.slice(best.order, best.last + 1)) {
    if (tag.name === "article" && !within(tag, own) && !within(own, tag))
      others += positive[tag.order] ?? 0;
  }
  return ownProse > 600 && others > (whole - ownProse) * 0.5;
}

function markedBody(tags: Tag[], best: Tag, scores: Worth): Container | null {
  const proseOf = (tag: Tag) => scores.positive[tag.order] ?? 0;
  const marked = tags.filter((tag) => tag.itemprop?.toLowerCase() === "articlebody");
  const body = richest(marked, scores);
  if (!body || proseOf(body) < Math.min(200, proseOf(best) * 0.3)) return null;
  const parts = marked.filter(
    (tag) =>
      proseOf(tag) > proseOf(body) * 0.1 &&
      !marked.some((other) => other !== tag && within(tag, other)),
  );
  const prose = parts.reduce((sum, tag) => sum + proseOf(tag), 0);
  return { tags: parts, rule: "itemprop=articleBody", prose };
}

function namedBody(tags: Tag[], best: Tag, { positive }: Worth): Container | null {
  const whole = positive[best.order] ?? 0;
  const groups = new Map<string, { tags: Tag[]; prose: number; strong: boolean }>();
  for (const tag of tags.slice(best.order, best.last + 1)) {
    const { body } = hintOf(tag);
    if (!body || LINE_TAGS.has(tag.name)) continue;
    const key = tag.classes ?? tag.id ?? "";
    const group = groups.get(key) ?? { tags: [], prose: 0, strong: body === "strong" };
    if (group.tags.some((other) => within(tag, other))) continue;
    group.tags.push(tag);
    group.prose += positive[tag.order] ?? 0;
    groups.set(key, group);
  }
  let found: { tags: Tag[]; prose: number; strong: boolean } | null = null;
  for (const group of groups.values()) {
    const least = !group.strong
      ? MIN_WEAK_SHARE
      : group.tags.length > 1
        ? MIN_STRONG_GROUP_SHARE
        : MIN_STRONG_SHARE;
    if (group.prose < whole * least) continue;
    // Deeper elements come later. They win unless they lack text of the outer element.
    if (!found || group.prose >= found.prose * 0.9) found = group;
  }
  return (
    found && {
      tags: found.tags.filter((tag) => (positive[tag.order] ?? 0) > 0),
      rule: "named container",
      prose: found.prose,
    }
  );
}

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
  const remaining = withoutReadAlso(
    withoutEarlyDuplicates(sizeOf(apart) < sizeOf(lines) * 0.3 ? lines : apart),
  );
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

function withoutReadAlso(blocks: Block[]): Block[] {
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

function withoutEarlyDuplicates(blocks: Block[]): Block[] {
  const seen = new Set<string>();
  return blocks.filter(({ text, size }, at) => {
    // A later repetition can be intentional.
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
  return isDated(block) || !hasSentenceEnd(block.text);
}

function isDated(block: Block): boolean {
  return findDates(block.text).length > 0;
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
      (block.kind === "text" && block.size < 80 && (!hasSentenceEnd(block.text) || isDated(block)));
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

const BOILERPLATE_TAGS = new Set(["nav", "footer", "aside", "form", "header", "menu", "address"]);
const ROLES = words(
  "navigation complementary banner contentinfo search dialog alertdialog alert menu menubar toolbar tablist form tooltip",
);

/** Returns a flag for each element, by its `order`: 1 if it or an element around it is dropped. */
export function markDropped(
  { root, tags }: Tree,
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

const WEB_ARCHIVE_ID = /^(?:wm-ipp|wm_|wb[-_]|wayback|archive-?it)/i;

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
