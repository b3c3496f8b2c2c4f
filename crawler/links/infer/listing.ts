import type { Document, Element } from "domhandler";
import { parseUrl } from "../../../lib/text.ts";
import { Listing } from "../../../model/sources/source.ts";
import { select } from "../selector.ts";
import { classesOf, idOf, lineOf, parentOf } from "./dom.ts";
import {
  attributeOf,
  dateSelector,
  linkSelector,
  shared,
  teaserSelector,
  titleSelector,
} from "./fields.ts";
import { type Group, groupsOf, targetOf } from "./groups.ts";
import type { DateContext } from "./text.ts";

const MAX_TRIED_GROUPS = 5;

/**
 * Infers the selectors of a page's list of articles; null if no list is found. Based on MDR (Liu et
 * al., KDD 2003).
 */
export function inferListing(
  document: Document,
  url: string,
  context: DateContext,
): Listing | null {
  for (const group of groupsOf(document, url, context).slice(0, MAX_TRIED_GROUPS)) {
    const found = listingOf(document, group, { url, ...context });
    if (found) return found;
  }
  return null;
}

function listingOf(
  document: Document,
  { items }: Group,
  { url, language, now }: DateContext & { url: string },
): Listing | null {
  const elements = items.map(({ element }) => element);
  const own = new Set<Element>(elements);
  const folder = commonest(items.map((one) => folderOf(one.url)));
  const harm = (matches: Element[]) =>
    matches.filter((one) => !own.has(one) && leadsElsewhere(one, url, folder)).length;
  const item = selectorOf(elements, document, harm);
  if (item === null) return null;
  const reading = { items, language, now };
  const parts = {
    title: titleSelector(reading),
    date: dateSelector(reading),
    teaser: teaserSelector(reading),
    next: nextSelector(document, url),
  };
  const known = Object.entries(parts).filter(([, selector]) => selector !== undefined);
  return Listing.parse({ url, item, link: linkSelector(reading), ...Object.fromEntries(known) });
}

function leadsElsewhere(element: Element, base: string, folder: string): boolean {
  const hrefs = select("a[href]", element).map((link) => attributeOf(link, "href"));
  const folders = hrefs.flatMap((href) => {
    const url = href.startsWith("#") ? null : parseUrl(href, base);
    return url ? folderOf(url.href) : [];
  });
  return folders.length > 0 && !folders.includes(folder);
}

function folderOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}/${pathname.split("/")[1] ?? ""}`;
}

function commonest(values: string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

const MAX_STEPS = 5;
const MAX_HARMFUL_SHARE = 0.25;

function selectorOf(
  elements: Element[],
  document: Document,
  countHarmful: (matches: Element[]) => number,
): string | null {
  const [first] = elements;
  if (!first) return null;
  let best: { selector: string; harm: number } | null = null;
  for (const selector of candidatesOf(elements, first)) {
    const matches = select(selector, document);
    const there = new Set(matches);
    if (!elements.every((element) => there.has(element))) continue;
    const harm = countHarmful(matches);
    if (harm === 0) return selector;
    if (!best || harm < best.harm) best = { selector, harm };
  }
  return best && best.harm <= elements.length * MAX_HARMFUL_SHARE ? best.selector : null;
}

function* candidatesOf(elements: Element[], first: Element): Generator<string> {
  const names = new Set(elements.map(({ name }) => name));
  const tag = names.size === 1 ? first.name : "";
  const own = shared(elements.map(classesOf));
  for (const name of own) yield `${tag}.${name}`;
  if (own.length > 1) yield `${tag}.${own.join(".")}`;
  const last = own[0] ? `${tag}.${own[0]}` : tag || "*";
  if (tag === "article") yield tag;
  for (const chain of ancestorSelectorsOf(elements)) yield `${chain} > ${last}`;
  for (const chain of ancestorSelectorsOf(elements)) yield `${chain.split(" > ")[0]} ${last}`;
}

function* ancestorSelectorsOf(elements: Element[]): Generator<string> {
  let level = parentsOf(elements);
  const steps: string[] = [];
  for (let step = 0; step < MAX_STEPS && level.length > 0; step++) {
    const [one] = level;
    if (!one || level.some(({ name }) => name !== one.name)) return;
    const id = level.length === 1 ? idOf(one) : null;
    const [common] = shared(level.map(classesOf));
    const anchor = id ? `#${id}` : common ? `${one.name}.${common}` : null;
    if (anchor) yield [anchor, ...steps].join(" > ");
    else if (one.name === "main" || one.name === "article") yield [one.name, ...steps].join(" > ");
    else if (one.name === "body") yield [one.name, ...steps].join(" > ");
    steps.unshift(one.name);
    level = parentsOf(level);
  }
}

