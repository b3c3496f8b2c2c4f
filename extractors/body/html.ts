import type { Block } from "../dom/blocks.ts";
import { closest, squeeze, Tag, Text } from "../dom/node.ts";
import { absolute } from "../page.ts";

const INLINE_TAGS = new Set("a abbr b code em i kbd mark q s small strong sub sup u".split(" "));
const HTML_ENTITIES: Record<string, string> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[<>&"]/g, (char) => HTML_ENTITIES[char] ?? char);
}

/** Returns HTML with only allowed elements. The only attribute is an http(s) `href`. */
export function htmlOf(blocks: Block[], base: string): string {
  const out: string[] = [];
  let list: string | null = null;
  let row: Tag | null = null;
  const close = () => {
    if (list) out.push(`</${list}>`);
    if (row) out.push("</tr></table>");
    list = null;
    row = null;
  };
  for (const block of blocks) {
    const content = inlineHtml(block, base);
    if (block.kind === "item") {
      const name = ancestor(block.tag, "ol") ? "ol" : "ul";
      if (list !== name) {
        close();
        out.push(`<${name}>`);
        list = name;
      }
      out.push(`<li>${content}</li>`);
    } else if (block.kind === "cell") {
      const own = ancestor(block.tag, "tr");
      if (!row) {
        close();
        out.push("<table><tr>");
      } else if (own !== row) out.push("</tr><tr>");
      row = own ?? block.tag;
      out.push(`<td>${content}</td>`);
    } else {
      close();
      out.push(wrap(block, content));
    }
  }
  close();
  return out.join("\n");
}

function wrap(block: Block, content: string): string {
  if (block.kind === "heading") {
    const level = Math.max(2, Number(block.tag.name[1]));
    return `<h${level}>${content}</h${level}>`;
  }
  if (block.kind === "quote") return `<blockquote><p>${content}</p></blockquote>`;
  if (block.kind === "pre") return `<pre>${content}</pre>`;
  return `<p>${content}</p>`;
}

function inlineHtml(block: Block, base: string): string {
  let out = "";
  const open: { tag: Tag; end: string }[] = [];
  for (const node of block.nodes) {
    const path = inlinePath(node, block.tag);
    let common = 0;
    while (common < open.length && open[common]?.tag === path[common]) common++;
    while (open.length > common) out += open.pop()?.end ?? "";
    for (const tag of path.slice(common)) {
      const { start, end } = markup(tag, base);
      out += start;
      open.push({ tag, end });
    }
    if (node instanceof Text) out += escapeHtml(squeeze(node.data));
    else if (node.name === "br") out += "<br>";
  }
  while (open.length > 0) out += open.pop()?.end ?? "";
  const html = out.trim();
  return withoutOuterBreaks(html);
}

function withoutOuterBreaks(html: string): string {
  let inner = html.replace(/^(?:<br>\s*)+/, "");
  // A pattern anchored at the end would start again at each break.
  while (inner.endsWith("<br>")) inner = inner.slice(0, -4).trimEnd();
  return inner;
}

function inlinePath(node: Text | Tag, block: Tag): Tag[] {
  const path: Tag[] = [];
  for (let tag = node.parent; tag instanceof Tag && tag !== block; tag = tag.parent) {
    if (INLINE_TAGS.has(tag.name)) path.unshift(tag);
  }
  return path;
}

function markup(tag: Tag, base: string): { start: string; end: string } {
  if (tag.name !== "a") return { start: `<${tag.name}>`, end: `</${tag.name}>` };
  const href = absolute(tag.attribs["href"] ?? "", base);
  return href ? { start: `<a href="${escapeHtml(href)}">`, end: "</a>" } : { start: "", end: "" };
}

export function ancestor(tag: Tag, name: string): Tag | null {
  return closest(tag, 8, (one) => one.name === name);
}
