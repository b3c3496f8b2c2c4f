import { withoutMojibake } from "./dom/mojibake.ts";
import type { Tag } from "./dom/node.ts";
import { scriptOf, textOf } from "./dom/text.ts";
import { parseTree, type Tree } from "./dom/tree.ts";
import { decode, type LdNode, mainArticle, readNodes } from "./jsonld.ts";
import { absolute, unarchived } from "./url.ts";

/** What the rules read: one parsed page with its tags, metas and JSON-LD indexed once. */
export interface Page {
  /** Its address; of a web archive's copy, that of the original. */
  url: string;
  /** What relative addresses are resolved against. */
  base: string;
  now: Date;
  tree: Tree;
  /** Tags by name, in document order. */
  tags: (name: string) => Tag[];
  /** Contents of `meta` by name, property, itemprop or http-equiv, lower case. */
  meta: (name: string) => string[];
  /** Addresses of `link` by one word of its `rel`, absolute. */
  links: (rel: string) => { href: string; tag: Tag }[];
  /** Tags by one word of `itemprop`. */
  props: (name: string) => Tag[];
  ld: LdNode[];
  /** The JSON-LD node of the page's own article. */
  article: LdNode | null;
  /** The text of `title`. */
  headTitle: string | null;
}

/** Parses a page and indexes it. */
export function openPage(input: { html: string; url: string; now: Date }): Page {
  const tree = parseTree(withoutMojibake(input.html));
  const names = new Map<string, Tag[]>();
  const metas = new Map<string, string[]>();
  const rels = new Map<string, { href: string; tag: Tag }[]>();
  const props = new Map<string, Tag[]>();
  for (const tag of tree.tags) {
    push(names, tag.name, tag);
    if (tag.name === "meta") indexMeta(metas, tag);
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
    meta: (name) => metas.get(name) ?? [],
    links: (rel) => rels.get(rel) ?? [],
    props: (name) => props.get(name) ?? [],
    ld,
    article: mainArticle(ld, own),
    headTitle: head ? decode(head) : null,
  };
}

function indexMeta(metas: Map<string, string[]>, tag: Tag): void {
  const content = decode(tag.attribs["content"] ?? tag.attribs["value"] ?? "");
  if (!content) return;
  const names = new Set<string>();
  for (const key of ["property", "name", "itemprop", "http-equiv"]) {
    const name = tag.attribs[key]?.trim().toLowerCase();
    if (name) names.add(name);
  }
  for (const name of names) push(metas, name, content);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
