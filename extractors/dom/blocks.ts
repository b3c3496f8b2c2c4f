import { fold, INLINE, joint, pushChildren, squeeze, Tag, Text, words } from "./node.ts";

export type BlockKind = "text" | "heading" | "item" | "quote" | "cell" | "pre" | "caption";

/** A line or paragraph of a page as it is laid out. The body consists of blocks. */
export interface Block {
  /** The innermost block-level element around the block. */
  tag: Tag;
  kind: BlockKind;
  /** The block's text nodes and `br` tags, in order. */
  nodes: (Text | Tag)[];
  /** Text with white space folded into single spaces; line breaks remain. */
  text: string;
  /** Length in characters. One character of a script such as Chinese or Thai counts as 2.5. */
  size: number;
  /** Share of the block's characters inside links, 0 to 1. */
  links: number;
}

const NON_ARTICLE_TAGS = words(
  "rt rp script style noscript template iframe object svg canvas audio video map select option datalist button input textarea head title dialog amp-ad amp-analytics amp-social-share amp-sidebar",
);

interface Opened {
  tag: Tag;
  nodes: (Text | Tag)[];
  raw: string;
  /**
   * The text that was last added to `raw`. Reading the end of `raw` itself would copy the whole
   * growing string.
   */
  end: string;
  linked: number;
  breaks: number;
}

/** Marks the end of an element during traversal. Text after it belongs to `owner`. */
interface Leave {
  leave: Tag;
  owner: Tag;
}

const CJK =
  /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/g;

export function blocksOf(
  root: Tag,
  drop: (tag: Tag) => boolean,
  skip: Set<string> = NON_ARTICLE_TAGS,
): Block[] {
  const blocks: Block[] = [];
  let open: Opened | null = null;
  let linkDepth = 0;
  let owner = root;
  const flush = () => {
    if (open) {
      const block = finish(open);
      if (block) blocks.push(block);
    }
    open = null;
  };
  const todo: (Tag | Text | Leave)[] = [root];
  while (todo.length > 0) {
    const node = todo.pop();
    if (node instanceof Text) {
      const { length } = node.data.trim();
      const blank = length === 0;
      if (blank && !open) continue;
      open ??= { tag: owner, nodes: [], raw: "", end: "", linked: 0, breaks: 0 };
      open.nodes.push(node);
      open.raw += joint(open.end, node.data) + squeeze(node.data);
      open.end = node.data;
      if (!blank) {
        open.breaks = 0;
        if (linkDepth > 0) open.linked += length;
      }
    } else if (node instanceof Tag) {
      if (skip.has(node.name) || drop(node)) continue;
      if (node.name === "br") {
        if (!open) continue;
        if (++open.breaks > 1) flush();
        else {
          open.nodes.push(node);
          open.raw += "\n";
        }
        continue;
      }
      if (node.name === "img") continue;
      const inline = INLINE.has(node.name);
      if (node.name === "a") linkDepth++;
      if (!inline) flush();
      if (!inline || node.name === "a") {
        todo.push({ leave: node, owner });
        if (!inline) owner = node;
      }
      pushChildren(todo, node);
    } else if (node && "leave" in node) {
      if (node.leave.name === "a") linkDepth--;
      if (!INLINE.has(node.leave.name)) {
        flush();
        owner = node.owner;
      }
    }
  }
  flush();
  return blocks;
}

function finish(open: Opened): Block | null {
  const text = open.raw.includes("\n")
    ? open.raw.split("\n").map(fold).filter(Boolean).join("\n")
    : fold(open.raw);
  if (!text) return null;
  const cjk = text.match(CJK)?.length ?? 0;
  const size = text.length + 1.5 * cjk;
  const kind = kindOf(open.tag);
  return {
    tag: open.tag,
    // Long text in a cell means a layout table, so it counts as a paragraph.
    kind: kind === "cell" && size > 150 ? "text" : kind,
    nodes: open.nodes,
    text,
    size,
    links: Math.min(1, open.linked / text.length),
  };
}

function kindOf(tag: Tag): BlockKind {
  if (/^h[1-6]$/.test(tag.name)) return "heading";
  let kind: BlockKind = "text";
  let node: Tag | null = tag;
  for (let level = 0; node && level < 6; node = node.parent, level++) {
    if (node.name === "figcaption") return "caption";
    if (node.name === "figure" && kind === "text") return "caption";
    if (node.name === "caption" && node.parent?.name === "table") return "caption";
    if (kind !== "text") continue;
    if (node.name === "li" || node.name === "dd" || node.name === "dt") kind = "item";
    else if (node.name === "blockquote") kind = "quote";
    else if (node.name === "pre") kind = "pre";
    else if (node.name === "td" || node.name === "th") kind = "cell";
  }
  return kind;
}

/** Whether `inner` is `outer` or one of its descendants. */
export function within(inner: Tag, outer: Tag): boolean {
  return inner.order >= outer.order && inner.order <= outer.last;
}
