import { excerptLimit, type Reserving } from "../../model/usage-rights.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { PublicSource } from "../../store/sources/directory.ts";

const DEFAULT_LENGTH = 600;
const MOST_PARAGRAPHS = 3;
/** Characters; longer lines without the end of a sentence may be of a script that marks none. */
const LONGEST_HEADING = 80;
/** White space other than one blank. Most paragraphs have none, and checking costs less than rewriting them. */
const ODD_SPACE = /[^\S ]|\s\s/;
/** Characters in which two paragraphs that are the same begin alike. */
const BEGINNING = 200;

type Quoted = Pick<ListedArticle, "teaser" | "text" | "edited">;

/**
 * Up to three lead paragraphs, never more characters than the source's rights and the page's `max-snippet` allow: the
 * publisher's teaser, followed by the text's first paragraphs where they say something new.
 */
export function leadOf(article: Quoted & Reserving, source: PublicSource | undefined): string[] {
  const most = leadLength(source);
  return leadWithin(article, Math.min(most, excerptLimit(article) ?? most));
}

/** A teaser that is within what its page allows, cut to what the source's rights allow. */
export function teaserWithin(teaser: string | null, source: PublicSource | undefined): string {
  return leadWithin({ teaser, text: "" }, leadLength(source)).join("\n\n");
}

function leadLength(source: PublicSource | undefined): number {
  return source?.rights.teaserLength ?? DEFAULT_LENGTH;
}

function leadWithin(article: Quoted, length: number): string[] {
  // What an editor wrote is the whole of it.
  const text = article.edited?.teaser === undefined ? article.text : "";
  const lead: string[] = [];
  const openings: string[] = [];
  let left = length;
  for (const paragraph of candidates(article.teaser ?? "", text ?? "")) {
    if (lead.length === MOST_PARAGRAPHS || left <= 0) break;
    const begins = beginning(paragraph);
    if (openings.some((one) => one.startsWith(begins) || begins.startsWith(one))) continue;
    if (paragraph.length > left) {
      // A cut paragraph is only worth showing when it stands alone.
      if (lead.length === 0) lead.push(cut(paragraph, left));
      break;
    }
    lead.push(paragraph);
    openings.push(begins);
    left -= paragraph.length;
  }
  return lead;
}

/** Returns the paragraphs of the teaser, then those of the text up to its first subhead; all of them when all look like one. */
function* candidates(teaser: string, text: string): Generator<string> {
  yield* each(teaser);
  const headings: string[] = [];
  let began = false;
  for (const paragraph of each(text)) {
    const heads = isHeading(paragraph);
    if (heads && began) return;
    began ||= !heads;
    if (began) yield paragraph;
    else headings.push(paragraph);
  }
  if (!began) yield* headings;
}

/** A short line without the end of a statement: in a stored text headings are paragraphs too. */
function isHeading(paragraph: string): boolean {
  return paragraph.length < LONGEST_HEADING && !/[.!…:;。！।۔"”»’)\]]$/.test(paragraph);
}

/** Paragraphs of a text, one space for any run of white space. */
export function paragraphsOf(text: string): string[] {
  return [...each(text)];
}

/** The same, one by one: a long text shows the first ones only. */
function* each(text: string): Generator<string> {
  for (const part of text.split(/\n\s*\n/)) {
    const paragraph = (ODD_SPACE.test(part) ? part.replace(/\s+/g, " ") : part).trim();
    if (paragraph !== "") yield paragraph;
  }
}

/** The text, at most `length` characters long with its ellipsis, cut between words if it has any. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length < 2) return "";
  const head = text.slice(0, length - 1);
  const space = head.lastIndexOf(" ");
  const end = space > length * 0.6 ? head.slice(0, space) : head.replace(/\p{Surrogate}$/u, "");
  return `${end.replace(/[\s,;:–—-]+$/u, "")}…`;
}

/** Returns a form that two paragraphs with the same words share, however they are written. */
function beginning(text: string): string {
  return text
    .slice(0, BEGINNING)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, 48);
}
