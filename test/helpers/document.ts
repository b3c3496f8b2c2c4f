import { type Element, isTag, type ParentNode } from "domhandler";
import { findAll, getAttributeValue, textContent } from "domutils";

/** Returns all elements with a tag name below a node, in document order. */
export function all({ children }: ParentNode, name: string): Element[] {
  return findAll((node) => isTag(node) && node.name === name, children);
}

/** Returns the target of each link on a page, by its text. */
export function links(document: ParentNode): Map<string, string> {
  const entries = all(document, "a").map(
    (link) => [textContent(link), getAttributeValue(link, "href") ?? ""] as const,
  );
  return new Map(entries);
}
