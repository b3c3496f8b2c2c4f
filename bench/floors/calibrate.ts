import { createHash } from "node:crypto";

const DEFAULT_PARAGRAPHS = 750;
const WORDS = ["budget", "council", "register", "permit", "bridge", "station", "reading", "levy"];

/**
 * Runs a fixed piece of work of 2 to 3 ms of CPU time, without our code or libraries. It resembles
 * the stages, so that whatever slows them slows this work as well.
 */
export function calibrate(paragraphs = DEFAULT_PARAGRAPHS): string {
  const text = pageLike(paragraphs);
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().split(/[^a-z]+/)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const top = treeOf(text).children.slice(0, 200);
  const copy: unknown = JSON.parse(JSON.stringify([top, [...counts]]));
  return createHash("sha256").update(text).update(JSON.stringify(copy)).digest("hex");
}

interface Node {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Node[];
}

function pageLike(paragraphs: number): string {
  let text = "";
  for (let n = 0; n < paragraphs; n++) {
    const word = WORDS[(n * 7 + (n >> 3)) % WORDS.length] ?? "";
    text += `<p class="c${n % 13}" id="${word}${n}">The ${word} of ${n % 97}</p>\n`;
  }
  return text;
}

function treeOf(text: string): Node {
  const root: Node = { name: "root", attributes: {}, text: "", children: [] };
  let open = root;
  for (const [, name = "", id = "", inner = ""] of text.matchAll(
    /<p class="(\w+)" id="(\w+)">([^<]*)<\/p>/g,
  )) {
    const node = { name, attributes: { id }, text: inner.replace(/\s+/g, " "), children: [] };
    open.children.push(node);
    if (open.children.length > 8) open = node;
  }
  return root;
}