function parentsOf(elements: Element[]): Element[] {
  return [...new Set(elements.flatMap((element) => parentOf(element) ?? []))];
}

const NEXT_PAGE_TEXTS =
  `next|next page|older|older posts|older articles|older entries|older news|earlier|more news|
  weiter|nächste|nächste seite|ältere|ältere beiträge|ältere artikel|vor|
  suivant|page suivante|suivante|plus anciens|articles plus anciens|
  siguiente|página siguiente|siguientes|anteriores|más antiguas|entradas antiguas|
  próxima|próximo|seguinte|página seguinte|mais antigas|publicações mais antigas|
  successivo|successiva|pagina successiva|avanti|precedenti|
  volgende|volgende pagina|oudere|oudere berichten|nästa|äldre|neste|eldre|næste|ældre|seuraava|
  następna|następne|starsze|další|starší|ďalšie|következő|następna strona|înainte|următoarea|sonraki|
  далее|следующая|вперед|вперёд|далі|наступна|επόμενη|επόμενο|下一页|下一頁|下页|次へ|次のページ|다음|
  التالي|הבא|ถัดไป|tiếp|sau`
    .split("|")
    .map((word) => word.trim());
const ARROWS = /^[\s«‹←<⟨◀❮»›→>⟩▶❯]+|[\s«‹←<⟨◀❮»›→>⟩▶❯]+$/gu;
/** Longer link texts aren't compared, because stripping their arrows can take quadratic time. */
const MAX_NEXT_PAGE_CHARS = 60;
const PAGED_URL =
  /(?:[?&](?:page|paged?|p|pg|seite|pagina|start|offset|cursor|from)=|\/(?:page|seite|pagina)\/?|[-_])\d+/i;

function nextSelector(document: Document, url: string): string | undefined {
  const links = select("a[href]", document).filter((link) => targetOf(link, url) !== null);
  const marked = links.find((link) => /(?:^|\s)next(?:\s|$)/i.test(attributeOf(link, "rel")));
  const labelled = marked ?? links.find((link) => isNext(link));
  const found = labelled ?? links.find((link) => lineOf(link) === "2" && pages(link));
  return found && selectorFor(found, document);
}

function isNext(link: Element): boolean {
  const label = attributeOf(link, "aria-label") || attributeOf(link, "title");
  const texts = [lineOf(link), label]
    .filter((text) => text.length <= MAX_NEXT_PAGE_CHARS)
    .map((text) => text.replace(ARROWS, "").toLowerCase());
  if (texts.some((text) => NEXT_PAGE_TEXTS.includes(text))) return true;
  // An arrow alone or a class such as `next` only counts if the URL contains a page number.
  if (!pages(link)) return false;
  const classes = [...classesOf(link), ...classesOf(parentOf(link) ?? link)].join(" ");
  return (
    /(?:^|[-_\s])(?:next|older|weiter)(?:$|[-_\s])/i.test(classes) ||
    /^[»›→>]+$/u.test(lineOf(link))
  );
}

function pages(link: Element): boolean {
  return PAGED_URL.test(attributeOf(link, "href"));
}

function selectorFor(link: Element, document: Document): string | undefined {
  const parent = parentOf(link);
  const rel = attributeOf(link, "rel");
  const label = attributeOf(link, "aria-label") || attributeOf(link, "title");
  const name = attributeOf(link, "aria-label") ? "aria-label" : "title";
  const options = [
    ...(/(?:^|\s)next(?:\s|$)/i.test(rel) ? ['a[rel~="next"]'] : []),
    ...classesOf(link).map((one) => `a.${one}`),
    ...(parent ? classesOf(parent).map((one) => `.${one} > a`) : []),
    ...(label && !label.includes('"') ? [`a[${name}="${label}"]`] : []),
  ];
  return options.find((selector) => select(selector, document)[0] === link);
}
