import type { Report } from "../../model/reprocessing.ts";
import type { Draft } from "../article.ts";

/** Examples that are kept of each field. */
const EXAMPLES = 5;
/** Characters of a value in an example, and of what is the same before it. */
const SHOWN = 120;
const LEAD = 30;

/** What a derived article is compared by, in the order of the report. */
const FIELDS: Record<string, (article: Draft) => unknown> = {
  title: (article) => article.title,
  text: (article) => article.text,
  html: (article) => article.html,
  teaser: (article) => article.teaser,
  authors: (article) => article.authors,
  organisations: (article) => article.organisations ?? null,
  publishedAt: (article) => article.publishedAt,
  modifiedAt: (article) => article.modifiedAt,
  language: (article) => article.language,
  section: (article) => article.section,
  tags: (article) => article.tags,
  image: (article) => article.image,
  siteName: (article) => article.siteName,
  url: (article) => article.url,
  isAccessibleForFree: (article) => article.isAccessibleForFree,
  country: (article) => article.country,
  region: (article) => article.region,
  city: (article) => article.city ?? null,
  prefix: (article) => article.prefix,
  topics: (article) => article.topics,
  relevance: (article) => article.evidence.relevance?.score ?? null,
  status: (article) => article.status,
  completeness: (article) => article.completeness ?? null,
  storyId: (article) => article.storyId,
};

/** A report of nothing. */
export function emptyReport(): Report {
  return { articles: 0, changed: 0, refreshed: 0, left: {}, fields: {} };
}

/** Adds what came out otherwise for one article; answers whether anything did. */
export function noteDifferences(report: Report, before: Draft, after: Draft): boolean {
  let any = false;
  for (const [field, read] of Object.entries(FIELDS)) {
    const [was, is] = [textOf(read(before)), textOf(read(after))];
    if (was === is) continue;
    any = true;
    const changes = (report.fields[field] ??= { count: 0, examples: [] });
    changes.count++;
    if (changes.examples.length < EXAMPLES) {
      const from = Math.max(0, firstDifference(was, is) - LEAD);
      const [shownBefore, shownAfter] = [excerpt(was, from), excerpt(is, from)];
      changes.examples.push({ articleId: before._id, before: shownBefore, after: shownAfter });
    }
  }
  return any;
}

/** Adds an article that was left as it is. */
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
  const whole = text.length <= SHOWN;
  const piece = whole ? text : text.slice(from, from + SHOWN);
  const before = !whole && from > 0 ? "…" : "";
  const after = !whole && from + SHOWN < text.length ? "…" : "";
  return before + piece.replace(/\s+/g, " ").trim() + after;
}
