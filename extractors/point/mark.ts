import { withoutMojibake } from "../dom/mojibake.ts";
import { parseTree } from "../dom/tree.ts";

/** The attribute that names an element's place in document order. */
export const MARK = "data-newsgather";

/** A page in which every element names its place, so that a click says which one is meant. */
export function marked(html: string): string {
  const whole = withoutMojibake(html);
  const places = parseTree(whole)
    .tags.filter(({ from }) => from >= 0)
    .toSorted((a, b) => a.from - b.from);
  const parts: string[] = [];
  let at = 0;
  for (const { from, order } of places) {
    parts.push(whole.slice(at, from), ` ${MARK}="${order}"`);
    at = from;
  }
  return [...parts, whole.slice(at)].join("");
}
