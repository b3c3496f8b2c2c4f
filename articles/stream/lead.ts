import { excerptLimit, type Reserving } from "../../model/usage-rights.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { PublicSource } from "../../store/sources/sources.ts";

const DEFAULT_LEAD_CHARS = 600;
const MAX_PARAGRAPHS = 3;
/** In scripts without final punctuation, only the length tells a heading from a paragraph. */
const HEADING_LIMIT_CHARS = 80;
const IRREGULAR_SPACE = /[^\S ]|\s\s/;
const PARAGRAPH_KEY_CHARS = 200;

type Quoted = Pick<ListedArticle, "teaser" | "text" | "edited">;

/** Returns up to three paragraphs as an excerpt, no longer than the source and publisher allow. */
export function leadOf(article: Quoted & Reserving, source: PublicSource | undefined): string[] {
  const most = leadLength(source);
  return leadWithin(article, Math.min(most, excerptLimit(article) ?? most));
}

export function teaserWithin(teaser: string | null, source: PublicSource | undefined): string {
  return leadWithin({ teaser, text: "" }, leadLength(source)).join("\n\n");
}

function leadLength(source: PublicSource | undefined): number {
  return source?.rights.teaserLength ?? DEFAULT_LEAD_CHARS;
}

function leadWithin(article: Quoted, length: number): string[] {
  // An editor's teaser is complete.
  const text = article.edited?.teaser === undefined ? article.text : "";
  const lead: string[] = [];
  const openings: string[] = [];
  let left = length;
  for (const paragraph of candidates(article.teaser ?? "", text ?? "")) {
    if (lead.length === MAX_PARAGRAPHS || left <= 0) break;
    const begins = beginning(paragraph);
    if (openings.some((one) => one.startsWith(begins) || begins.startsWith(one))) continue;
    if (paragraph.length > left) {
      // A cut paragraph is shown only if it is the first.
      if (lead.length === 0) lead.push(cut(paragraph, left));
      break;
    }
    lead.push(paragraph);
    openings.push(begins);
    left -= paragraph.length;
  }
  return lead;
}

function* candidates(teaser: string, text: string): Generator<string> {
  yield* eachParagraph(teaser);
  const headings: string[] = [];
  let began = false;
  for (const paragraph of eachParagraph(text)) {
    const heads = isHeading(paragraph);
    if (heads && began) return;
    began ||= !heads;
    if (began) yield paragraph;
    else headings.push(paragraph);
  }
  if (!began) yield* headings;
}

function isHeading(paragraph: string): boolean {
  return paragraph.length < HEADING_LIMIT_CHARS && !/[.!…:;。！।۔"”»’)\]]$/.test(paragraph);
}

/** Returns the paragraphs of a text, with each run of white space replaced by a space. */
export function paragraphsOf(text: string): string[] {
  return [...eachParagraph(text)];
}

function* eachParagraph(text: string): Generator<string> {
  for (const part of text.split(/\n\s*\n/)) {
    // Testing is cheaper than always replacing.
    const paragraph = (IRREGULAR_SPACE.test(part) ? part.replace(/\s+/g, " ") : part).trim();
    if (paragraph !== "") yield paragraph;
  }
}

export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length < 2) return "";
  const head = text.slice(0, length - 1);
  const space = head.lastIndexOf(" ");
  const end = space > length * 0.6 ? head.slice(0, space) : head.replace(/\p{Surrogate}$/u, "");
  return `${end.replace(/[\s,;:–—-]+$/u, "")}…`;
}

function beginning(text: string): string {
  return text
    .slice(0, PARAGRAPH_KEY_CHARS)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, 48);
}
