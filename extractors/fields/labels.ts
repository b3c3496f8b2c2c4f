import {
  ARTICLE_FIELDS,
  type ArticleFields,
  type Extraction,
  type FieldName,
  MEASURED_FIELDS,
} from "../../model/articles/fields.ts";
import { type DeclaredUse, MAX_LICENCES, RSL_TYPE } from "../../model/usage-rights.ts";
import { hintOf } from "../dom/hints.ts";
import { scriptOf, textOf } from "../dom/node.ts";
import { isNamedAround } from "../layout.ts";
import {
  absolute,
  hostOf,
  isHomeUrl,
  isNode,
  list,
  metas,
  type Page,
  textIn,
  typesOf,
} from "../page.ts";
import { type Answer, first, type Rule } from "../rules.ts";
import { keyOf } from "../words.ts";

const SECTION_RULES: Rule<string>[] = [
  ["json-ld articleSection", 0.9, (page) => textIn(page.article?.["articleSection"])],
  metaRule(
    "meta section",
    0.85,
    "article:section",
    "og:article:section",
    "section",
    "parsely-section",
    "cxenseparse:recs:category",
    "columnname",
  ),
  ["itemprop=articleSection", 0.8, (page) => propText(page, "articlesection")],
  ["json-ld breadcrumb", 0.8, statedSection],
  ["rel=category", 0.75, (page) => relTags(page, "category")[0] ?? null],
  ["breadcrumb", 0.7, shownSection],
];

const TAG_RULES: Rule<string[]>[] = [
  ["meta article:tag", 0.9, (page) => usableTags(page.meta("article:tag").flatMap(split))],
  ["json-ld keywords", 0.85, (page) => usableTags(statedKeywords(page))],
  ["rel=tag", 0.8, (page) => usableTags(relTags(page, "tag"))],
  ["class tags", 0.7, (page) => usableTags(shownTags(page))],
  ["meta keywords", 0.6, (page) => usableTags(KEYWORD_METAS(page).slice(0, 1).flatMap(split))],
];

const KEYWORD_METAS = metas("news_keywords", "parsely-tags", "sailthru.tags", "keywords");

function statedKeywords(page: Page): string[] {
  return list(page.article?.["keywords"]).flatMap((it) => split(textIn(it, "name") ?? ""));
}

function shownTags(page: Page): string[] {
  const links = page.tags("a").filter((tag) => isNamedAround((hint) => hint.tags, tag, 3));
  return links.slice(0, 30).map((tag) => textOf(tag, 100));
}

function metaRule(name: string, confidence: number, ...metaNames: string[]): Rule<string> {
  return [name, confidence, (page) => metas(...metaNames)(page)[0] ?? null];
}

export function readSection(page: Page): Answer<string> {
  const site = siteNames(page).map(keyOf);
  const sectionIn = (name: string | null) =>
    name && name.length < 60 && !site.includes(keyOf(name)) ? name : null;
  const rules = SECTION_RULES.map(([rule, confidence, read]): Rule<string> => {
    return [rule, confidence, (it) => sectionIn(read(it))];
  });
  return first(rules, page);
}

export function readTags(page: Page): Answer<string[]> {
  return first(TAG_RULES, page, (tags) => tags.join(", "));
}

const ACCESS_RULES: Rule<boolean>[] = [
  ["json-ld isAccessibleForFree", 0.95, (page) => booleanOf(page.article?.["isAccessibleForFree"])],
  ["itemprop=isAccessibleForFree", 0.9, (page) => booleanOf(propText(page, "isaccessibleforfree"))],
  ["meta content_tier", 0.9, (page) => isFreeTier(page.meta("article:content_tier")[0])],
];

/** Returns whether the page is free to read; no value if its markup doesn't say. */
export function readAccess(page: Page): Answer<boolean> {
  return first(ACCESS_RULES, page);
}

function relTags(page: Page, rel: "tag" | "category"): string[] {
  const links = page.tags("a").filter((tag) => {
    if (!tag.rel) return false;
    const words = tag.rel.toLowerCase().split(/\s+/);
    return words.includes(rel) && (rel === "category" || !words.includes("category"));
  });
  return links.slice(0, 30).map((tag) => textOf(tag, 100));
}

