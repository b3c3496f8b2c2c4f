import { type AnyNode, type Document, type Element, isTag } from "domhandler";
import { getAttributeValue, textContent } from "domutils";
import { select } from "../selector.ts";

/**
 * Selects elements that enclose content or are part of it. ASP.NET puts a form with the input
 * `__VIEWSTATE` around a whole page.
 */
const CONTENT =
  "html, body, main, [role=main], div#main, div#content, main h1, input[name=__VIEWSTATE]";
const FOOTER = "footer, [role=contentinfo], #footer, .footer";
const MAX_DEPTH = 256;
const UNSTABLE_CLASS =
  /\d{2,}|^(?:first|last|odd|even|active|current|selected|sticky|featured|new)(?![a-z])|^(?:is-|has-|js-|css-|sc-|jsx-|svelte-|data-v)|[A-Z].*\d|__(?=\S*[\dA-Z])[\w-]{5,}$|[-_](?:first|last|odd|even|\d+)$|^[a-z]{1,2}\d/;
const CSS_IDENTIFIER = /^-?[_a-zA-Z][\w-]*$/;
const BOILERPLATE_TAGS = new Set(["nav", "footer", "aside", "form", "dialog"]);
const BOILERPLATE_NAMES =
  /(?:^|[-_\s])(?:nav|navi|navbar|navigation|menu|breadcrumbs?|footer|foot|sidebar|pagination|pager|paging|social|share|sharing|cookies?|consent|languages?|skip|tags?|tagcloud|related|popular|trending)(?:$|[-_\s])/i;

export function parentOf(element: Element): Element | null {
  const { parent } = element;
  return parent && isTag(parent) ? parent : null;
}

/** Returns the ancestors of an element, nearest first. */
export function ancestorsOf(element: Element): Element[] {
  const found: Element[] = [];
  for (let up = parentOf(element); up && found.length < MAX_DEPTH; up = parentOf(up))
    found.push(up);
  return found;
}

export function lineOf(node: AnyNode): string {
  return textContent(node).replace(/\s+/g, " ").trim();
}

function classNames(element: Element): string[] {
  const names = (getAttributeValue(element, "class") ?? "").split(/\s+/);
  const isEntry = element.name === "article" || names.includes("hentry");
  // WordPress adds a class for each of an entry's tags and categories.
  return isEntry ? names.filter((name) => !/^(?:tag|category)-/.test(name)) : names;
}

export function classesOf(element: Element): string[] {
  return classNames(element)
    .filter((name) => name.length < 60 && CSS_IDENTIFIER.test(name) && !UNSTABLE_CLASS.test(name))
    .slice(0, 6);
}

/** Returns an element's id if it looks permanent; otherwise null. */
export function idOf(element: Element): string | null {
  const id = getAttributeValue(element, "id") ?? "";
  return CSS_IDENTIFIER.test(id) && !/\d/.test(id) ? id : null;
}

/** Returns an element's tag and stable classes, which its neighbours in a list probably share. */
export function tagAndClassesOf(element: Element): string {
  return [element.name, ...classesOf(element).toSorted()].join(".");
}

/**
 * Returns the elements that enclose the page's content. They aren't navigation, even if their class
 * or id suggests it.
 */
export function pageWrappers(document: Document): Set<Element> {
  const inner = [...select(CONTENT, document), aroundFooter(document)];
  const wrappers = new Set<Element>();
  for (const one of inner) {
    for (let up = one; up && !wrappers.has(up); up = parentOf(up)) wrappers.add(up);
  }
  return wrappers;
}

function aroundFooter(document: Document): Element | null {
  const parents = select(FOOTER, document).map(parentOf);
  const last = parents.at(-1);
  if (!last) return null;
  const shape = tagAndClassesOf(last);
  // Several similar footers probably belong to list entries.
  return parents.some((one) => one && one !== last && tagAndClassesOf(one) === shape) ? null : last;
}

/** Returns whether an element is outside of the content, such as in navigation or a footer. */
export function isBoilerplate(element: Element, wrappers: ReadonlySet<Element>): boolean {
  const chain = [element, ...ancestorsOf(element)];
  const isEntry = chain.some(({ name }) => name === "article" || name === "main");
  return chain.some((one) => {
    if (BOILERPLATE_TAGS.has(one.name)) return one.name !== "form" || !wrappers.has(one);
    if (one.name === "header") return !isEntry;
    if (wrappers.has(one)) return false;
    const words = [...classNames(one), getAttributeValue(one, "id") ?? ""].join(" ");
    return BOILERPLATE_NAMES.test(words) || getAttributeValue(one, "role") === "navigation";
  });
}

/**
 * Maps each link to the largest element around it that contains no link to another URL. Considers
 * only the given links.
 */
export function containerByLink(links: { link: Element; url: string }[]): Map<Element, Element> {
  // The only URL to which an element's links lead; null if there are several. If it is null for an
  // element, it is also null for the element's ancestors.
  const targets = new Map<Element, string | null>();
  for (const { link, url } of links) {
    for (let up: Element | null = link; up; up = parentOf(up)) {
      const known = targets.get(up);
      if (known === null) break;
      targets.set(up, known === undefined || known === url ? url : null);
    }
  }
  return new Map(
    links.map(({ link }) => {
      let element = link;
      for (let up = parentOf(link); up && targets.get(up) !== null; up = parentOf(up)) element = up;
      return [link, element];
    }),
  );
}
