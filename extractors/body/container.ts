import { type Block, within } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { closest, LINE_TAGS, Tag } from "../dom/node.ts";
import { sums, worth } from "./lines.ts";

/** The element that contains the article, or several elements if ads split the text. */
interface Container {
  tags: Tag[];
  rule: string;
  prose: number;
}

/**
 * The chosen container, and all `candidates`, which include it. `agreement` is the prose that a
 * candidate and the chosen container have in common, as a share of the larger one's prose, 0 to 1.
 */
export interface Choice extends Container {
  because: string;
  candidates: (Container & { agreement: number })[];
}

/**
 * An element clearly named as a body is chosen only if it has at least this share of the prose;
 * `MIN_STRONG_GROUP_SHARE` is for several such elements, `MIN_WEAK_SHARE` for a vague name.
 */
const MIN_STRONG_SHARE = 0.5;
const MIN_STRONG_GROUP_SHARE = 0.75;
const MIN_WEAK_SHARE = 0.8;

/**
 * The densest container is never one of these elements, because an article is inside one cell or
 * around the whole table.
 */
const TABLE = new Set(["table", "thead", "tbody", "tfoot", "tr"]);

/**
 * For each element, by its `order`: the sum of `worth` over the text blocks in the element.
 * `positive` leaves out blocks whose `worth` is negative.
 */
interface Worth {
  total: Float64Array;
  positive: Float64Array;
}

/**
 * Returns the elements that the page marks or names as the body, if they contain enough prose;
 * otherwise the densest container. Null if no element contains prose.
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

/** Returns how much of the larger container's prose is also in the other container, 0 to 1. */
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
