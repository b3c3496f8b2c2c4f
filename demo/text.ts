import type { Edit, Text } from "./data.ts";

export interface Paragraph {
  kind: "p" | "h2" | "quote";
  text: string;
}

export function paragraphsOf(body: string): Paragraph[] {
  return body
    .trim()
    .split(/\n\s*\n/)
    .map((block): Paragraph => {
      const text = block.replace(/\s*\n\s*/g, " ").trim();
      if (text.startsWith("## ")) return { kind: "h2", text: text.slice(3) };
      if (text.startsWith("> ")) return { kind: "quote", text: text.slice(2) };
      return { kind: "p", text };
    });
}

export function plainText(paragraphs: Paragraph[]): string {
  return paragraphs.map((paragraph) => paragraph.text).join("\n\n");
}

/** Returns a text after an edit. Throws if the text doesn't contain the words to replace. */
export function edited(text: Text, edit: Edit): Text {
  let body = text.body.trim();
  for (const [from, to] of edit.replace ?? []) {
    if (!body.includes(from)) throw new Error(`${text.slug} has no "${from}" to replace`);
    body = body.replace(from, to);
  }
  if (edit.lead) body = `${edit.lead}\n\n${body}`;
  if (edit.tail) body = `${body}\n\n${edit.tail}`;
  return { ...text, title: edit.title ?? text.title, author: edit.author ?? text.author, body };
}

const MIN_TEASER_CHARS = 120;

export function teaserOf(paragraphs: Paragraph[]): string {
  const first = paragraphs.find((paragraph) => paragraph.kind === "p")?.text ?? "";
  let teaser = "";
  for (const sentence of first.split(/(?<=[.!?؟])\s+|(?<=。)/)) {
    teaser = teaser ? `${teaser} ${sentence}` : sentence;
    if (teaser.length >= MIN_TEASER_CHARS) break;
  }
  return teaser;
}
