import type { Document, Element } from "domhandler";
import { select } from "../selector.ts";
import { classesOf, idOf, parentOf } from "./dom.ts";

/** Elements between the context of a selector and what it selects. */
const MAX_STEPS = 5;
/** Matches beyond the wanted ones that do no harm, as a share. */
const EXTRA = 0.25;

/**
 * The simplest selector of elements that repeat on a page: one that matches all of them and little
 * else; null when none does. `weigh` answers how many matches do harm.
 */
export function selectorOf(
  elements: Element[],
  document: Document,
  weigh: (matches: Element[]) => number,
): string | null {
  const [first] = elements;
  if (!first) return null;
  let best: { selector: string; harm: number } | null = null;
  for (const selector of candidatesOf(elements, first)) {
    const matches = select(selector, document);
    const there = new Set(matches);
    if (!elements.every((element) => there.has(element))) continue;
    const harm = weigh(matches);
    if (harm === 0) return selector;
    if (!best || harm < best.harm) best = { selector, harm };
  }
  return best && best.harm <= elements.length * EXTRA ? best.selector : null;
}

/** Selectors that all elements may share, those that say most with least first. */
function* candidatesOf(elements: Element[], first: Element): Generator<string> {
  const names = new Set(elements.map(({ name }) => name));
  const tag = names.size === 1 ? first.name : "";
  const own = sharedClasses(elements);
  for (const name of own) yield `${tag}.${name}`;
  if (own.length > 1) yield `${tag}.${own.join(".")}`;
  const last = own[0] ? `${tag}.${own[0]}` : tag || "*";
  if (tag === "article") yield tag;
  for (const chain of contextsOf(elements)) yield `${chain} > ${last}`;
  for (const chain of contextsOf(elements)) yield `${chain.split(" > ")[0]} ${last}`;
}

function sharedClasses(elements: Element[]): string[] {
  const [first, ...rest] = elements.map(classesOf);
  return (first ?? []).filter((name) => rest.every((names) => names.includes(name)));
}

/** What stands around the elements, from the nearest named ancestor down to their parents. */
function* contextsOf(elements: Element[]): Generator<string> {
  let level = parentsOf(elements);
  const steps: string[] = [];
  for (let step = 0; step < MAX_STEPS && level.length > 0; step++) {
    const [one] = level;
    if (!one || level.some(({ name }) => name !== one.name)) return;
    const id = level.length === 1 ? idOf(one) : null;
    const [shared] = sharedClasses(level);
    const named = id ? `#${id}` : shared ? `${one.name}.${shared}` : null;
    if (named) yield [named, ...steps].join(" > ");
    else if (one.name === "main" || one.name === "article") yield [one.name, ...steps].join(" > ");
    else if (one.name === "body") yield [one.name, ...steps].join(" > ");
    steps.unshift(one.name);
    level = parentsOf(level);
  }
}

function parentsOf(elements: Element[]): Element[] {
  return [...new Set(elements.flatMap((element) => parentOf(element) ?? []))];
}
