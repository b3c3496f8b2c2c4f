import { type Document, type Element, isTag } from "domhandler";
import { findAll, getAttributeValue, textContent } from "domutils";

/** All elements of a name, in the order of the page. */
export function all(document: Document, name: string): Element[] {
  return findAll((node) => isTag(node) && node.name === name, document.children);
}

/** Where each link of a page leads, by its text. */
export function links(document: Document): Map<string, string> {
  const entries = all(document, "a").map(
    (link) => [textContent(link), getAttributeValue(link, "href") ?? ""] as const,
  );
  return new Map(entries);
}
