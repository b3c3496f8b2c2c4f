import type { Draft } from "../../articles/revisions/draft.ts";
import type { Report } from "../../model/archive/reprocessing.ts";
import type { FieldChange } from "../../model/archive/staging-set.ts";
import { COMPARED_FIELDS } from "../../model/articles/fields.ts";
import type { Derivation } from "./plan.ts";

const MAX_EXAMPLES = 5;
const MAX_EXCERPT = 120;
const EXCERPT_LEAD_CHARS = 30;

const FIELDS: Record<string, (article: Draft) => unknown> = {
  ...Object.fromEntries(
    COMPARED_FIELDS.map((name) => [name, (article: Draft) => article[name] ?? null]),
  ),
  url: (article) => article.url,
  country: (article) => article.country,
  region: (article) => article.region,
  city: (article) => article.city ?? null,
  prefix: (article) => article.prefix,
  topics: (article) => article.topics,
  relevance: (article) => article.evidence.relevance?.score ?? null,
  status: (article) => article.status,
  fieldScore: (article) => article.fieldScore ?? null,
  storyId: (article) => article.storyId,
};

export function emptyReport(): Report {
  return { articles: 0, changed: 0, refreshed: 0, left: {}, fields: {} };
}

export function differencesOf(before: Draft, after: Draft): Record<string, FieldChange> {
  const found: Record<string, FieldChange> = {};
  for (const [field, read] of Object.entries(FIELDS)) {
    const [was, is] = [textOf(read(before)), textOf(read(after))];
    if (was === is) continue;
    const from = Math.max(0, firstDifference(was, is) - EXCERPT_LEAD_CHARS);
    found[field] = { before: excerpt(was, from), after: excerpt(is, from) };
  }
  return found;
}

export function noteDifferences(report: Report, before: Draft, after: Draft): void {
  for (const [field, change] of Object.entries(differencesOf(before, after))) {
    const changes = (report.fields[field] ??= { count: 0, examples: [] });
    changes.count++;
    if (changes.examples.length < MAX_EXAMPLES) {
      changes.examples.push({ articleId: before._id, ...change });
    }
  }
}

export function noteOne(report: Report, { before, draft, visible, differs }: Derivation): void {
  if (visible) report.changed++;
  else if (differs) report.refreshed++;
  noteDifferences(report, before, draft);
}

export function filledFields(article: Draft): string[] {
  return Object.entries(FIELDS).flatMap(([field, read]) =>
    textOf(read(article)) === "" ? [] : [field],
  );
}

export function noteLeft(report: Report, why: string): void {
  report.left[why] = (report.left[why] ?? 0) + 1;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function excerpt(text: string, from: number): string {
  const whole = text.length <= MAX_EXCERPT;
  const piece = whole ? text : text.slice(from, from + MAX_EXCERPT);
  const before = !whole && from > 0 ? "…" : "";
  const after = !whole && from + MAX_EXCERPT < text.length ? "…" : "";
  return before + piece.replace(/\s+/g, " ").trim() + after;
}
