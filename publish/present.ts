import type { PublicSource } from "../store/directory.ts";
import type { ListedArticle } from "../store/listing.ts";

const DEFAULT_LENGTH = 600;
const MOST_PARAGRAPHS = 3;
/** Characters; longer lines without the end of a sentence may be of a script that marks none. */
const LONGEST_HEADING = 80;

/**
 * Up to three lead paragraphs, never more characters than the source's rights allow: the
 * publisher's teaser, followed by the text's first paragraphs where they say something new.
 */
export function leadOf(
  article: Pick<ListedArticle, "teaser" | "text" | "reservations" | "edited">,
  source: PublicSource | undefined,
): string[] {
  if (article.reservations?.includes("nosnippet")) return [];
  const length = source?.rights.teaserLength ?? DEFAULT_LENGTH;
  const teaser = paragraphs(article.teaser ?? "");
  // What an editor wrote is the whole of it.
  const text = article.edited?.teaser === undefined ? article.text : "";
  const candidates = [...teaser, ...opening(paragraphs(text ?? ""))];
  const lead: string[] = [];
  let left = length;
  for (const paragraph of candidates) {
    if (lead.length === MOST_PARAGRAPHS || left <= 0) break;
    if (lead.some((said) => isSame(said, paragraph))) continue;
    if (paragraph.length > left) {
      // A cut paragraph is only worth showing when it stands alone.
      if (lead.length === 0) lead.push(cut(paragraph, left));
      break;
    }
    lead.push(paragraph);
    left -= paragraph.length;
  }
  return lead;
}

/** The paragraphs of a text up to its first subhead; all of them where they all look like one. */
function opening(text: string[]): string[] {
  const start = text.findIndex((paragraph) => !isHeading(paragraph));
  const end = text.findIndex((paragraph, index) => index > start && isHeading(paragraph));
  return start < 0 ? text : text.slice(start, end < 0 ? undefined : end);
}

/** A short line without the end of a statement: in a stored text headings are paragraphs too. */
function isHeading(paragraph: string): boolean {
  return paragraph.length < LONGEST_HEADING && !/[.!…:;。！।۔"”»’)\]]$/.test(paragraph);
}

/** Paragraphs of a text, one space for any run of white space. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "");
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

function isSame(one: string, other: string): boolean {
  const [a, b] = [beginning(one), beginning(other)];
  return a.startsWith(b) || b.startsWith(a);
}

function beginning(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, 48);
}
