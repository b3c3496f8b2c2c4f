import { EXTRACT_BOUNDS } from "../../config/limits.ts";
import { findDates, parseDate, type Reading, type Stamp } from "../../lib/dates.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Extraction } from "../../model/articles/fields.ts";
import type { Hints } from "../../model/crawl/link.ts";
import { escapeHtml } from "../body/lines.ts";
import type { ExtractInput } from "../extract.ts";
import { readingOf } from "../fields/dates.ts";
import { isBylineOrDated, namesIn } from "../fields/names.ts";
import { declaredLanguage, languageOfText } from "../language.ts";
import { openPage, type Page } from "../page.ts";
import {
  type Answer,
  type Answers,
  answer,
  ENTRY_POINT_CONFIDENCE,
  gather,
  hinted,
  NOTHING,
} from "../rules.ts";
import { countWords, keyOf } from "../words.ts";
import {
  inReadingOrder,
  type Line,
  linesOf,
  type Paragraph,
  paragraphsOf,
  withoutMargins,
} from "./lines.ts";
import { openPdf, type PdfInfo } from "./open.ts";

export type PdfInput = Omit<ExtractInput, "html" | "select"> & { bytes: Uint8Array };

/** Returns an article read from a PDF. If the PDF is unreadable, `page.problem` says why. */
export async function extractPdf(input: PdfInput): Promise<Extraction> {
  const opened = await openPdf(input.bytes);
  if ("problem" in opened) return unread(opened.problem);
  const { pages, info } = opened;
  const pieces = pages.flatMap((page) => page.pieces);
  const rtl = pieces.filter((piece) => piece.rtl).length * 2 > pieces.length;
  const lines = withoutMargins(
    pages.map((page) => ({ lines: linesOf(page), height: page.height })),
  ).map((page) => inReadingOrder(page, rtl));
  // Paragraphs are indented at the start of lines, which is on the right in right-to-left scripts.
  const set = rtl ? lines.map((page) => page.map(mirrored)) : lines;
  return read(input, paragraphsOf(set), info);
}

function mirrored(line: Line): Line {
  return { ...line, x: -line.right, right: -line.x };
}

function read(input: PdfInput, paragraphs: Paragraph[], info: PdfInfo): Extraction {
  const { now, url, hints = {} } = input;
  const page = languagePage(url, now, info.language);
  const title = pdfTitle(paragraphs, info, hints.title);
  const blocks = bodyOf(paragraphs, title.value);
  const text = blocks
    .map((block) => block.text)
    .join("\n\n")
    .slice(0, EXTRACT_BOUNDS.text);
  const assumed = input.language ?? hints.language ?? null;
  const language = languageOfText(text, declaredLanguage(page), assumed);
  const reading = readingOf(page, language.value, input.timezone);
  const stamp = pdfDate(paragraphs, info, reading, now);
  const at = stamp.value && (stamp.value.at > now ? now : stamp.value.at);
  const sure = (stamp.evidence?.confidence ?? 0) > 0.5;
  const hint = !sure && hints.publishedAt ? hints.publishedAt : null;
  const published = hint
    ? answer(hint > now ? now : hint, "entry point", hint.toISOString(), ENTRY_POINT_CONFIDENCE)
    : { value: at, evidence: stamp.evidence };
  const words = countWords(text);
  const answers: Answers = {
    title,
    text: text ? answer(text, "pdf reading order", blocks[0]?.text ?? null, 0.7) : NOTHING,
    html: { value: htmlOf(blocks), evidence: null },
    teaser: hints.teaser ? hinted(NOTHING, hints.teaser) : lead(blocks),
    authors: pdfAuthors(paragraphs, info, hints),
    publishedAt: published,
    publishedPrecision: {
      value: hint ? "instant" : (stamp.value?.precision ?? null),
      evidence: null,
    },
    publishedOffset: { value: hint ? null : (stamp.value?.offset ?? null), evidence: null },
    modifiedAt: hinted(NOTHING, hints.modifiedAt),
    language,
    tags: hinted(NOTHING, hints.tags),
    wordCount: { value: words, evidence: null },
  };
  const kind = title.value && words >= 25 ? "article" : "listing";
  const confidence = kind === "article" ? 0.8 : 0.5;
  return { ...gather(answers), page: { kind, confidence, ampUrl: null } };
}

