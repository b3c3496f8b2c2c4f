import { hintOf } from "../dom/hints.ts";
import { type Block, closest, Tag, textOf, words } from "../dom/node.ts";
import { byDistance, isAmong, type Layout } from "../layout.ts";
import { isNode, list, metas, type Page, resolve, textIn, typesOf } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { siteNames } from "./labels.ts";
import { isBylineOrDated, isOrganisation, isOthersLabel, type Name, namesIn } from "./names.ts";

interface Place {
  rule: string;
  confidence: number;
  read: (page: Page, layout: Layout | null) => string[];
  organisations?: (page: Page) => string[];
  explicit: boolean;
}

const BYLINE_PLACES: Place[] = [
  {
    rule: "json-ld author",
    confidence: 0.95,
    explicit: true,
    read: (page) => ldAuthors(page).persons,
    organisations: (page) => ldAuthors(page).organisations,
  },
  {
    rule: "meta byline",
    confidence: 0.9,
    explicit: true,
    read: (page) => [
      ...metas("parsely-author", "sailthru.author", "byl")(page),
      ...metas("dc.creator", "dcterms.creator", "citation_author")(page).map(inOrder),
      ...metas("cxenseparse:author", "article:byline")(page),
    ],
  },
  {
    rule: "meta article:author",
    confidence: 0.85,
    explicit: true,
    read: metas("article:author", "og:article:author", "og:author"),
  },
  {
    rule: "rel=author",
    confidence: 0.85,
    explicit: true,
    read: (page, layout) =>
      linesOf(
        page.tags("a").filter((tag) => tag.rel !== undefined && /\bauthor\b/.test(tag.rel)),
        layout,
      ),
  },
  {
    rule: "itemprop=author",
    confidence: 0.8,
    explicit: true,
    read: (page, layout) =>
      page
        .props("author")
        .filter((tag) => !isAside(tag, layout?.headline ?? null))
        .slice(0, 5)
        .map(authorProp),
  },
  {
    rule: "class author",
    confidence: 0.75,
    explicit: false,
    read: (page, layout) =>
      linesOf(
        page.tree.tags.filter((tag) => hintOf(tag).author),
        layout,
      ),
  },
  {
    rule: "link to author",
    confidence: 0.7,
    explicit: false,
    read: (page, layout) =>
      linesOf(
        page.tags("a").filter((tag) => AUTHOR_PATH.test(tag.attribs["href"] ?? "")),
        layout,
      ),
  },
  { rule: "line by", confidence: 0.65, explicit: false, read: (_page, layout) => bylines(layout) },
  {
    rule: "meta author",
    confidence: 0.7,
    explicit: true,
    read: metas("author", "article.author", "creator"),
  },
  {
    rule: "meta ContentSource",
    confidence: 0.7,
    explicit: true,
    read: () => [],
    organisations: metas("contentsource"),
  },
];

export interface Signed {
  authors: Answer<string[]>;
  organisations: Answer<string[]>;
}

/** Returns the byline's authors and organisations, preferably from a place that names a person. */
export function readSigned(page: Page, layout: Layout | null): Signed {
  const site = siteNames(page);
  // Each place is read only when it is needed.
  const found = new Map<Place, { texts: string[]; names: Name[] }>();
  const readPlace = (place: Place) => {
    const known = found.get(place);
    if (known) return known;
    const read = place.read(page, layout);
    const texts = read.filter((_text, at) => !isOthersLabel(read[at - 1] ?? ""));
    const isName = (text: string) => namesIn(text, site).length > 0;
    const stated = place.organisations?.(page).filter(isName) ?? [];
    const names = texts.flatMap((text) => namesIn(text, site));
    for (const text of stated) names.push({ text, kind: "organisation" });
    const seen = { texts: [...texts, ...stated], names };
    found.set(place, seen);
    return seen;
  };
  for (const accepts of ACCEPTANCE_TESTS) {
    for (const place of BYLINE_PLACES) {
      const { texts, names } = readPlace(place);
      if (names.some((name) => accepts(name, place))) {
        const fullNames = (some: Name[]) => {
          const values = [...new Set(some.map((name) => name.text))].slice(0, MAX_NAMES);
          if (values.length === 0) return NOTHING;
          return answer(values, place.rule, texts.join("; "), place.confidence);
        };
        return {
          authors: fullNames(names.filter((name) => !isOrganisation(name) && accepts(name, place))),
          organisations: fullNames(names.filter(isOrganisation)),
        };
      }
    }
  }
  return { authors: NOTHING, organisations: NOTHING };
}

