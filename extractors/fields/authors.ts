import { hintOf } from "../dom/hints.ts";
import { type Block, closest, Tag, textOf, words } from "../dom/node.ts";
import { byDistance, isAmong, type Layout } from "../layout.ts";
import { isNode, list, metas, type Page, resolve, textIn, typesOf } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { siteNames } from "./labels.ts";
import { isBylineOrDated, isOrganisation, isOthersLabel, type Name, namesIn } from "./names.ts";

/** `read` returns bylines, and names that are stated to be organisations. */
type Place = [
  rule: string,
  confidence: number,
  read: (page: Page, layout: Layout) => (string | Name)[],
];

const LINE_BY = "line by";
const IMPLICIT_RULES = new Set(["class author", "link to author", LINE_BY]);

const BYLINE_PLACES: Place[] = [
  ["json-ld author", 0.95, ldAuthors],
  [
    "meta byline",
    0.9,
    (page) => [
      ...metas("parsely-author", "sailthru.author", "byl")(page),
      ...metas("dc.creator", "dcterms.creator", "citation_author")(page).map(inOrder),
      ...metas("cxenseparse:author", "article:byline")(page),
    ],
  ],
  ["meta article:author", 0.85, metas("article:author", "og:article:author", "og:author")],
  [
    "rel=author",
    0.85,
    (page, layout) => linesOf(page.tags("a"), layout, ({ rel = "" }) => /\bauthor\b/.test(rel)),
  ],
  [
    "itemprop=author",
    0.8,
    (page, { headline }) => {
      const own = page.props("author").filter((tag) => !isAside(tag, headline));
      return own.slice(0, 5).map(authorProp);
    },
  ],
  [
    "class author",
    0.75,
    (page, layout) => linesOf(page.tree.tags, layout, (tag) => hintOf(tag).author),
  ],
  [
    "link to author",
    0.7,
    (page, layout) =>
      linesOf(page.tags("a"), layout, (tag) => AUTHOR_PATH.test(tag.attribs["href"] ?? "")),
  ],
  [LINE_BY, 0.65, shownByline],
  ["meta author", 0.7, metas("author", "article.author", "creator")],
  ["meta ContentSource", 0.7, (page) => page.meta("contentsource").map(organisation)],
];

export interface Signed {
  authors: Answer<string[]>;
  organisations: Answer<string[]>;
}

/** Returns the byline's authors and organisations, preferably from a place that names a person. */
export function readSigned(page: Page, layout: Layout): Signed {
  const site = siteNames(page);
  // Each place is read only when it is needed.
  const found = new Map<Place, { texts: string[]; names: Name[] }>();
  const readPlace = (place: Place) => {
    const known = found.get(place);
    if (known) return known;
    const [, , read] = place;
    const all = read(page, layout).map((one) => (typeof one === "string" ? { text: one } : one));
    const stated = all.filter((one, at) => {
      if ("kind" in one) return namesIn(one.text, site).length > 0;
      return !isOthersLabel(all[at - 1]?.text ?? "");
    });
    const seen = {
      texts: stated.map(({ text }) => text),
      names: stated.flatMap((one) => ("kind" in one ? one : namesIn(one.text, site))),
    };
    found.set(place, seen);
    return seen;
  };
  for (const accepts of ACCEPTANCE_TESTS) {
    for (const place of BYLINE_PLACES) {
      const { texts, names } = readPlace(place);
      const [rule, confidence] = place;
      if (!names.some((name) => accepts(name, rule))) continue;
      const fullNames = (some: Name[]) => {
        const values = [...new Set(some.map((name) => name.text))].slice(0, MAX_NAMES);
        return values.length > 0 ? answer(values, rule, texts.join("; "), confidence) : NOTHING;
      };
      return {
        authors: fullNames(names.filter((name) => !isOrganisation(name) && accepts(name, rule))),
        organisations: fullNames(names.filter(isOrganisation)),
      };
    }
  }
  return { authors: NOTHING, organisations: NOTHING };
}

const MAX_NAMES = 12;

const ACCEPTANCE_TESTS: ((name: Name, rule: string) => boolean)[] = [
  (name) => name.kind === "person",
  (name, rule) => !IMPLICIT_RULES.has(rule) && name.kind !== "person",
  (name, rule) => rule !== LINE_BY || /^\p{Lu}|^\S+$/u.test(name.text),
];

function ldAuthors({ article, ld }: Page): (string | Name)[] {
  const authors = list(article?.["author"] ?? article?.["creator"]);
  const resolved = authors.map((author) => resolve(author, ld, "name"));
  const persons = resolved.filter((author) => !isStatedOrganisation(author));
  const organisations = resolved.filter(isStatedOrganisation);
  return [...persons.flatMap(ldNames), ...organisations.flatMap(ldNames).map(organisation)];
}

function organisation(text: string): Name {
  return { text, kind: "organisation" };
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

function linesOf(tags: Tag[], { headline }: Layout, fits: (tag: Tag) => boolean): string[] {
  const found = tags.filter(fits);
  const innermost = found.filter((tag, at) => {
    return (found[at + 1]?.order ?? Infinity) > tag.last && !isAside(tag, headline);
  });
  const near = byDistance(innermost, headline);
  const [nearest] = near;
  if (!nearest || (headline && nearest.distance > MAX_BYLINE_DISTANCE_TAGS)) return [];
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

function shownByline(_page: Page, { blocks, at, headline }: Layout): string[] {
  const fits = (block: Block) =>
    block.size < 150 &&
    block.kind !== "heading" &&
    isBylineOrDated(block.text) &&
    !isAside(block.tag, headline);
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

/**
 * Returns as `organisations` the names in those bylines that name only organisations, and as
 * `authors` the other bylines, unchanged. Each is null if there are none.
 */
export function signedIn(bylines: string[] = []): {
  authors: string[] | null;
  organisations: string[] | null;
} {
  const read = bylines.map((text) => ({ text, names: namesIn(text, []) }));
  const isSignature = ({ names }: { names: Name[] }) =>
    names.length > 0 && names.every(isOrganisation);
  const authors = read.filter((it) => !isSignature(it)).map(({ text }) => text);
  const organisations = read
    .filter(isSignature)
    .flatMap(({ names }) => names.map((name) => name.text));
  return {
    authors: authors.length > 0 ? authors : null,
    organisations: organisations.length > 0 ? organisations : null,
  };
}
