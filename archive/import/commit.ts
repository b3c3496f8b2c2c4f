import {
  type CommitOptions,
  commitArticles,
  createCommit,
  skipBuried,
} from "../../articles/ingest/commit.ts";
import { learnRepeated, type ReadPage } from "../../articles/ingest/decide.ts";
import { rejoin } from "../../articles/ingest/reread.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Cause, SkipReason } from "../../model/crawl/outcome.ts";
import { COVERAGE_DAYS } from "../../model/sources/coverage.ts";
import { articlesOfKeys, tombstonesOf } from "../../store/articles/articles.ts";
import { addCaptures, knownCaptures } from "../../store/crawl/captures.ts";
import { addLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import type { ImportEntry, ReadDeps } from "./read.ts";

/**
 * Stores archived responses with their articles and links, except erased or purged content. `all`
 * must contain each link at most once.
 */
export async function commitImported(
  deps: JoinDeps & { options: CommitOptions },
  all: ImportEntry[],
  report: ImportReport,
): Promise<void> {
  const { store, options } = deps;
  const entries = await skipBuried(store, all, options.now());
  await countBuried(store, all, new Set(entries), report);
  const captures = entries.map(({ capture }) => capture);
  const known = await knownCaptures(
    store,
    captures.map(({ _id }) => _id),
  );
  report.captures.known += known.size;
  report.captures.stored += entries.length - known.size;
  await addCaptures(
    store,
    captures,
    entries.flatMap(({ body }) => body ?? []),
  );
  const whole = pagesOf(entries.filter(({ articlePage }) => !articlePage));
  await commitPages(store, whole, options, report);
  const { articlePages, strangers } = await joinArticlePages(deps, entries);
  await commitPages(store, pagesOf(strangers), options, report);
  await addLinks(store, articlePages);
  report.articles.duplicate += articlePages.length;
  for (const { capture, reading } of entries) {
    if (!reading && capture.reason) count(report.without, capture.reason);
    if (capture.truncated) report.truncated++;
  }
}

const pagesOf = (entries: readonly ImportEntry[]): ReadPage[] =>
  entries.flatMap(({ link, capture, reading }) => (reading ? { link, capture, reading } : []));

async function commitPages(
  store: Store,
  pages: ReadPage[],
  options: CommitOptions,
  report: ImportReport,
): Promise<void> {
  if (pages.length === 0) return;
  const outcomes = await commitArticles(store, pages, options);
  await learnRepeated(store, pages, outcomes, options.now());
  const now = options.now();
  const links = pages.flatMap(({ link, capture, reading }) => {
    const outcome = outcomes.get(link._id);
    if (!outcome) return [];
    const { publishedAt } = reading.extracted.extraction.fields;
    return {
      ...importedLink(link, capture, outcome),
      ...coverageFieldsOf(outcome, publishedAt, now),
    };
  });
  for (const { outcome } of links) if (outcome) report.articles[outcome]++;
  await addLinks(store, links);
}

async function countBuried(
  store: Store,
  all: readonly ImportEntry[],
  stored: ReadonlySet<ImportEntry>,
  report: ImportReport,
): Promise<void> {
  const left = all.filter((entry) => !stored.has(entry)).map(({ link }) => link._id);
  if (left.length === 0) return;
  const tombstones = await tombstonesOf(store, left);
  for (const id of left) count(report.left, tombstones.get(id)?.kind ?? "erased");
}

type JoinDeps = ReadDeps & { options: CommitOptions };

/** Joins further pages with their articles; all responses must already be stored. */
async function joinArticlePages(
  deps: JoinDeps,
  entries: readonly ImportEntry[],
): Promise<{ articlePages: Link[]; strangers: ImportEntry[] }> {
  const { store, options } = deps;
  const commit = createCommit(store, options);
  const found = entries.flatMap((entry) => firstOf(entry) ?? []);
  const articleIds = await articlesOfKeys(store, [...new Set(found.map(({ linkId }) => linkId))]);
  const articles = new Map<string, Awaited<ReturnType<typeof rejoin>>>();
  for (const { linkId, source } of found) {
    const articleId = articleIds.get(linkId);
    if (articleId === undefined || articles.has(linkId)) continue;
    articles.set(linkId, await rejoin({ ...deps, commit }, articleId, source));
  }
  const [articlePages, strangers]: [Link[], ImportEntry[]] = [[], []];
  for (const entry of entries) {
    const { articlePage, capture, link } = entry;
    if (!articlePage) continue;
    const { linkId, number } = articlePage;
    const read = articles.get(linkId)?.evidence.text?.articlePages ?? [];
    const own = read.find(({ captureId }) => captureId === capture._id);
    if (own?.state === "other article") strangers.push(entry);
    else {
      const done = { articleId: articleIds.get(linkId) ?? null, outcome: "duplicate" } as const;
      articlePages.push({
        ...importedLink(link, capture, done),
        articlePageOf: { linkId, number },
      });
    }
  }
  return { articlePages, strangers };
}

function firstOf({ articlePage, link, reading, source }: ImportEntry) {
  if (articlePage) return { linkId: articlePage.linkId, source };
  const { text } = reading?.extracted.extraction.evidence ?? {};
  const isKnown = (text?.articlePages ?? []).some(({ captureId }) => captureId !== null);
  return isKnown ? { linkId: link._id, source } : null;
}

function coverageFieldsOf(
  { outcome }: Pick<Link, "outcome">,
  publishedAt: Date | null,
  now: Date,
): Pick<Link, "firstSeenAt" | "witness"> | null {
  const isNew = outcome === "new" || outcome === "copy";
  const isYoung = publishedAt && now.getTime() - publishedAt.getTime() < COVERAGE_DAYS * DAY_MS;
  if (!isNew || !isYoung) return null;
  return { firstSeenAt: now, witness: { name: "an imported archive", isCounted: false } };
}

function importedLink(
  link: Link,
  { _id: captureId, fetchedAt, hops, finalUrl }: Capture,
  { articleId, outcome }: Pick<Link, "articleId" | "outcome">,
): Link {
  const done = { state: "done", dueAt: null, doneAt: fetchedAt, nextFetchAt: null } as const;
  return { ...link, ...done, captureId, hops, url: finalUrl, articleId, outcome };
}

const MAX_LISTED_ITEMS = 20;

export interface ImportReport {
  /** Number of responses read, including skipped ones. */
  responses: number;
  /** `stored` counts the new captures, and `known` those that were already stored. */
  captures: { stored: number; known: number };
  /** Number of pages with an article, by outcome. */
  articles: Record<NonNullable<Link["outcome"]>, number>;
  /** Number of responses without an article, by reason. */
  without: Partial<Record<SkipReason | Cause, number>>;
  /** Number of responses that weren't stored, by reason. */
  left: Partial<Record<SkipReason | "no-source", number>>;
  /** Number of responses per host without a source. At most 10,000 hosts, 20 in a summary. */
  hosts: Record<string, number>;
  /** Number of responses that are incomplete in the archive or that we stored only in part. */
  truncated: number;
  /** Number of records that refer to an earlier payload, by whether that payload was found. */
  revisits: { resolved: number; unresolved: number };
  /** The number of unreadable places, and the first 20 of them. */
  broken: { count: number; places: { file: string; offset: number; why: string }[] };
}

export function emptyReport(): ImportReport {
  return {
    responses: 0,
    captures: { stored: 0, known: 0 },
    articles: { new: 0, copy: 0, updated: 0, unchanged: 0, duplicate: 0 },
    without: {},
    left: {},
    hosts: {},
    truncated: 0,
    revisits: { resolved: 0, unresolved: 0 },
    broken: { count: 0, places: [] },
  };
}

export function count<Name extends string>(
  counts: Partial<Record<Name, number>>,
  name: Name,
): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

export function noteBroken(
  report: ImportReport,
  place: { file: string; offset: number; why: string },
): void {
  report.broken.count++;
  if (report.broken.places.length < MAX_LISTED_ITEMS) report.broken.places.push(place);
}

const MAX_HOSTS = 10_000;

export function noteHost(report: ImportReport, host: string): void {
  if (host in report.hosts || Object.keys(report.hosts).length < MAX_HOSTS)
    count(report.hosts, host);
}

export function summarizeReport(report: ImportReport): ImportReport {
  const hosts = Object.entries(report.hosts).toSorted(([, a], [, b]) => b - a);
  return { ...report, hosts: Object.fromEntries(hosts.slice(0, MAX_LISTED_ITEMS)) };
}
