import { BLOCK, Tag, Text } from "./node.ts";

const INVISIBLE_TAGS = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "iframe",
  "svg",
  "textarea",
  "rt",
  "rp",
]);

/** Characters without width: soft hyphens, break opportunities, and marks of direction or byte order. */
const WITHOUT_WIDTH = /[\u00ad\u200b\u200e\u200f\u2060\ufeff]+/g;

/** Matches runs of white space, except single spaces. */
const SPACES = / \s+|[^\S ]\s*/g;

/** Returns a text as one trimmed line with single spaces and without characters of no width. */
export function fold(text: string): string {
  return squeeze(text.replace(WITHOUT_WIDTH, "")).trim();
}

export function squeeze(text: string): string {
  return text.replace(SPACES, " ");
}

/** Returns the text of a subtree on one line, about `limit` characters of it. */
export function textOf(tag: Tag, limit = 20_000): string {
  let text = "";
  let end = "";
  const todo: (Tag | Text | string)[] = [tag];
  while (todo.length > 0 && text.length < limit) {
    const node = todo.pop();
    if (typeof node === "string") {
      text += node;
      end = "";
    } else if (node instanceof Text) {
      text += joint(end, node.data) + node.data;
      end = node.data;
    } else if (node instanceof Tag && !INVISIBLE_TAGS.has(node.name)) {
      const spaced = node.name === "br" || BLOCK.has(node.name);
      if (spaced) text += " ";
      if (spaced) todo.push(" ");
      pushChildren(todo, node);
    }
  }
  return fold(text);
}

/** Returns a space if a small letter meets a capital, because then only CSS separates the two. */
export function joint(before: string, after: string): string {
  // The common case: spaces, digits and small ASCII letters.
  const first = after.charCodeAt(0);
  if (first < 0x41 || (first > 0x5a && first < 0x80)) return "";
  return /\p{Ll}$/u.test(before.slice(-2)) && /^\p{Lu}/u.test(after.slice(0, 2)) ? " " : "";
}

export function scriptOf(tag: Tag): string {
  return tag.children.map((child) => (child instanceof Text ? child.data : "")).join("");
}

export function pushChildren(todo: unknown[], tag: Tag): void {
  for (let at = tag.children.length - 1; at >= 0; at--) todo.push(tag.children[at]);
}
