import { dayIn } from "../lib/time.ts";
import type { Cause, SkipReason } from "../model/crawl/outcome.ts";

/** An article that must be stored exactly once. */
export interface TrueArticle {
  url: string;
  sourceId: string;
  title: string;
  /** The paragraphs, separated by blank lines. */
  text: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
  precision: "day" | "instant";
  zone: string;
  language: string;
  /** URL of the original on another site; null if the article isn't a copy. */
  duplicateOf: string | null;
  variants: string[];
}

/** An article that is stored with only what its site announces or shows for free. */
export interface AnnouncedArticle {
  url: string;
  sourceId: string;
  title: string;
  completeness: "announced" | "partial";
  reason: SkipReason | Cause;
}

/** The expected result of crawling all sites of a sample world. */
export interface Truth {
  articles: TrueArticle[];
  announced: AnnouncedArticle[];
  /** URLs that must never be requested. */
  forbidden: string[];
  paces: { host: string; delayMs: number; concurrency: number }[];
}

/** A request that a site received. Times are in epoch ms. */
export interface SeenRequest {
  /** Host name and port. */
  host: string;
  path: string;
  start: number;
  end: number;
  /** Whether the client disconnected early; `end` is then the time when the server noticed. */
  cut?: boolean;
  status: number;
  /** `sub` is a script, style, picture or data that a rendered page loads. */
  kind: "page" | "sub";
}

/** The requests that the sites received. The summary by host counts only `page` requests. */
export interface WorldReport {
  requests: SeenRequest[];
  summary: Record<
    string,
    {
      count: number;
      /** Shortest time from one request's end to the next one's start; null for fewer than two. */
      minGapMs: number | null;
      /** Shortest time between the starts of two requests; null if there are fewer than two. */
      minStartGapMs: number | null;
      maxConcurrent: number;
    }
  >;
  forbiddenHits: string[];
}

/** The compared fields of a line of `export --format jsonl`. Dates are in ISO 8601. */
export interface ExportedArticle {
  id: string;
  url: string;
  canonicalUrl: string | null;
  sourceId: string;
  title: string;
  text: string;
  publishedAt: string | null;
  language: string | null;
  duplicateOf: string | null;
  storyId: string | null;
  completeness?: string;
  incompleteReason?: string | null;
}

const MIN_SHARED_TOKEN_SHARE = 0.95;
/** A measured gap involves two clocks and two event loops. */
const GAP_TOLERANCE_MS = 15;

const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

/**
 * Returns a sentence for each difference. With `report`, also for each forbidden request, and for
 * each host with too early or too many requests.
 */
export function compareWithTruth(
  truth: Truth,
  articles: ExportedArticle[],
  report?: WorldReport,
): string[] {
  const known = new Map<string, TrueArticle>();
  for (const one of truth.articles) {
    for (const url of [one.url, ...one.variants]) known.set(url, one);
  }
  const stored = new Map<TrueArticle, ExportedArticle[]>();
  const differences: string[] = [];
  const announced = new Map(truth.announced.map((one) => [one.url, one]));
  for (const article of articles) {
    const short = announced.get(article.url);
    if (short) {
      announced.delete(short.url);
      differences.push(...announcedDifferences(short, article));
      continue;
    }
    const one = known.get(article.canonicalUrl ?? "") ?? known.get(article.url);
    if (one) stored.set(one, [...(stored.get(one) ?? []), article]);
    else differences.push(`unexpected article stored: ${article.url} "${article.title}"`);
  }
  for (const one of truth.articles) {
    const [first, ...more] = stored.get(one) ?? [];
    if (!first) differences.push(`missing: ${one.url} "${one.title}"`);
    else differences.push(...fieldDifferences(one, first));
    if (more.length > 0) {
      differences.push(`stored ${more.length + 1} times instead of once: ${one.url}`);
    }
  }
  for (const { url, title } of announced.values())
    differences.push(`missing although it is announced: ${url} "${title}"`);
  differences.push(...linkDifferences(truth, stored));
  if (report) differences.push(...manners(truth, report));
  return differences;
}

function announcedDifferences(one: AnnouncedArticle, article: ExportedArticle): string[] {
  const { title, completeness, incompleteReason } = article;
  const is = `"${squeeze(title)}", ${completeness}, ${incompleteReason}`;
  const shouldBe = `"${squeeze(one.title)}", ${one.completeness}, ${one.reason}`;
  return is === shouldBe ? [] : [`wrong announcement of ${one.url}: ${is} instead of ${shouldBe}`];
}

