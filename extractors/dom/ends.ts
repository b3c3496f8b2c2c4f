import { BLOCK, type Closing, FORMATTING, INLINE, SCOPE, TABLE_PART } from "./tags.ts";

/** Open elements, the innermost last. */
type Stack = readonly { name: string }[];

/** Index of the open element that an end tag closes, or -1 where browsers ignore it. */
export function matchingStart(stack: Stack, name: string): number {
  const part = TABLE_PART.has(name);
  const inline = INLINE.has(name) && !FORMATTING.has(name);
  for (let at = stack.length - 1; at >= 0; at--) {
    const open = stack[at]?.name ?? "";
    if (open === name) return at;
    if (part ? open === "table" : SCOPE.has(open)) return -1;
    if (inline && BLOCK.has(open) && open !== "p") return -1;
  }
  return -1;
}

/** Index of the open element that ends where a new one begins, or -1. */
export function impliedEnd(stack: Stack, { closes, until }: Closing): number {
  for (let at = stack.length - 1; at >= 0; at--) {
    const name = stack[at]?.name ?? "";
    if (closes.has(name)) return at;
    if (until ? until.has(name) : !INLINE.has(name)) return -1;
  }
  return -1;
}
