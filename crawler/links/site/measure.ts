import { parseUrl } from "../../../lib/text.ts";
import { DAY_MS } from "../../../lib/time.ts";
import { ENTRY_POINTS } from "../../../model/crawl/entry-points.ts";
import type { Discovery, FoundLink } from "../../../model/crawl/link.ts";
import { DETAILS } from "../../../model/crawl/outcome.ts";
import type { Candidate, CandidateMeasures } from "../../../model/sources/site-discovery.ts";
import { isArticleUrl } from "../infer/groups.ts";
import { urlKey } from "../url.ts";
import type { NamedPage } from "./named-pages.ts";
import type { SitePage } from "./site-page.ts";

const MIN_FULL_TEXT_CHARS = 1500;
const MAX_RECENT_ARTICLES = 50;
const MIN_PERIOD_DAYS = 0.25;

/**
 * Measures a candidate by its links. `isKnown` says whether an existing source already has the
 * article at a URL.
 */
export function measure(
  links: readonly FoundLink[],
  isKnown: (url: string) => boolean,
  now: Date,
): CandidateMeasures {
  const articles = links.filter(({ kind }) => kind === "article");
  const share = (is: (link: FoundLink) => boolean) =>
    articles.length === 0 ? 0 : articles.filter(is).length / articles.length;
  const times = articles.flatMap(({ hints }) => hints.publishedAt ?? hints.modifiedAt ?? []);
  const sorted = times.map(Number).toSorted((a, b) => b - a);
  const [newest] = sorted;
  return {
    articles: articles.length,
    dated: share(({ hints }) => hints.publishedAt !== undefined || hints.modifiedAt !== undefined),
    fullText: share(({ hints }) => (hints.contentText?.length ?? 0) >= MIN_FULL_TEXT_CHARS),
    articleShare: share(({ url, hints }) => hints.publishedAt !== undefined || isArticleUrl(url)),
    known: share(({ url }) => isKnown(url)),
    newest: newest === undefined ? null : new Date(newest),
    perDay: articlesPerDay(sorted.slice(0, MAX_RECENT_ARTICLES), now),
  };
}

function articlesPerDay(times: number[], now: Date): number | null {
  const last = times.at(-1);
  if (times.length < 3 || last === undefined) return null;
  return times.length / Math.max(MIN_PERIOD_DAYS, (now.getTime() - last) / DAY_MS);
}

/** Returns why a fetched candidate is refused; null if it can be proposed. */
export function refusalOf(
  kind: Candidate["kind"],
  { links, skipped, problems }: Discovery,
): string | null {
  const articles = links.filter((link) => link.kind === "article").length;
  const comments = skipped.filter(({ detail }) => detail === DETAILS.comment).length;
  if (comments > articles) return "a feed of readers' comments";
  const away = skipped.filter(({ reason }) => reason === "off-site");
  if (away.length > articles) {
    return `${away.length} of its ${articles + away.length} links lead to other sites, e.g. ${away[0]?.detail}`;
  }
  if (links.length > 0) return null;
  return problems[0] ?? `the ${kind} names no article`;
}

const MIN_COMMON_LINK_SHARE = 0.9;

export function isSameAnswer(one: SitePage, other: SitePage): boolean {
  if (one.kind !== other.kind || one.title !== other.title) return false;
  const [links, others] = [keysOf(one), keysOf(other)];
  const common = [...links].filter((key) => others.has(key)).length;
  return common >= MIN_COMMON_LINK_SHARE * Math.max(links.size, others.size);
}

function keysOf({ discovery, namedPages }: SitePage): Set<string> {
  return new Set([...discovery.links, ...namedPages].map(({ url }) => urlKey(url)));
}

/** Returns the usual URLs of entry points of this kind, the most likely first. */
export function wellKnown(home: string, kind: NamedPage["kind"]): NamedPage[] {
  return ENTRY_POINTS[kind].usualPaths.map((path) => ({
    url: new URL(path, home).href,
    kind,
    from: "a common URL",
    why: null,
  }));
}

/** Returns the sitemaps that a robots.txt lists (sitemaps.org), news sitemaps first. */
export function robotsSitemaps(text: string, home: string): NamedPage[] {
  const lines = text
    .split(/\r\n|\n|\r/)
    .flatMap((line) => /^\s*sitemap\s*:\s*(\S+)/i.exec(line)?.[1] ?? []);
  const urls = [...new Set(lines)].flatMap((url) => parseUrl(url, home)?.href ?? []);
  const news = (url: string) => Number(!/news|article|post|presse|aktuell/i.test(url));
  return urls
    .toSorted((a, b) => news(a) - news(b))
    .map((url) => ({ url, kind: "sitemap", from: "robots.txt", why: null }));
}

const MAX_ENTRY_POINTS = 3;
const MIN_ADDED_SHARE = 0.03;
const MIN_ARTICLE_SHARE = 0.4;

/** Returns a candidate's score, from 0 to 1 (best). */
export function scoreOf(kind: Candidate["kind"], measures: CandidateMeasures, now: Date): number {
  const { articles, dated, fullText, articleShare, known, newest } = measures;
  if (articles === 0) return 0;
  const age = newest ? (now.getTime() - newest.getTime()) / DAY_MS : 60;
  const fresh = 1 / (1 + Math.max(0, age - 1) / 14);
  const score =
    0.3 * fresh +
    0.25 * articleShare +
    0.1 * dated +
    0.1 * fullText +
    0.05 * Math.min(1, articles / 10);
  return Math.round((score + ENTRY_POINTS[kind].preference) * (1 - known / 2) * 1000) / 1000;
}

export interface Ranked {
  candidate: Candidate;
  articles: ReadonlySet<string>;
}

/** Returns all candidates, best first. `why` says why a candidate isn't `proposed`. */
export function choose(ranked: readonly Ranked[], recent: ReadonlySet<string>): Candidate[] {
  const sorted = ranked.toSorted((a, b) => b.candidate.score - a.candidate.score);
  const covered = new Set<string>();
  const chosen = new Set<Candidate>();
  const fits = sorted.filter(
    ({ candidate }) => candidate.why === null && candidate.score > 0 && isAboutArticles(candidate),
  );
  const adds = ({ articles }: Ranked) =>
    [...articles].filter((key) => recent.has(key) && !covered.has(key)).length;
  while (chosen.size < MAX_ENTRY_POINTS) {
    const left = fits.filter(({ candidate }) => !chosen.has(candidate));
    const [next] = chosen.size === 0 ? left : left.toSorted((a, b) => adds(b) - adds(a));
    if (!next || (chosen.size > 0 && adds(next) <= recent.size * MIN_ADDED_SHARE)) break;
    chosen.add(next.candidate);
    for (const key of next.articles) covered.add(key);
  }
  return sorted.map(({ candidate }) => {
    if (chosen.has(candidate)) return { ...candidate, proposed: true };
    return { ...candidate, why: candidate.why ?? reasonOf(candidate) };
  });
}

function isAboutArticles({ measures }: Candidate): boolean {
  return (measures?.articleShare ?? 0) >= MIN_ARTICLE_SHARE;
}

function reasonOf(candidate: Candidate): string {
  if (candidate.score === 0) return "names no article of this site";
  return isAboutArticles(candidate)
    ? "adds little to the proposed entry points"
    : "most of its URLs don't look like articles";
}