function fieldDifferences(one: TrueArticle, article: ExportedArticle): string[] {
  const found: string[] = [];
  const wrong = (field: string, is: unknown, shouldBe: unknown) =>
    found.push(`wrong ${field} of ${one.url}: ${String(is)} instead of ${String(shouldBe)}`);
  if (squeeze(article.title) !== squeeze(one.title)) {
    wrong("title", `"${article.title}"`, `"${one.title}"`);
  }
  if (article.sourceId !== one.sourceId) wrong("source", article.sourceId, one.sourceId);
  if (article.language?.split("-")[0] !== one.language) {
    wrong("language", article.language, one.language);
  }
  const text = overlap(one.text, article.text);
  if (text.recall < MIN_SHARED_TOKEN_SHARE) {
    found.push(
      `wrong text of ${one.url}: ${percent(1 - text.recall)} is missing, e.g. ${sample(text.missing)}`,
    );
  }
  if (text.precision < MIN_SHARED_TOKEN_SHARE) {
    found.push(
      `wrong text of ${one.url}: ${percent(1 - text.precision)} does not belong to it, e.g. ${sample(text.extra)}`,
    );
  }
  if (!sameDate(one, article.publishedAt)) {
    const day = one.precision === "day" ? " (the day counts)" : "";
    wrong("date", article.publishedAt, one.publishedAt + day);
  }
  return found;
}

const sample = (tokens: string[]) => `"${tokens.slice(0, 8).join(" ")}"`;

function sameDate(one: TrueArticle, publishedAt: string | null): boolean {
  if (publishedAt === null) return false;
  const [expected, actual] = [new Date(one.publishedAt), new Date(publishedAt)];
  if (one.precision === "instant") return expected.getTime() === actual.getTime();
  const days = (at: Date) => [dayIn("UTC", at), dayIn(one.zone, at)];
  return days(expected).some((day) => days(actual).includes(day));
}

function linkDifferences(truth: Truth, stored: Map<TrueArticle, ExportedArticle[]>): string[] {
  const found: string[] = [];
  const first = (one: TrueArticle | undefined) => one && stored.get(one)?.[0];
  for (const copy of truth.articles) {
    if (copy.duplicateOf === null) continue;
    const original = truth.articles.find((one) => one.url === copy.duplicateOf);
    const [a, b] = [first(copy), first(original)];
    if (a && b && !linked(a, b)) {
      found.push(`duplicate not linked: ${copy.url} is a copy of ${copy.duplicateOf}`);
    }
  }
  const stories = new Map<string, TrueArticle[]>();
  for (const one of truth.articles) {
    const story = first(one)?.storyId;
    if (story) stories.set(story, [...(stories.get(story) ?? []), one]);
  }
  for (const members of stories.values()) {
    const roots = new Set(members.map((one) => one.duplicateOf ?? one.url));
    if (roots.size > 1) found.push(`joined by mistake: ${[...roots].join(" and ")}`);
  }
  return found;
}

function linked(a: ExportedArticle, b: ExportedArticle): boolean {
  const names = (article: ExportedArticle) => [article.id, article.url];
  const points = (from: ExportedArticle, to: ExportedArticle) =>
    from.duplicateOf !== null && names(to).includes(from.duplicateOf);
  return (a.storyId !== null && a.storyId === b.storyId) || points(a, b) || points(b, a);
}

function manners(truth: Truth, report: WorldReport): string[] {
  const found = [...new Set(report.forbiddenHits)].map((url) => `forbidden page requested: ${url}`);
  for (const { host, delayMs, concurrency } of truth.paces) {
    const seen = report.summary[host];
    if (!seen) continue;
    if (seen.maxConcurrent > concurrency) {
      found.push(`${host} got ${seen.maxConcurrent} requests at once instead of ${concurrency}`);
    }
    const [gap, least] =
      concurrency === 1
        ? [seen.minGapMs, delayMs]
        : [seen.minStartGapMs, Math.floor(delayMs / concurrency)];
    if (gap !== null && gap < least - GAP_TOLERANCE_MS) {
      found.push(`${host} got the next request after ${Math.round(gap)} ms instead of ${least} ms`);
    }
  }
  return found;
}

const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const RUNS = new RegExp(`([${CJK}]+)|(?:(?![${CJK}])[\\p{L}\\p{N}])+`, "gu");

/** Returns lower-case words; for Chinese and Japanese, pairs of neighbouring characters. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [word, run] of text.normalize("NFKC").toLowerCase().matchAll(RUNS)) {
    if (run === undefined || run.length === 1) tokens.push(word);
    else for (let at = 1; at < run.length; at++) tokens.push(run.slice(at - 1, at + 1));
  }
  return tokens;
}

/**
 * Compares the words of two texts. `precision` is the share of the words in `stored` that are also
 * in `expected`; `recall` is the reverse.
 */
export function overlap(
  expected: string,
  stored: string,
): { precision: number; recall: number; extra: string[]; missing: string[] } {
  const wanted = tokensOf(expected);
  const found = tokensOf(stored);
  const counts = new Map<string, number>();
  for (const token of wanted) counts.set(token, (counts.get(token) ?? 0) + 1);
  const extra: string[] = [];
  for (const token of found) {
    const left = counts.get(token) ?? 0;
    if (left > 0) counts.set(token, left - 1);
    else extra.push(token);
  }
  const missing = [...counts].flatMap(([token, count]) => Array<string>(count).fill(token));
  const shared = found.length - extra.length;
  return {
    precision: found.length === 0 ? 1 : shared / found.length,
    recall: wanted.length === 0 ? 1 : shared / wanted.length,
    extra,
    missing,
  };
}
