import { is, selectAll } from "css-select";
import { type Document, type Element, isTag } from "domhandler";
import { getAttributeValue, textContent } from "domutils";

type Node = Document | Element;

/** Splits `selector@attribute`. An `@` in brackets or quotes belongs to the selector. */
export function parts(selector: string): { css: string; attribute: string | null } {
  const at = selector.lastIndexOf("@");
  const attribute = selector.slice(at + 1).trim();
  if (at < 0 || !/^[a-z][\w:-]*$/i.test(attribute)) return { css: selector, attribute: null };
  return { css: selector.slice(0, at).trim() || "*", attribute: attribute.toLowerCase() };
}

export function select(selector: string, node: Node): Element[] {
  const { css } = parts(selector);
  const below = selectAll(css, node).filter(isTag);
  return isTag(node) && is(node, css) ? [node, ...below] : below;
}

export function read(selector: string, node: Node): string | undefined {
  const { attribute } = parts(selector);
  for (const element of select(selector, node)) {
    const value = attribute ? getAttributeValue(element, attribute) : textContent(element);
    if (value?.trim()) return value.trim();
  }
  return undefined;
}
