import { DAY_MS } from "../../lib/time.ts";
import type { Hints } from "../../model/crawl/link.ts";
import { type DateHit, findDates, parseDate } from "../dates/parse.ts";
import type { Reading, Stamp } from "../dates/stamp.ts";
import { isBylineOrDated, namesIn } from "../fields/names.ts";
import { type Answer, answer, hinted, NOTHING } from "../rules.ts";
import { keyOf } from "../words.ts";
import type { PdfInfo } from "./open.ts";
import type { Paragraph } from "./paragraphs.ts";

const MAX_HEAD_PARAGRAPHS = 12;
/** Matches lines such as `Press release`, which can be in large letters above the headline. */
const KICKER =
  /^(?:press(?:e)?[\s-]?(?:release|information|statement|notice|mitteilung|meldung)|presse?mitteilung|medienmitteilung|medieninformation|pressemelding|pressmeddelande|pressemeddelelse|persbericht|communiqué(?: de presse)?|comunicado(?: de (?:prensa|imprensa))?|nota de prensa|comunicato stampa|informacja prasowa|tisková zpráva|пресс-?релиз|新闻稿|プレスリリース|보도자료|news(?: release)?|media release|for immediate release|embargo.*)$/iu;
/** Matches titles in metadata that no person chose: names of files and programs, placeholders. */
const FILE_TITLE =
  /\.(?:docx?|pdf|indd|rtf|odt|pptx?|qxp|html?|xlsx?|tmp)$|^(?:untitled|unbenannt|sans titre|document ?\d*|dokument ?\d*|microsoft word|powerpoint|layout ?\d*|title|titel|slide \d*|print)\b|^[\w-]*_[\w-]*$|^\S*\d{4,}\S*$/iu;

export function pdfTitle(paragraphs: Paragraph[], info: PdfInfo, hint?: string | null) {
  const large = largest(paragraphs);
  const stated = info.title && !FILE_TITLE.test(info.title) ? info.title : null;
  if (large && stated && agree(large.text, stated)) {
    return answer(large.text, "pdf largest text and metadata", stated, 0.95);
  }
  if (large) return answer(large.text, "pdf largest text", large.text, 0.8);
  if (hint) return hinted(NOTHING, hint);
  if (stated && stated.length >= 12) return answer(stated, "pdf metadata", stated, 0.6);
  const first = paragraphs.slice(0, MAX_HEAD_PARAGRAPHS).find(({ text }) => isHeadline(text));
  return first
    ? answer(first.text, "pdf first line", first.text, 0.4)
    : (NOTHING as Answer<string>);
}

function largest(paragraphs: Paragraph[]): Paragraph | null {
  const first = paragraphs.slice(0, 30).filter(({ page }) => page === 0);
  const headings = first.filter(({ kind, text }) => kind === "heading" && isHeadline(text));
  const [best] = headings.toSorted((a, b) => b.size - a.size);
  return best ?? null;
}

function isHeadline(text: string): boolean {
  const unspaced = /[\u3040-\u30ff\u3400-\u9fff]/u.test(text);
  const long = unspaced ? text.length >= 6 : text.length >= 12 && text.includes(" ");
  return long && text.length <= 250 && !KICKER.test(text.trim());
}

function agree(one: string, other: string): boolean {
  const [a, b] = [keyOf(one), keyOf(other)];
  return a.includes(b) || b.includes(a);
}

export function pdfDate(
  paragraphs: Paragraph[],
  info: PdfInfo,
  reading: Reading,
  now: Date,
): Answer<Stamp> {
  const made = madeAt(info.created, reading);
  for (const { text } of paragraphs
    .slice(0, MAX_HEAD_PARAGRAPHS)
    .filter(({ page }) => page === 0)) {
    // A dateline opens its paragraph. Dates further in belong to the story.
    const [date]: DateHit[] = findDates(text.slice(0, 160), reading);
    if (!date || (text.length > 160 && date.index > 60)) continue;
    const { at } = date.stamp;
    if (at.getTime() > now.getTime() + DAY_MS) continue;
    const near = made && Math.abs(made.at.getTime() - at.getTime()) < 60 * DAY_MS;
    return answer(date.stamp, "pdf dateline", date.text, near ? 0.9 : 0.75);
  }
  return made && made.at <= now ? answer(made, "pdf metadata", info.created, 0.5) : NOTHING;
}

/** Parses a date such as `D:20260314093000+01'00'` (ISO 32000-1 section 7.9.4). */
function madeAt(created: string | null, reading: Reading): Stamp | null {
  const [, date, clock = "", zone = ""] =
    /^(?:D:)?(\d{8})(\d{6})?([zZ]|[+-]\d{2}'?(?:\d{2})?'?)?/.exec(created ?? "") ?? [];
  if (date === undefined) return null;
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const time = clock && `T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`;
  return parseDate(day + time + zone.replaceAll("'", ""), reading);
}

export function pdfAuthors(paragraphs: Paragraph[], info: PdfInfo, hints: Hints): Answer<string[]> {
  for (const { text } of paragraphs.slice(0, MAX_HEAD_PARAGRAPHS)) {
    if (text.length > 120 || !isBylineOrDated(text)) continue;
    const names = persons(text);
    if (names.length > 0) return answer(names, "pdf byline", text, 0.8);
  }
  if (hints.authors?.length) return hinted(NOTHING, hints.authors);
  const stated = info.author ? persons(info.author) : [];
  return stated.length > 0 ? answer(stated, "pdf metadata", info.author, 0.5) : NOTHING;
}

export function persons(text: string): string[] {
  return namesIn(text, [])
    .filter(({ kind }) => kind === "person")
    .map((name) => name.text);
}
