import { type Document, type Element, isTag } from "domhandler";
import { findAll, getAttributeValue, textContent } from "domutils";

/** Returns all elements with a tag name, in document order. */
export function all(document: Document, name: string): Element[] {
  return findAll((node) => isTag(node) && node.name === name, document.children);
}

/** Returns the target of each link on a page, by its text. */
export function links(document: Document): Map<string, string> {
  const entries = all(document, "a").map(
    (link) => [textContent(link), getAttributeValue(link, "href") ?? ""] as const,
  );
  return new Map(entries);
}