function propText(page: Page, name: string): string | null {
  const tag = page.props(name)[0];
  return tag ? (tag.attribs["content"] ?? (textOf(tag, 100) || null)) : null;
}

function split(text: string): string[] {
  return text.split(/[,;|]/).map((it) => it.trim());
}

function usableTags(tags: string[]): string[] | null {
  const selected = [...new Set(tags.filter((tag) => tag.length > 1 && tag.length < 80))].slice(
    0,
    40,
  );
  return selected.length > 0 ? selected : null;
}

function booleanOf(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const text = textIn(value)
    ?.toLowerCase()
    .replace(/^https?:\/\/schema\.org\//, "");
  return text === "true" || text === "false" ? text === "true" : null;
}

function isFreeTier(text: string | undefined): boolean | null {
  return text ? text === "free" : null;
}

interface Step {
  name: string;
  url: string | null;
}

function statedSection(page: Page): string | null {
  const trail = page.ld.find((node) => typesOf(node).includes("BreadcrumbList"));
  const steps = list(trail?.["itemListElement"]).flatMap((node) => {
    if (!isNode(node)) return [];
    const name = textIn(node["name"]) ?? textIn(node["item"], "name");
    const href = textIn(node["item"], "@id", "url");
    return name ? [{ name, url: href && absolute(href, page.base) }] : [];
  });
  return sectionOf(steps);
}

function shownSection(page: Page): string | null {
  const trail = page.tree.tags.find((tag) => hintOf(tag).trail);
  if (!trail) return null;
  const links = page.tags("a").filter((tag) => tag.order > trail.order && tag.order <= trail.last);
  const steps = links.slice(0, 8).map((tag) => ({
    name: textOf(tag, 100),
    url: absolute(tag.attribs["href"] ?? "", page.base),
  }));
  return sectionOf(steps);
}

const HOME =
  /^(?:home(?:page)?|start(?:seite)?|accueil|inicio|portada|início|inizio|voorpagina|hem|hjem|forside|etusivu|strona główna|domů|главная|головна|ana ?sayfa|ホーム|トップ|首页|首頁|홈|الرئيسية|หน้าแรก)$/i;

function sectionOf(steps: Step[]): string | null {
  const inner = steps.filter(
    ({ name, url }) => !HOME.test(name) && !(url !== null && isHomeUrl(url)),
  );
  // Without links, the last of several steps is the article.
  const linked = inner.find(({ url }) => url !== null) ?? (inner.length > 1 ? inner[0] : undefined);
  return linked?.name ?? null;
}

const SITE_NAME_RULES: Rule<string>[] = [
  metaRule("meta og:site_name", 0.95, "og:site_name"),
  metaRule("meta SiteName", 0.95, "sitename"),
  ["json-ld publisher", 0.9, (page) => textIn(page.article?.["publisher"], "name")],
  ["json-ld website", 0.8, websiteName],
  metaRule("meta application-name", 0.7, "application-name"),
  ["meta publisher", 0.6, (page) => notUrl(metas("publisher", "dc.publisher")(page)[0])],
];

export function readSiteName(page: Page): Answer<string> {
  return first(SITE_NAME_RULES, page);
}

/** Returns the names of the page's site: those in its markup, the host, and the host's parts. */
export function siteNames(page: Page): string[] {
  const stated = SITE_NAME_RULES.map(([_rule, _confidence, read]) => read(page));
  const names = stated.filter((name): name is string => Boolean(name));
  for (const key of ["apple-mobile-web-app-title", "twitter:site", "copyright", "cre"]) {
    for (const value of page.meta(key)) names.push(value.replace(/^@/, ""));
  }
  const host = hostOf(page.url);
  const labels = host.split(".");
  names.push(host, ...labels.slice(0, -1).filter((label) => label.length > 3));
  // A long name is a description or the page's own title.
  return [...new Set(names)].filter((name) => name.split(" ").length < 6);
}

function websiteName(page: Page): string | null {
  for (const node of page.ld) {
    if (typesOf(node).some((type) => /^(?:WebSite|NewsMediaOrganization)$/.test(type))) {
      const name = textIn(list(node["name"]).filter((item) => !isNode(item)));
      if (name) return name;
    }
  }
  return null;
}

function notUrl(text: string | undefined): string | null {
  return text && !/^https?:|\.com\//.test(text) ? text : null;
}

/**
 * Returns the mean confidence of the fields, weighted by their importance, 0 to 1. A missing field
 * counts as 0.
 */
export function scoreFields({ fields, evidence }: Pick<Extraction, "fields" | "evidence">): number {
  let sum = 0;
  let most = 0;
  for (const name of MEASURED_FIELDS) {
    const { worth } = ARTICLE_FIELDS[name];
    most += worth;
    const filling = filledBy(fields, name);
    if (filling) sum += worth * (evidence[filling]?.confidence ?? 0.5);
  }
  return Math.round((sum / most) * 1000) / 1000;
}

export function filledBy(fields: ArticleFields, name: FieldName): FieldName | null {
  if (isFilled(fields[name])) return name;
  return name === "authors" && isFilled(fields.organisations) ? "organisations" : null;
}

function isFilled(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}

const RESTRICTING_DIRECTIVE =
  /\b(?:noindex|noarchive|nocache|nosnippet|noai|noimageai|none|max-snippet|max-image-preview\s*:\s*(?:none|standard)|unavailable_after)\b/i;
const MAX_META = 20;
const MAX_CONTENT = 1000;
/** The last licence isn't read, but shows that the page has too many. */
const MAX_DECLARED_LICENCES = MAX_LICENCES + 1;
const MAX_LICENCE_TEXT = 100_000;

/**
 * Returns what the markup declares about use, unparsed; null if it declares nothing, or only that
 * reading is free.
 */
export function readDeclaredUse(page: Page, isFree: boolean | null): DeclaredUse | null {
  const robots = page
    .tags("meta")
    .flatMap(({ attribs }) => {
      const equivalent = attribs["http-equiv"]?.trim().toLowerCase() === "x-robots-tag";
      const name = equivalent ? "robots" : (attribs["name"]?.trim().toLowerCase() ?? "");
      const content = (attribs["content"] ?? "").slice(0, MAX_CONTENT);
      return /^[\w-]{1,50}$/.test(name) && RESTRICTING_DIRECTIVE.test(content)
        ? [{ name, content }]
        : [];
    })
    .slice(0, MAX_META);
  const typeOf = (type: string | undefined) => type?.trim().toLowerCase();
  const licences = page
    .links("license")
    .flatMap(({ href, tag }) => (typeOf(tag.attribs["type"]) === RSL_TYPE ? href : []));
  const licenceTexts = page
    .tags("script")
    .filter(({ attribs }) => typeOf(attribs["type"]) === RSL_TYPE)
    .map((tag) => scriptOf(tag).slice(0, MAX_LICENCE_TEXT));
  const reservation = page.meta("tdm-reservation").map((value) => value.trim());
  const declared: Omit<DeclaredUse, "isAccessibleForFree"> = {
    robots,
    tdmReservation: reservation.includes("1") ? "1" : (reservation[0] ?? null),
    tdmPolicy: page.meta("tdm-policy")[0] ?? null,
    licences: [...new Set(licences)].slice(0, MAX_DECLARED_LICENCES),
    licenceTexts: licenceTexts.slice(0, MAX_DECLARED_LICENCES),
    license: address(page, "license"),
    usageInfo: address(page, "usageInfo"),
  };
  // Free reading doesn't allow other uses, so alone it declares nothing.
  const says = isFree === false || Object.values(declared).some(isFilled);
  return says ? { ...declared, isAccessibleForFree: isFree } : null;
}

function address(page: Page, property: string): string | null {
  const value = page.article?.[property];
  const text = textIn(Array.isArray(value) ? value[0] : value, "@id", "url");
  return absolute(text ?? "", page.base)?.slice(0, MAX_CONTENT) ?? null;
}
