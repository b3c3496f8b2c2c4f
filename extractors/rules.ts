import { EXTRACT_BOUNDS } from "../config/limits.ts";
import { clipped } from "../lib/text.ts";
import {
  type ArticleFields,
  type Evidence,
  type Extraction,
  FIELD_NAMES,
  type FieldName,
} from "../model/articles/fields.ts";
import { fold } from "./dom/node.ts";
import type { Page } from "./page.ts";

/** One way to read a field of a page. */
export type Rule<T> = [name: string, confidence: number, read: (page: Page) => T | null];

/** A field's value and its evidence; a value that follows from another field has no evidence. */
export interface Answer<T> {
  value: T | null;
  evidence: Evidence | null;
}

export const NOTHING: Answer<never> = { value: null, evidence: null };

export function first<T>(
  rules: Rule<T>[],
  page: Page,
  show: (value: T) => string = String,
): Answer<T> {
  for (const [name, confidence, read] of rules) {
    const value = read(page);
    if (value !== null) return answer(value, name, show(value), confidence);
  }
  return NOTHING;
}

export function answer<T>(
  value: T,
  rule: string,
  seen: string | null,
  confidence: number,
): Answer<T> {
  return {
    value,
    evidence: {
      rule,
      seen: seen && seen.slice(0, 200),
      confidence: Math.round(confidence * 100) / 100,
    },
  };
}

export const ENTRY_POINT_CONFIDENCE = 0.7;

/** Returns `own` or, if it has no value, the entry point's `hint`. */
export function hinted<T>(own: Answer<T>, hint: T | null | undefined): Answer<T> {
  if (own.value !== null || hint === undefined || hint === null) return own;
  const text = Array.isArray(hint) ? hint.join(", ") : String(hint);
  const seen = hint instanceof Date ? hint.toISOString() : fold(text);
  return seen ? answer(hint, "entry point", seen, ENTRY_POINT_CONFIDENCE) : own;
}

export type Answers = { [Name in FieldName]?: Answer<NonNullable<ArticleFields[Name]>> };

export function gather(answers: Answers): Pick<Extraction, "fields" | "evidence"> {
  const evidence: Extraction["evidence"] = {};
  const fields = Object.fromEntries(
    FIELD_NAMES.map((name) => {
      const { value, evidence: seen } = answers[name] ?? NOTHING;
      if (seen) evidence[name] = seen;
      return [name, value];
    }),
  ) as unknown as ArticleFields;
  return { fields: tidy(fields), evidence };
}

const { lines: LINES } = EXTRACT_BOUNDS;
/** No script needs more marks on a letter; more marks would cover adjacent lines. */
const MAX_COMBINING_MARKS = 6;

/** Limits lengths and removes characters that affect nearby text (Unicode TR 36). */
function tidy(fields: ArticleFields): ArticleFields {
  const { title, teaser, authors, organisations, tags, section, siteName, text, html, image } =
    fields;
  return {
    ...fields,
    title: title && line(title, LINES.title),
    teaser: teaser && (clipped(harmless(teaser).trim(), LINES.teaser) || null),
    authors: authors && list(authors),
    ...(organisations !== undefined && { organisations: organisations && list(organisations) }),
    tags: tags && list(tags),
    section: section && line(section, LINES.name),
    siteName: siteName && line(siteName, LINES.name),
    text: text && withoutOverrides(text),
    html: html && withoutOverrides(html),
    image: image && {
      ...image,
      alt: image.alt && line(image.alt, LINES.title),
      caption: image.caption && line(image.caption, LINES.teaser),
      credit: image.credit && line(image.credit, LINES.title),
    },
  };
}

function list(values: string[]): string[] | null {
  const lines = values.slice(0, LINES.entries).flatMap((value) => line(value, LINES.name) ?? []);
  return lines.length > 0 ? [...new Set(lines)] : null;
}

function line(value: string, limit: number): string | null {
  const text = harmless(value.slice(0, 20 * limit)).replace(/\s+/g, " ");
  return clipped(text.trim(), limit) || null;
}

function harmless(value: string): string {
  return withoutOverrides(value)
    .replace(/[\u00ad\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu, "")
    .replace(/([\u200c\u200d])[\u200c\u200d]+/g, "$1")
    .replace(new RegExp(`(\\p{M}{${MAX_COMBINING_MARKS}})\\p{M}+`, "gu"), "$1");
}

function withoutOverrides(value: string): string {
  return MAY_OVERRIDE.test(value) ? value.replace(OVERRIDES, "") : value;
}

/** Matches all that `OVERRIDES` matches, but much faster. Also matches surrogate pairs. */
const MAY_OVERRIDE = /[^\t\n -~\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufff8\ufffc\ufffd]/;

// Matches bidi controls, lone surrogates, annotation marks and control characters.
const OVERRIDES = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]/gu;

/** Version of the rules. Increase it if a change makes them read the same capture differently. */
export const EXTRACTION_VERSION = "5";

export const LANGUAGE_RULES_VERSION = "2";