function bodyOf(paragraphs: Paragraph[], title: string | null): Paragraph[] {
  const key = title && keyOf(title);
  const at = paragraphs.slice(0, 30).findIndex(({ text }) => keyOf(text) === key);
  const above = paragraphs.slice(0, Math.max(0, at));
  // Short paragraphs above the title are letterhead.
  const long = above.filter(({ text }) => text.length > 200);
  const rest = at < 0 ? paragraphs : [...long, ...paragraphs.slice(at + 1)];
  return rest.filter(({ text }, index) => {
    return /\p{L}/u.test(text) && !(index < 3 && (isDateline(text) || isPersonsLine(text)));
  });
}

function isDateline(text: string): boolean {
  if (text.length > 70) return false;
  const [date] = findDates(text);
  return date !== undefined && text.length - date.text.length < 30;
}

function isPersonsLine(text: string): boolean {
  return text.length <= 70 && isBylineOrDated(text) && persons(text).length > 0;
}

function lead(blocks: Paragraph[]) {
  const long = blocks.filter(({ text, kind }) => kind === "text" && text.length >= 80);
  const picked: string[] = [];
  for (const { text } of long.slice(0, 3)) {
    if (picked.join("").length > 400 || (picked.length > 0 && text.length > 1200)) break;
    picked.push(text.slice(0, 1200));
  }
  const text = picked.join("\n\n");
  return text ? answer(text, "pdf first paragraphs", text, 0.6) : NOTHING;
}

function htmlOf(blocks: Paragraph[]): string {
  const out: string[] = [];
  let list = false;
  for (const { kind, text } of blocks) {
    if (list !== (kind === "item")) out.push(list ? "</ul>" : "<ul>");
    list = kind === "item";
    const tag = kind === "item" ? "li" : kind === "heading" ? "h2" : "p";
    out.push(`<${tag}>${escapeHtml(text)}</${tag}>`);
  }
  if (list) out.push("</ul>");
  return out.join("\n");
}

function languagePage(url: string, now: Date, language: string | null): Page {
  const tag = /^[a-z]{2,3}(?:-\w+)*$/i.exec(language ?? "")?.[0];
  return openPage({ html: tag ? `<html lang="${tag}">` : "", url, now });
}

function unread(problem: string): Extraction {
  const page = { kind: "error", confidence: 0.9, ampUrl: null, problem } as const;
  return { ...gather({}), page };
}

const MAX_HEAD_PARAGRAPHS = 12;
const KICKER =
  /^(?:press(?:e)?[\s-]?(?:release|information|statement|notice|mitteilung|meldung)|presse?mitteilung|medienmitteilung|medieninformation|pressemelding|pressmeddelande|pressemeddelelse|persbericht|communiqué(?: de presse)?|comunicado(?: de (?:prensa|imprensa))?|nota de prensa|comunicato stampa|informacja prasowa|tisková zpráva|пресс-?релиз|新闻稿|プレスリリース|보도자료|news(?: release)?|media release|for immediate release|embargo.*)$/iu;
const FILE_TITLE =
  /\.(?:docx?|pdf|indd|rtf|odt|pptx?|qxp|html?|xlsx?|tmp)$|^(?:untitled|unbenannt|sans titre|document ?\d*|dokument ?\d*|microsoft word|powerpoint|layout ?\d*|title|titel|slide \d*|print)\b|^[\w-]*_[\w-]*$|^\S*\d{4,}\S*$/iu;

function pdfTitle(paragraphs: Paragraph[], info: PdfInfo, hint?: string | null) {
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

function pdfDate(
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
    const [date] = findDates(text.slice(0, 160), reading);
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
  return parseDate(date + (clock && `T${clock}`) + zone.replaceAll("'", ""), reading);
}

function pdfAuthors(paragraphs: Paragraph[], info: PdfInfo, hints: Hints): Answer<string[]> {
  for (const { text } of paragraphs.slice(0, MAX_HEAD_PARAGRAPHS)) {
    if (text.length > 120 || !isBylineOrDated(text)) continue;
    const names = persons(text);
    if (names.length > 0) return answer(names, "pdf byline", text, 0.8);
  }
  if (hints.authors?.length) return hinted(NOTHING, hints.authors);
  const stated = info.author ? persons(info.author) : [];
  return stated.length > 0 ? answer(stated, "pdf metadata", info.author, 0.5) : NOTHING;
}

function persons(text: string): string[] {
  return namesIn(text, [])
    .filter(({ kind }) => kind === "person")
    .map((name) => name.text);
}