const MAX_NAMES = 12;

const ACCEPTANCE_TESTS: ((name: Name, place: Place) => boolean)[] = [
  (name) => name.kind === "person",
  (name, place) => place.explicit && name.kind !== "person",
  (name, place) => place.rule !== "line by" || /^\p{Lu}|^\S+$/u.test(name.text),
];

function ldAuthors(page: Page): { persons: string[]; organisations: string[] } {
  const persons: string[] = [];
  const organisations: string[] = [];
  const article = page.article;
  for (const author of list(article?.["author"] ?? article?.["creator"])) {
    const value = resolve(author, page.ld, "name");
    (isStatedOrganisation(value) ? organisations : persons).push(...ldNames(value));
  }
  return { persons, organisations };
}

function isStatedOrganisation(author: unknown): boolean {
  const types = isNode(author) ? typesOf(author) : [];
  return types.some((type) => type.endsWith("Organization")) && !types.includes("Person");
}

function ldNames(author: unknown): string[] {
  if (!isNode(author)) {
    const text = textIn(author);
    return text === null ? [] : [text];
  }
  const full = [textIn(author["givenName"]), textIn(author["familyName"])]
    .filter(Boolean)
    .join(" ");
  return list(author["name"] ?? (full || undefined)).flatMap((name) => textIn(name) ?? []);
}

const AUTHOR_PATH =
  /\/(?:authors?|autor(?:en|es|in)?|auteurs?|autore|by|profile|staff|contributors?|editors?|journalists?|redaktion|writers?|columnists?)\/[^/?#]{3,}/i;

function authorProp(tag: Tag): string {
  for (const child of tag.children) {
    if (child instanceof Tag && child.itemprop === "name") {
      return child.attribs["content"] ?? textOf(child, 200);
    }
  }
  return tag.attribs["content"] ?? textOf(tag, 200);
}

const CATALOGUE_NAME =
  /^(\p{Lu}[\p{L}\p{M}'’-]+),\s*(\p{Lu}[\p{L}\p{M}.'’-]*(?:\s\p{Lu}[\p{L}.]*)?)$/u;

function inOrder(text: string): string {
  const [, surname, givenName] = CATALOGUE_NAME.exec(text) ?? [];
  return surname && !namesIn(text, []).some(isOrganisation) ? `${givenName} ${surname}` : text;
}

const MAX_BYLINE_DISTANCE_TAGS = 1500;

function linesOf(tags: Tag[], layout: Layout | null): string[] {
  const innermost = tags.filter(
    (tag, at) =>
      (tags[at + 1]?.order ?? Infinity) > tag.last && !isAside(tag, layout?.headline ?? null),
  );
  const near = byDistance(innermost, layout?.headline ?? null);
  const [nearest] = near;
  if (!nearest || (layout?.headline && nearest.distance > MAX_BYLINE_DISTANCE_TAGS)) return [];
  // Other tags belong to the same byline only if they are close.
  const close = near.filter(({ tag }) => Math.abs(tag.order - nearest.tag.order) < 25).slice(0, 6);
  return close.flatMap(({ tag }) => pieces(tag));
}

function pieces(tag: Tag): string[] {
  const text = textOf(tag, 300);
  if (text.length < 3 || text.length > 200) return [];
  const inner = tag.children.filter((child) => child instanceof Tag);
  const links = inner.filter((child) => child.name === "a" && textOf(child, 50).length > 2);
  const apart = links.length > 0 ? links : inner;
  return apart.length > (links.length > 0 ? 0 : 1)
    ? apart.map((child) => textOf(child, 200))
    : [text];
}

function bylines(layout: Layout | null): string[] {
  if (!layout) return [];
  const { blocks, at } = layout;
  const fits = (block: Block) =>
    block.size < 150 &&
    block.kind !== "heading" &&
    isBylineOrDated(block.text) &&
    !isAside(block.tag, layout.headline);
  const from = Math.max(0, at - 4);
  const found =
    blocks.slice(from, from + 40).find(fits) ??
    blocks.slice(from).findLast((block) => fits(block) && block.text.includes(":"));
  return found ? [found.text] : [];
}

function isAside(tag: Tag, headline: Tag | null): boolean {
  const isInForm = closest(tag, 30, ({ name }) => name === "form") !== null;
  return isInForm || isAmong(ASIDE, tag, 12, headline);
}

const ASIDE = words(
  "comment comments commentlist disqus respond related recommended recommendations sidebar newsletter popular trending mostread latest more",
);
