import type { Document, Element } from "domhandler";
import { getAttributeValue, textContent } from "domutils";

const AROUND = new Set(["nav", "header", "footer", "aside", "form"]);
const HEADING = /^h[1-6]$/;
const MAX_DEPTH = 256;
/** Characters of a headline at least; ideographs say more with fewer. */
const HEADLINE = 25;
const SHORT_HEADLINE = 8;

/** A link with the element around it that tells of the same article. */
export interface Card {
  link: Element;
  card: Element | Document;
}

/**
 * For each link the largest element around it that holds no link to another address: where a list
 * has no named items, that is one.
 */
export function cardsOf(links: Element[]): Card[] {
  const targets = new Map<Element, string | null>();
  for (const link of links) {
    const href = getAttributeValue(link, "href") ?? "";
    for (let up: Element | null = link; up; up = parentOf(up)) {
      const known = targets.get(up);
      if (known === null) break; // so are all above
      targets.set(up, known === undefined || known === href ? href : null);
    }
  }
  // An element is marked with one address while it holds only that one; above, all are null.
  return links.map((link) => {
    let card = link;
    for (let up = parentOf(link); up && targets.get(up) !== null; up = parentOf(up)) card = up;
    return { link, card };
  });
}

/** Links that look like headlines: in an article or heading, or long and outside of navigation. */
export function likelyArticles(links: Element[]): Element[] {
  return links.filter((link) => {
    const text = textContent(link).trim();
    if (!getAttributeValue(link, "href") || text === "") return false;
    const around = ancestors(link);
    if (around.includes("article")) return true;
    if (around.some((name) => AROUND.has(name))) return false;
    if (around.some((name) => HEADING.test(name)) || hasHeading(link)) return true;
    return text.length >= (/\p{Ideographic}/u.test(text) ? SHORT_HEADLINE : HEADLINE);
  });
}

function ancestors(link: Element): string[] {
  const names: string[] = [];
  for (let up = parentOf(link); up && names.length < MAX_DEPTH; up = parentOf(up))
    names.push(up.name);
  return names;
}

function hasHeading(link: Element): boolean {
  return link.children.some((child) => "name" in child && HEADING.test(child.name));
}

function parentOf(element: Element): Element | null {
  const { parent } = element;
  return parent && "name" in parent ? parent : null;
}
