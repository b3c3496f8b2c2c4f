import type { Evidence } from "../../model/article.ts";
import type { Tag } from "../dom/tree.ts";
import { textIn } from "../jsonld.ts";
import type { Page } from "../page.ts";
import { keyOf } from "../title-parts.ts";
import { type Block, blocksOf, within } from "./blocks.ts";
import { findContainer } from "./container.ts";
import { isHiddenInline, markDropped } from "./drop.ts";
import { htmlOf } from "./html.ts";
import { leadBlocks } from "./lead.ts";

/** The body of an article: its blocks, their text and HTML. */
export interface Body {
  blocks: Block[];
  text: string;
  html: string;
  evidence: Evidence;
}

/** What a page's text is made of: the article's body (null where there is none) and all that a reader sees. */
export interface Reading {
  body: Body | null;
  visible: string;
  /** Share of the visible text that is links. */
  links: number;
}

/** Finds the article's body in a page; a source's own selectors come before every rule. */
export function readBody(page: Page, title: string | null, own?: Own): Reading {
  const root = page.tags("body")[0] ?? page.tags("html")[0] ?? page.tree.tags[0];
  if (!root) return { body: null, visible: "", links: 0 };
  const all = blocksOf(root, isHiddenInline);
  const dropped = markDropped(page.tree.tags, root, all);
  for (const tag of own?.remove ?? []) dropped.fill(1, tag.order, tag.last + 1);
  const body = own?.containers.length
    ? selectedBody(page, own.containers, own.remove)
    : foundBody(page, title, all, dropped);
  return { ...seenIn(all), body };
}

/** Elements that a source's selectors name. */
interface Own {
  containers: Tag[];
  remove: Tag[];
}

function foundBody(
  page: Page,
  title: string | null,
  all: Block[],
  dropped: Uint8Array,
): Body | null {
  const titleKey = title ? keyOf(title) : "";
  const headline =
    all.find((block) => titleKey !== "" && keyOf(block.text) === titleKey)?.tag ?? null;
  const blocks = all.filter((block) => !dropped[block.tag.order]);
  const container = findContainer(page.tree.tags, blocks, headline);
  if (!container) return null;
  const kept = blocks.filter(
    (block) => within(block.tag, container.tag) && isBody(block, titleKey),
  );
  const [start] = kept;
  if (!start) return null;
  const lead = leadBlocks(all, headline, start, descriptionsOf(page));
  const evidence = { rule: container.rule, seen: place(container.tag), confidence: 0.8 };
  return bodyOf([...lead, ...kept], page.base, evidence);
}

function descriptionsOf(page: Page): string[] {
  const ld = textIn(page.article?.["description"]);
  return [...(ld ? [ld] : []), ...page.meta("og:description"), ...page.meta("description")];
}

function selectedBody(page: Page, containers: Tag[], remove: Tag[]): Body | null {
  const outer = containers.filter(
    (tag) => !containers.some((other) => other !== tag && within(tag, other)),
  );
  const blocks = outer.flatMap((tag) => blocksOf(tag, (inner) => remove.includes(inner)));
  const kept = blocks.filter((block) => block.kind !== "caption");
  if (kept.length === 0) return null;
  const seen = outer.map(place).join(", ");
  return bodyOf(kept, page.base, { rule: "select", seen, confidence: 1 });
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

function isBody(block: Block, titleKey: string): boolean {
  if (block.kind === "caption") return false;
  if (block.links > 0.8 && block.size < 200) return false;
  return !(block.kind === "heading" && keyOf(block.text) === titleKey);
}

function place(tag: Tag): string {
  const { id, class: classes } = tag.attribs;
  return `${tag.name}${id ? `#${id}` : ""}${classes ? `.${classes.trim().split(/\s+/).join(".")}` : ""}`;
}
