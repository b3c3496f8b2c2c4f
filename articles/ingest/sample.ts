import type { Extraction } from "../../model/articles/extraction.ts";
import type { ArticleFields } from "../../model/articles/fields.ts";
import type { Hints } from "../../model/crawl/link.ts";
import { type Sample, WATCHED_FIELDS, type WatchedField } from "../../model/sources/baseline.ts";

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
