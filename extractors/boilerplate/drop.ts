import type { Evidence, Extraction } from "../../model/articles/extraction.ts";
import { countWords } from "../words.ts";
import { keyedParagraphs, keyParagraph, partsOf } from "./paragraphs.ts";

const RULE = "learnt boilerplate";
/** A text that would be shorter than this stays as it is. */
const LEAST = 150;
const LEAD = 400;

/** An article without the paragraphs that are known as its source's boilerplate, with evidence. */
export function dropBoilerplate(extraction: Extraction, known: ReadonlySet<string>): Extraction {
  if (known.size === 0) return extraction;
  const { fields, evidence } = extraction;
  const candidates = keyedParagraphs(fields).filter(({ key }) => known.has(key));
  if (candidates.length === 0) return extraction;
  const texts = new Set(candidates.map(({ text }) => text));
  const parts = partsOf(fields.text);
  const kept = parts.filter((part) => !texts.has(part));
  const text = kept.join("\n\n");
  const shrunk = kept.length < parts.length && text.length >= LEAST;
  const body = shrunk ? text : fields.text;
  const after = {
    ...fields,
    text: body,
    html: shrunk ? withoutLines(fields.html, (line) => isKnown(line, known)) : fields.html,
    wordCount: shrunk ? countWords(text) : fields.wordCount,
  };
  const seen = { ...evidence };
  if (shrunk)
    seen.text = removedFrom(
      evidence.text,
      parts.filter((part) => texts.has(part)),
    );
  const teaser = partsOf(fields.teaser);
  const told = teaser.filter((part) => !texts.has(part));
  if (told.length < teaser.length) {
    const gone = teaser.filter((part) => texts.has(part));
    after.teaser = told.join("\n\n") || leadOf(partsOf(body).filter((part) => !texts.has(part)));
    const own = told.length > 0 ? evidence.teaser : FIRST;
    if (after.teaser) seen.teaser = removedFrom(own, gone);
    else delete seen.teaser;
  }
  return { ...extraction, fields: after, evidence: seen };
}

const FIRST: Evidence = { rule: "first paragraphs", seen: null, confidence: 0.7 };

/** Evidence that names what was taken away, cut to ten pieces of 80 characters. */
function removedFrom(own: Evidence | undefined, gone: string[]): Evidence {
  const removed = gone.slice(0, 10).map((part) => ({ rule: RULE, seen: part.slice(0, 80) }));
  return { ...(own ?? FIRST), removed };
}

function leadOf(parts: string[]): string | null {
  const picked: string[] = [];
  for (const part of parts.slice(0, 3)) {
    if (picked.join("").length > LEAD) break;
    picked.push(part);
  }
  return picked.join("\n\n") || null;
}

function isKnown(line: string, known: ReadonlySet<string>): boolean {
  const key = keyParagraph(line, true)?.key;
  return key !== undefined && known.has(key);
}

/** Our own HTML without blocks, each of which stands on a line of its own; `isGone` gets a block's text. */
export function withoutLines(
  html: string | null,
  isGone: (text: string) => boolean,
): string | null {
  if (!html) return html;
  const lines = html.split("\n").filter((line) => !isGone(plain(line)));
  return lines.join("\n").replace(/<(ul|ol)>\n<\/\1>\n?/g, "");
}

function plain(line: string): string {
  return line
    .replace(/<br>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
