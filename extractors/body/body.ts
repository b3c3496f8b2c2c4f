import type { Evidence } from "../../model/article.ts";
import type { Tag } from "../dom/tree.ts";
import type { Page } from "../page.ts";
import { keyOf } from "../title-parts.ts";
import { type Block, blocksOf, within } from "./blocks.ts";
import { findContainer } from "./container.ts";
import { reasonToDrop } from "./drop.ts";
import { htmlOf } from "./html.ts";
import { sums } from "./score.ts";

/** The body of an article: its blocks, their text and HTML. */
export interface Body {
  blocks: Block[];
  text: string;
  html: string;
  evidence: Evidence;
}

const NEVER = () => false;

/** What a page's text is made of: the article's body (null where there is none) and all that a reader sees. */
export interface Reading {
  body: Body | null;
  visible: string;
  /** Share of the visible text that is links. */
  links: number;
}

/** Finds the article's body in a page; a source's own selectors come before every rule. */
export function readBody(
  page: Page,
  title: string | null,
  own?: { containers: Tag[]; remove: Tag[] },
): Reading {
  const root = page.tags("body")[0] ?? page.tags("html")[0] ?? page.tree.tags[0];
  if (!root) return { body: null, visible: "", links: 0 };
  const { tags } = page.tree;
  const all = blocksOf(root, NEVER);
  const prose = sums(tags, all, (block) =>
    block.size >= 60 && block.links < 0.4 ? block.size : 0,
  );
  const whole = prose[root.order] || 1;
  const dropped = new Uint8Array(tags.length);
  for (const tag of own?.remove ?? []) dropped.fill(1, tag.order, tag.last + 1);
  if (own?.containers.length)
    return { ...seenIn(all), body: selectedBody(page, own.containers, dropped) };
  for (const tag of tags) {
    if (dropped[tag.order] || !within(tag, root)) continue;
    if (reasonToDrop(tag, (prose[tag.order] ?? 0) / whole))
      dropped.fill(1, tag.order, tag.last + 1);
  }
  const blocks = blocksOf(root, (tag) => dropped[tag.order] === 1);
  const container = findContainer(tags, blocks);
  if (!container) return { ...seenIn(all), body: null };
  const kept = blocks.filter((block) => within(block.tag, container.tag) && isBody(block, title));
  const evidence = { rule: container.rule, seen: place(container.tag), confidence: 0.8 };
  return { ...seenIn(all), body: kept.length > 0 ? bodyOf(kept, page.base, evidence) : null };
}

function selectedBody(page: Page, containers: Tag[], dropped: Uint8Array): Body | null {
  const outer = containers.filter(
    (tag) => !containers.some((other) => other !== tag && within(tag, other)),
  );
  const blocks = outer.flatMap((tag) => blocksOf(tag, (inner) => dropped[inner.order] === 1));
  const kept = blocks.filter((block) => block.kind !== "caption");
  if (kept.length === 0) return null;
  return bodyOf(kept, page.base, {
    rule: "select",
    seen: outer.map(place).join(", "),
    confidence: 1,
  });
}

function seenIn(blocks: Block[]): { visible: string; links: number } {
  let size = 0;
  let linked = 0;
  for (const block of blocks) {
    size += block.size;
    linked += block.size * block.links;
  }
  return {
    visible: blocks
      .slice(0, 60)
      .map((block) => block.text)
      .join(" ")
      .slice(0, 8000),
    links: size > 0 ? linked / size : 0,
  };
}

/** Blocks put together as text and HTML. */
export function bodyOf(blocks: Block[], base: string, evidence: Evidence): Body {
  const text = blocks.map((block) => block.text).join("\n\n");
  return { blocks, text, html: htmlOf(blocks, base), evidence };
}

function isBody(block: Block, title: string | null): boolean {
  if (block.kind === "caption") return false;
  if (block.links > 0.8 && block.size < 200) return false;
  return !(block.kind === "heading" && title && keyOf(block.text) === keyOf(title));
}

function place(tag: Tag): string {
  const { id, class: classes } = tag.attribs;
  return `${tag.name}${id ? `#${id}` : ""}${classes ? `.${classes.trim().split(/\s+/).join(".")}` : ""}`;
}
