import { type Document, type Element, isTag } from "domhandler";
import { getAttributeValue, textContent } from "domutils";

const MAX_DEPTH = 256;
/**
 * Matches CSS classes that distinguish an entry from its neighbours, or that a build tool
 * generated.
 */
const UNSTABLE =
  /\d{2,}|^(?:first|last|odd|even|active|current|selected|sticky|featured|new)(?![a-z])|^(?:is-|has-|js-|css-|sc-|jsx-|svelte-|data-v)|[A-Z].*\d|__[A-Za-z0-9_-]{5,}$|^[a-z]{1,2}\d/;
const CSS_IDENTIFIER = /^-?[_a-zA-Z][\w-]*$/;
const BOILERPLATE_TAGS = new Set(["nav", "footer", "aside", "form", "dialog"]);
const AROUND_WORDS =
  /(?:^|[-_\s])(?:nav|navi|navbar|navigation|menu|breadcrumbs?|footer|foot|sidebar|pagination|pager|paging|social|share|sharing|cookies?|consent|languages?|skip|tags?|tagcloud|related|popular|trending)(?:$|[-_\s])/i;

export function parentOf(element: Element): Element | null {
  const { parent } = element;
  return parent && isTag(parent) ? parent : null;
}

/** Returns the ancestors of an element, nearest first. */
export function around(element: Element): Element[] {
  const found: Element[] = [];
  for (let up = parentOf(element); up && found.length < MAX_DEPTH; up = parentOf(up))
    found.push(up);
  return found;
}

export function lineOf(element: Element | Document): string {
  return textContent(element).replace(/\s+/g, " ").trim();
}

/**
 * Returns at most six of the classes that an element probably shares with its neighbours, judged by
 * the names of the classes.
 */
export function classesOf(element: Element): string[] {
  const names = (getAttributeValue(element, "class") ?? "").split(/\s+/);
  return names
    .filter((name) => name.length < 60 && CSS_IDENTIFIER.test(name) && !UNSTABLE.test(name))
    .slice(0, 6);
}

/** Returns an element's id if it looks permanent; otherwise null. */
export function idOf(element: Element): string | null {
  const id = getAttributeValue(element, "id") ?? "";
  return CSS_IDENTIFIER.test(id) && !/\d/.test(id) ? id : null;
}

/** Returns an element's tag and stable classes, which its neighbours in a list probably share. */
export function shapeOf(element: Element): string {
  return [element.name, ...classesOf(element).toSorted()].join(".");
}

/** Returns whether an element is outside of the content, for example in navigation or a footer. */
export function isAround(element: Element): boolean {
  const chain = [element, ...around(element)];
  const isEntry = chain.some(({ name }) => name === "article" || name === "main");
  return chain.some((one) => {
    if (BOILERPLATE_TAGS.has(one.name)) return true;
    if (one.name === "header") return !isEntry;
    const words = `${getAttributeValue(one, "class") ?? ""} ${getAttributeValue(one, "id") ?? ""}`;
    const isNamedAround =
      AROUND_WORDS.test(words) || getAttributeValue(one, "role") === "navigation";
    return one.name !== "body" && one.name !== "html" && one.name !== "main" && isNamedAround;
  });
}
