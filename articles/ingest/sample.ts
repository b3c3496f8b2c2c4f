import type { Extraction } from "../../model/articles/extraction.ts";
import type { ArticleFields } from "../../model/articles/fields.ts";
import type { Hints } from "../../model/crawl/link.ts";
import {
  type Sample,
  type Sums,
  WATCHED_FIELDS,
  type WatchedField,
} from "../../model/sources/baseline.ts";

export interface Watched {
  fields: Pick<ArticleFields, WatchedField>;
  evidence: Extraction["evidence"];
  hints: Hints;
  /** Share of the article's text that other articles also contain, 0 to 1. */
  shared: number;
}

/** Some feeds state only the day. */
const MAX_DATE_DIFFERENCE_MS = 2 * 86_400_000;

export function sampleOf({ fields, evidence, hints, shared }: Watched): Sample {
  const isMissing = (field: WatchedField) => {
    const value = fields[field];
    return value === null || String(value) === "";
  };
  const each = (is: (field: WatchedField) => boolean) =>
    Object.fromEntries(WATCHED_FIELDS.filter(is).map((field) => [field, 1]));
  const length = Math.log(Math.max(1, fields.text?.length ?? 0));
  const contradicts = {
    ...(titlesDiffer(fields.title, hints.title) && { title: 1 }),
    ...(datesDiffer(fields.publishedAt, hints.publishedAt) && { publishedAt: 1 }),
  };
  return {
    articles: 1,
    empty: 0,
    missing: each(isMissing),
    unselected: each((field) => evidence[field]?.rule !== "select"),
    repeated: 0,
    contradicted: contradicts,
    length: { sum: length, squares: length ** 2 },
    shared: { sum: shared, squares: shared ** 2 },
  };
}

/** Returns how many of the latest `count` articles share a title; an estimate for fewer titles. */
export function repeatedTitles(titles: readonly string[], count: number): number {
  const latest = titles.slice(-count);
  if (latest.length === 0) return 0;
  const isKnown = (title: string) => titles.indexOf(title) !== titles.lastIndexOf(title);
  // `titles` can have fewer than `count`; they represent the rest.
  return Math.round((latest.filter(isKnown).length / latest.length) * count);
}

function titlesDiffer(read: string | null, stated: string | undefined): boolean {
  if (!read || !stated) return false;
  const [one, other] = [letters(read), letters(stated)];
  return one !== "" && other !== "" && !one.includes(other) && !other.includes(one);
}

function letters(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, 40);
}

function datesDiffer(read: Date | null, stated: Date | undefined): boolean {
  return Boolean(
    read && stated && Math.abs(read.getTime() - stated.getTime()) > MAX_DATE_DIFFERENCE_MS,
  );
}

export const EMPTY_SAMPLE: Sample = {
  articles: 0,
  empty: 0,
  missing: {},
  unselected: {},
  repeated: 0,
  contradicted: {},
  length: { sum: 0, squares: 0 },
  shared: { sum: 0, squares: 0 },
};

export function add(a: Sample, b: Sample): Sample {
  return combined(a, b, (one, other) => one + other);
}

export function scaled(sample: Sample, factor: number): Sample {
  return combined(sample, EMPTY_SAMPLE, (one) => one * factor);
}

function combined(a: Sample, b: Sample, of: (one: number, other: number) => number): Sample {
  const counts = <K extends string>(one: Partial<Record<K, number>>, other: typeof one) =>
    Object.fromEntries(
      [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [
        key,
        of(one[key as K] ?? 0, other[key as K] ?? 0),
      ]),
    ) as Partial<Record<K, number>>;
  const sums = (one: Sums, other: Sums): Sums => ({
    sum: of(one.sum, other.sum),
    squares: of(one.squares, other.squares),
  });
  return {
    articles: of(a.articles, b.articles),
    empty: of(a.empty, b.empty),
    missing: counts(a.missing, b.missing),
    unselected: counts(a.unselected, b.unselected),
    repeated: of(a.repeated, b.repeated),
    contradicted: counts(a.contradicted, b.contradicted),
    length: sums(a.length, b.length),
    shared: sums(a.shared, b.shared),
  };
}
