import { compile, type Options, selectAll } from "css-select";
import { parentOf, Tag, Text } from "./node.ts";

type Node = Tag | Text;

/** How `css-select` walks our tree. */
const ADAPTER: NonNullable<Options<Node, Tag>["adapter"]> = {
  isTag: (node): node is Tag => node instanceof Tag,
  getAttributeValue: (tag, name) => tag.attribs[name],
  hasAttrib: (tag, name) => name in tag.attribs,
  getChildren: (node) => (node instanceof Tag ? node.children : []),
  getName: (tag) => tag.name,
  getParent: parentOf,
  getSiblings: (node) => parentOf(node)?.children ?? [node],
  getText: (node) => [...textsIn(node)].join(""),
  removeSubsets: (nodes) =>
    nodes.filter((node) => !nodes.some((other) => other !== node && holds(other, node))),
};

function* textsIn(root: Node): Generator<string> {
  const todo = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (node instanceof Text) yield node.data;
    else todo.push(...node.children.toReversed());
  }
}

function holds(outer: Node, inner: Node): boolean {
  for (let node = parentOf(inner); node; node = parentOf(node)) if (node === outer) return true;
  return false;
}

/** The elements that a CSS selector names, in document order; throws on one that is none. */
export function tagsBy(css: string, root: Tag): Tag[] {
  const options = { adapter: ADAPTER };
  return selectAll<Node, Tag>(compile(css, options), [root], options);
}
