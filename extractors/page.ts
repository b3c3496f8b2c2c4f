import { decodeHTML } from "entities";
import { EXTRACT_BOUNDS } from "../config/limits.ts";
import { httpUrl, parseUrl } from "../lib/text.ts";
import { fold, scriptOf, type Tag, textOf } from "./dom/node.ts";
import { parseTree, type Tree } from "./dom/tree.ts";

/** The extraction rules' input: a parsed page with indexes of its tags, `meta` and JSON-LD. */
export interface Page {
  /** The page's URL; for an archived copy, the original URL. */
  url: string;
  base: string;
  now: Date;
  tree: Tree;
  tags: (name: string) => Tag[];
  /** Returns the contents of `meta` tags by lower-case name, property, itemprop or http-equiv. */
  meta: (name: string) => string[];
  /** Returns the `link` elements with an http(s) URL and this lower-case word in `rel`. */
  links: (rel: string) => { href: string; tag: Tag }[];
  /** Returns the tags with this word in `itemprop`. The word must be in lower case. */
  props: (name: string) => Tag[];
  ld: LdNode[];
  /** The JSON-LD node of the page's own article; null if there is none. */
  article: LdNode | null;
  headTitle: string | null;
}

export function openPage(input: { html: string; url: string; now: Date }): Page {
  const tree = parseTree(withoutMojibake(input.html));
  const names = new Map<string, Tag[]>();
  const contents = new Map<string, string[]>();
  const rels = new Map<string, { href: string; tag: Tag }[]>();
  const props = new Map<string, Tag[]>();
  for (const tag of tree.tags) {
    push(names, tag.name, tag);
    if (tag.name === "meta") indexMeta(contents, tag);
  }
  for (const tag of tree.marked) {
    const prop = tag.itemprop ?? "";
    for (const word of prop.toLowerCase().split(/\s+/)) if (word) push(props, word, tag);
  }
  const base = absolute(names.get("base")?.[0]?.attribs["href"] ?? "", input.url) ?? input.url;
  for (const tag of names.get("link") ?? []) {
    const href = absolute(tag.attribs["href"] ?? "", base);
    if (!href) continue;
    for (const rel of (tag.rel ?? "").toLowerCase().split(/\s+/)) push(rels, rel, { href, tag });
  }
  const scripts = names.get("script") ?? [];
  const ld = readNodes(
    scripts.filter((tag) => /ld\+json/i.test(tag.attribs["type"] ?? "")).map(scriptOf),
  );
  const url = unarchived(input.url);
  const own = [url, ...(rels.get("canonical") ?? []).map((link) => link.href)];
  const head = (names.get("title") ?? []).map((tag) => textOf(tag, 1000)).find(Boolean);
  return {
    url,
    base,
    now: input.now,
    tree,
    tags: (name) => names.get(name) ?? [],
    meta: (name) => contents.get(name) ?? [],
    links: (rel) => rels.get(rel) ?? [],
    props: (name) => props.get(name) ?? [],
    ld,
    article: mainArticle(ld, own),
    headTitle: head ? decode(head) : null,
  };
}

/** Returns a function that reads the contents of a page's `meta` tags with these names. */
export function metas(...names: string[]): (page: Page) => string[] {
  return (page) => names.flatMap(page.meta);
}

