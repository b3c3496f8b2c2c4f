import { type Block, blocksOf, scriptOf, words } from "../dom/node.ts";
import { parseTree } from "../dom/tree.ts";
import { firstValue, isNode, list, type Page, parseLoose, textIn } from "../page.ts";
import { escapeHtml } from "./lines.ts";

/** Text that a page contains for scripts, for machines, or for browsers without scripts. */
export interface Embedded {
  rule: string;
  blocks: Block[];
  size: number;
}

const MAX_SCRIPT_CHARS = 3_000_000;
const MAX_VALUES = 60_000;

/** Returns the text in JSON-LD or, if that is short, a longer text in the page's script data. */
export function embeddedBody(page: Page): Embedded | null {
  const stated = fromHtml("json-ld articleBody", articleBodies(page));
  if (stated && stated.size > 400) return stated;
  let best: string[] = [];
  for (const value of states(page)) {
    const found = longestText(value);
    if (sizeOf(found) > sizeOf(best)) best = found;
  }
  const state = fromHtml("embedded state", best);
  return state && state.size > (stated?.size ?? 0) ? state : stated;
}

/** Returns the longest `noscript` text, without leading headings; null if there is none. */
export function noscriptBody(page: Page): Embedded | null {
  let best: Embedded | null = null;
  for (const tag of page.tags("noscript")) {
    const blocks = blocksOf(tag, () => false, NO_TEXT);
    const from = blocks.findIndex((block) => block.kind !== "heading");
    if (from < 0) continue;
    const text = blocks.slice(from);
    const size = text.reduce((sum, block) => sum + block.size, 0);
    if (size > (best?.size ?? 0)) best = { rule: "noscript", blocks: text, size };
  }
  return best;
}

const NO_TEXT = words("script style template iframe object svg form nav footer");

function articleBodies(page: Page): string[] {
  const article = page.article;
  if (!article) return [];
  const entries = list(article["liveBlogUpdate"]).filter(isNode);
  return [article, ...entries].flatMap((node) => textOrNull(node["articleBody"]));
}

function textOrNull(value: unknown): string[] {
  // In plain text, line breaks separate paragraphs: use the string unchanged.
  if (typeof value === "string") return [value];
  const text = textIn(value);
  return text ? [text] : [];
}

function* states(page: Page): Generator {
  for (const script of page.tags("script")) {
    const type = script.attribs["type"] ?? "";
    if (/ld\+json/i.test(type) || script.attribs["src"]) continue;
    const text = scriptOf(script);
    if (text.length < 300 || text.length > MAX_SCRIPT_CHARS) continue;
    const json = /json/i.test(type) ? text : objectIn(text);
    if (json) yield parseLoose(json);
  }
}

function objectIn(script: string): string | null {
  const start = /[=(]\s*(?=[{[])/.exec(script.slice(0, 2000));
  return start && firstValue(script, start.index + start[0].length);
}

const PROSE = /[.!?。！？]["'”’»)]*(?:\s|<|$)/;
const TWO_PARAGRAPHS = /<p[ >].{60,}<p[ >]/s;
const NOT_TEXT = /^(?:https?:|\/|data:|\{|\[|function\b|<svg|<style)/;
const OTHER_KEYS =
  /alt|caption|url|src|href|css|style|script|legal|privacy|cookie|seo|meta|comment|bio|related/i;

function longestText(root: unknown): string[] {
  let best: string[] = [];
  let seen = 0;
  const todo: { value: unknown; key: string; into: string[][] }[] = [
    { value: root, key: "", into: [] },
  ];
  while (todo.length > 0 && ++seen < MAX_VALUES) {
    const { value, key, into } = todo.pop() ?? { value: null, key: "", into: [] };
    if (typeof value === "string") {
      if (value.length < 60 || NOT_TEXT.test(value) || !PROSE.test(value) || OTHER_KEYS.test(key))
        continue;
      const isWhole = value.length > 400 || TWO_PARAGRAPHS.test(value);
      if (isWhole && value.length > sizeOf(best)) best = [value];
      for (const texts of into) {
        texts.push(value);
        if (texts.length > 1 && sizeOf(texts) > sizeOf(best)) best = texts;
      }
    } else if (typeof value === "object" && value !== null) {
      // A string counts for the three closest lists around it.
      const own = Array.isArray(value) ? [...into.slice(-2), []] : into;
      for (const [name, inner] of Object.entries(value).toReversed()) {
        todo.push({ value: inner, key: Array.isArray(value) ? key : name, into: own });
      }
    }
  }
  return best;
}

function sizeOf(texts: string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function fromHtml(rule: string, texts: string[]): Embedded | null {
  if (texts.length === 0) return null;
  const html = texts
    .map((text) => (/<(?:p|br|div|h\d|li)\b/i.test(text) ? text : paragraphs(text)))
    .join("\n");
  const blocks = blocksOf(parseTree(html).root, () => false);
  return { rule, blocks, size: blocks.reduce((sum, block) => sum + block.size, 0) };
}

function paragraphs(text: string): string {
  const parts = text.split(/\n\s*\n|\r?\n/).filter((part) => part.trim());
  return parts.map((part) => `<p>${/<\w|&\w+;/.test(part) ? part : escapeHtml(part)}</p>`).join("");
}
