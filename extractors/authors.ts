import { textOf } from "./dom/text.ts";
import { Tag } from "./dom/tree.ts";
import { isNode, list, textIn } from "./jsonld.ts";
import { namesIn } from "./names.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";
import { siteNames } from "./site-name.ts";

interface Place {
  rule: string;
  confidence: number;
  read: (page: Page) => string[];
}

const metas =
  (...names: string[]) =>
  (page: Page) =>
    names.flatMap(page.meta);

/** Where bylines stand, most trusted first; the first place that holds a person's name wins. */
const PLACES: Place[] = [
  { rule: "json-ld author", confidence: 0.95, read: ldAuthors },
  {
    rule: "meta byline",
    confidence: 0.9,
    read: metas(
      "parsely-author",
      "sailthru.author",
      "byl",
      "dc.creator",
      "dcterms.creator",
      "cxenseparse:author",
      "citation_author",
    ),
  },
  {
    rule: "meta article:author",
    confidence: 0.85,
    read: metas("article:author", "og:article:author", "og:author"),
  },
  {
    rule: "rel=author",
    confidence: 0.8,
    read: (page) =>
      page
        .tags("a")
        .filter((tag) => /\bauthor\b/.test(tag.attribs["rel"] ?? ""))
        .slice(0, 5)
        .map((tag) => textOf(tag, 200)),
  },
  {
    rule: "itemprop=author",
    confidence: 0.8,
    read: (page) => page.props("author").slice(0, 5).map(authorProp),
  },
  { rule: "meta author", confidence: 0.8, read: metas("author", "article.author", "creator") },
  {
    rule: "class byline",
    confidence: 0.6,
    read: (page) =>
      page.tree.tags
        .filter(isByline)
        .slice(0, 3)
        .map((tag) => textOf(tag, 300)),
  },
];

/** The persons who wrote the article. */
export function readAuthors(page: Page): Answer<string[]> {
  const site = siteNames(page);
  for (const place of PLACES) {
    const texts = place.read(page);
    const names = [...new Set(texts.flatMap((text) => namesIn(text, site)))].slice(0, 12);
    if (names.length > 0) return answer(names, place.rule, texts.join("; "), place.confidence);
  }
  return NOTHING;
}

function ldAuthors(page: Page): string[] {
  return list(page.article?.["author"]).flatMap((author) => {
    const id = isNode(author) && !author["name"] ? author["@id"] : undefined;
    const node = id ? page.ld.find((other) => other["@id"] === id && other["name"]) : undefined;
    const value = node ?? author;
    return (isNode(value) ? list(value["name"]) : [value]).flatMap((name) => textIn(name) ?? []);
  });
}

function authorProp(tag: Tag): string {
  for (const child of tag.children) {
    if (child instanceof Tag && child.attribs["itemprop"] === "name") {
      return child.attribs["content"] ?? textOf(child, 200);
    }
  }
  return tag.attribs["content"] ?? textOf(tag, 200);
}

function isByline(tag: Tag): boolean {
  const hint = tag.attribs["class"];
  if (!hint || !/(?:^|[\s_-])(?:byline|author|autor|auteur|verfasser|contributor)/i.test(hint))
    return false;
  const text = textOf(tag, 200);
  return text.length > 3 && text.length < 120;
}
