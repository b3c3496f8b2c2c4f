import { decodeHTML } from "entities";
import { EXTRACT_BOUNDS } from "../config/limits.ts";
import { fold } from "./dom/node.ts";

export type LdNode = Record<string, unknown>;

const MAX_NODES = EXTRACT_BOUNDS.jsonld;

/** Parses JSON despite comment marks, raw line breaks or surplus commas; null if that fails. */
export function parseLoose(text: string): unknown {
  const trimmed = text.trim().replace(/^(?:<!--|\/\/\s*<!\[CDATA\[|<!\[CDATA\[|\/\*)+/, "");
  for (const repair of [(it: string) => it, repaired, (it: string) => firstValue(repaired(it))]) {
    try {
      return JSON.parse(repair(trimmed));
    } catch {
      // The next repair can help.
    }
  }
  return null;
}

function repaired(text: string): string {
  return text
    .replace(/(?:-->|\/\/\s*\]\]>|\]\]>|\*\/|;)\s*$/, "")
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\\(?!["\\/bfnrtu])/g, "\\\\")
    .replace(/,\s*([}\]])/g, "$1");
}

function firstValue(text: string): string {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "{" || token === "[") depth++;
    else if ((token === "}" || token === "]") && --depth === 0) return text.slice(0, index + 1);
  }
  return text;
}

/** Returns the type, headline and dates in irreparable JSON; null if it finds too little. */
function salvaged(text: string): LdNode | null {
  const node: LdNode = {};
  for (const [, key = "", value] of text.matchAll(SALVAGED)) node[key] ??= value;
  return node["headline"] || node["datePublished"] ? node : null;
}

const SALVAGED =
  /"(@type|headline|datePublished|dateModified)"\s*:\s*["']((?:[^"'\\]|\\.|(?<=\p{L})['"](?=\p{L}))+)["']\s*[,}]/gu;

/** Returns the objects in JSON-LD texts that have a `@type`, outer objects before inner ones. */
export function readNodes(texts: string[]): LdNode[] {
  const nodes: LdNode[] = [];
  let todo: unknown[] = texts.map((text) => parseLoose(text) ?? salvaged(text));
  for (let seen = 0; todo.length > 0 && seen < MAX_NODES; ) {
    const next: unknown[] = [];
    for (const value of todo) {
      if (++seen > MAX_NODES) break;
      if (Array.isArray(value)) next.push(...value.slice(0, 200));
      else if (isNode(value)) {
        if (value["@type"]) nodes.push(value);
        for (const inner of Object.values(value)) {
          if (typeof inner === "object" && inner) next.push(inner);
        }
      }
    }
    todo = next;
  }
  return nodes;
}

export function isNode(value: unknown): value is LdNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a node's types without the vocabulary's URL, such as `NewsArticle`. */
export function typesOf(node: LdNode): string[] {
  return list(node["@type"]).flatMap((type) =>
    typeof type === "string" ? [type.replace(/^.*[/#:]/, "")] : [],
  );
}

export function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * Follows a reference: returns the node that has the `@id` of `value` and one of `keys`. Returns
 * `value` if there is no such node, or if `value` has one of `keys` itself.
 */
export function resolve(value: unknown, nodes: LdNode[], ...keys: string[]): unknown {
  const holds = (node: LdNode) => keys.some((key) => node[key]);
  if (!isNode(value) || !value["@id"] || holds(value)) return value;
  return nodes.find((node) => node["@id"] === value["@id"] && holds(node)) ?? value;
}

export function textIn(value: unknown, ...keys: string[]): string | null {
  for (const item of list(value)) {
    if (typeof item === "string" && item.trim()) return decode(item);
    if (typeof item === "number") return String(item);
    if (!isNode(item)) continue;
    for (const key of [...keys, "@value"]) {
      const inner = item[key];
      if (typeof inner === "string" && inner.trim()) return decode(inner);
    }
  }
  return null;
}

export function decode(text: string): string {
  if (!/&#?\w{2,8};/.test(text)) return fold(text);
  const once = decodeHTML(text);
  return fold(/&#?\w{2,8};/.test(once) ? decodeHTML(once) : once);
}

const ARTICLE =
  /(?:Article|BlogPosting|LiveBlogPosting|^Posting|SocialMediaPosting|Report|Review|NewsStory)$/;

function isArticle(node: LdNode): boolean {
  return typesOf(node).some((type) => ARTICLE.test(type) && type !== "ClaimReview");
}

/** Whether a node is a review of something. A fact check isn't: it is an article of its site. */
export function isReview(node: LdNode): boolean {
  const types = typesOf(node).filter((type) => ARTICLE.test(type) && type !== "ClaimReview");
  return types.length > 0 && types.every((type) => type.endsWith("Review"));
}

/**
 * Returns the article with one of `urls` if it has a headline or name, otherwise another article
 * that has either, otherwise any article. A review with neither headline nor publisher can be a
 * customer's, so it needs one of `urls`.
 */
export function mainArticle(nodes: LdNode[], urls: string[]): LdNode | null {
  const articles = nodes.filter(isArticle);
  const wanted = urls.map(bare);
  const own = articles.find((node) =>
    [node["url"], node["@id"], node["mainEntityOfPage"]].some((value) => {
      const address = textIn(value, "@id", "url");
      return address !== null && wanted.includes(bare(address));
    }),
  );
  const withText = (node: LdNode) => Boolean(node["headline"] ?? node["name"]);
  if (own && withText(own)) return own;
  const others = articles.filter(
    (node) => !isReview(node) || node["headline"] || node["publisher"],
  );
  return others.find(withText) ?? own ?? others[0] ?? null;
}

export function bare(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\/(?:www\.)?/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
}