function indexMeta(contents: Map<string, string[]>, tag: Tag): void {
  const content = decode(tag.attribs["content"] ?? tag.attribs["value"] ?? "");
  if (!content) return;
  const names = new Set<string>();
  for (const key of ["property", "name", "itemprop", "http-equiv"]) {
    const name = tag.attribs[key]?.trim().toLowerCase();
    if (name) names.add(name);
  }
  for (const name of names) push(contents, name, content);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** Returns `href` resolved against `base`; null if the result isn't an http(s) URL. */
export function absolute(href: string, base: string): string | null {
  const trimmed = href.trim();
  return trimmed ? httpUrl(trimmed, base) : null;
}

/** Returns the original URL of a copy in a web archive (`/web/2019/http://...`), else `url`. */
export function unarchived(url: string): string {
  const [, original] =
    /\/(?:web|wayback)\/\d{4,14}(?:[a-z]{2}_)?\/(https?:\/\/.+)$/.exec(url) ?? [];
  return original && URL.canParse(original) ? original : url;
}

/** Returns a URL's host without `www.`; empty if the URL can't be parsed. */
export function hostOf(url: string): string {
  return parseUrl(url)?.hostname.replace(/^www\./, "") ?? "";
}

/** Whether a URL is a site's home page, or the home page of one language, such as `/fr/`. */
export function isHomeUrl(url: string): boolean {
  const parsed = parseUrl(url);
  if (!parsed) return false;
  const { pathname, searchParams } = parsed;
  const counted = [...searchParams.keys()].every((key) => /^(?:utm_|ref$|fbclid$)/.test(key));
  return (
    counted &&
    /^\/(?:[a-z]{2}(?:-[a-z]{2})?\/?)?(?:(?:index|home|start)(?:\.\w+|\/)?)?$/i.test(pathname)
  );
}

/** A character's index is its byte minus 0x80. */
const CP1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const TAIL = `[\\u0080-\\u00bf${CP1252}]`;

const MOJIBAKE = new RegExp(
  `[\\u00c2-\\u00df]${TAIL}|[\\u00e0-\\u00ef]${TAIL}{2}|[\\u00f0-\\u00f4]${TAIL}{3}`,
  "g",
);

const MOJIBAKE_PUNCTUATION = /\u00e2(?:\u0080[\u0093-\u009d]|€[\u0093-\u009d“”˜™œ\u009d])/g;

/** Repairs text encoded as UTF-8 twice, if at least three quotation marks or dashes show this. */
export function withoutMojibake(text: string): string {
  if (!text.includes("\u00e2") || (text.match(MOJIBAKE_PUNCTUATION)?.length ?? 0) < 3) return text;
  return text.replace(MOJIBAKE, (shown) => {
    const bytes = Uint8Array.from(shown, byteOf);
    const read = new TextDecoder().decode(bytes);
    return read.includes("\ufffd") ? shown : read;
  });
}

function byteOf(char: string): number {
  const at = CP1252.indexOf(char);
  return at >= 0 ? 0x80 + at : char.charCodeAt(0);
}

export type LdNode = Record<string, unknown>;

/** Parses JSON despite comment marks, raw line breaks or surplus commas; null if that fails. */
export function parseLoose(text: string): unknown {
  const trimmed = text.trim().replace(/^(?:<!--|\/\/\s*<!\[CDATA\[|<!\[CDATA\[|\/\*)+/, "");
  const candidates = [() => trimmed, () => repaired(trimmed), () => firstValue(repaired(trimmed))];
  for (const candidate of candidates) {
    try {
      return JSON.parse(candidate() ?? "");
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

/** Returns the first object or array of a script from this offset on; null if it breaks off. */
export function firstValue(script: string, from = 0): string | null {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < script.length; at++) {
    const char = script[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return script.slice(from, at + 1);
  }
  return null;
}

function salvageLdNode(text: string): LdNode | null {
  const node: LdNode = {};
  for (const [, key = "", value] of text.matchAll(SALVAGED)) node[key] ??= value;
  return node["headline"] || node["datePublished"] ? node : null;
}

const SALVAGED =
  /"(@type|headline|datePublished|dateModified)"\s*:\s*["']((?:[^"'\\]|\\.|(?<=\p{L})['"](?=\p{L}))+)["']\s*[,}]/gu;

/** Returns the objects in JSON-LD texts that have a `@type`, outer objects before inner ones. */
export function readNodes(texts: string[]): LdNode[] {
  const nodes: LdNode[] = [];
  let todo: unknown[] = texts.map((text) => parseLoose(text) ?? salvageLdNode(text));
  for (let seen = 0; todo.length > 0 && seen < EXTRACT_BOUNDS.jsonld; ) {
    const next: unknown[] = [];
    for (const value of todo) {
      if (++seen > EXTRACT_BOUNDS.jsonld) break;
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
 * Follows a JSON-LD reference to a node with one of the properties `keys`. Otherwise, returns
 * `value`.
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

function mainArticle(nodes: LdNode[], urls: string[]): LdNode | null {
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
  // A review with neither headline nor publisher can be a customer's.
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
