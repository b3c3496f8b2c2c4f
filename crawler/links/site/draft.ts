import { DAY_MS } from "../../../lib/time.ts";
import { ENTRY_POINT_KINDS, ENTRY_POINTS } from "../../../model/crawl/entry-points.ts";
import type { FoundLink } from "../../../model/crawl/link.ts";
import type { Candidate } from "../../../model/sources/site-discovery.ts";
import { isArticleUrl } from "../infer/groups.ts";
import { siteOf } from "../url.ts";

const FETCH_INTERVALS: [perDay: number, every: string, ms: number][] = [
  [24, "15m", DAY_MS / 96],
  [6, "30m", DAY_MS / 48],
  [1, "2h", DAY_MS / 12],
  [0, "6h", DAY_MS / 4],
];
const WORLDWIDE_DOMAINS = new Set([
  "EU",
  "IO",
  "AI",
  "ME",
  "TV",
  "CO",
  "CC",
  "FM",
  "WS",
  "LY",
  "SH",
  "GG",
]);

export interface DraftFacts {
  home: string;
  title: string | null;
  language: string | null;
  country: string | null;
  chosen: readonly Candidate[];
  include: readonly string[];
  /** Crawl-delay in robots.txt, ms; 0 if there is none. */
  delay: number;
  proxy?: string | undefined;
  taken: ReadonlySet<string>;
}

/** Returns the declaration of a source as an operator would write it. */
export function draftSource(facts: DraftFacts): Record<string, unknown> {
  const { home, title, chosen, include, language, country, delay } = facts;
  const entries = ENTRY_POINT_KINDS.map((kind) => {
    const of = chosen.filter((one) => one.kind === kind);
    const urls = of.map(({ listing, url }) =>
      kind === "listing" ? sparse(listing ?? { url }) : url,
    );
    return [ENTRY_POINTS[kind].field, urls] as const;
  });
  return {
    id: idOf(home, facts.taken),
    name: nameOf(title, home),
    home,
    ...Object.fromEntries(entries.filter(([, urls]) => urls.length > 0)),
    schedule: { every: everyOf(chosen)[1] },
    ...(delay > 2000 && { pace: { delay: `${Math.ceil(delay / 1000)}s` } }),
    ...(facts.proxy !== undefined && { proxy: facts.proxy }),
    ...(include.length > 0 && { include: [...include] }),
    ...(language && { language }),
    ...(country && { country }),
  };
}

/** Returns an estimate of the requests per day, including revisits of articles. */
export function requestsPerDay(chosen: readonly Candidate[]): number {
  const rounds = DAY_MS / everyOf(chosen)[2];
  const perDay = Math.max(0, ...chosen.map(({ measures }) => measures?.perDay ?? 0));
  return Math.round(rounds * chosen.length + perDay * 3 + 1);
}

/** Returns the ISO 3166-1 code of a URL's top-level domain; null if it has no country. */
export function countryOf(home: string): string | null {
  const last = new URL(home).hostname.split(".").at(-1)?.toUpperCase() ?? "";
  const code = last === "UK" ? "GB" : last;
  return /^[A-Z]{2}$/.test(code) && !WORLDWIDE_DOMAINS.has(code) ? code : null;
}

function everyOf(chosen: readonly Candidate[]) {
  const perDay = Math.max(0, ...chosen.map(({ measures }) => measures?.perDay ?? 0));
  const fallback = FETCH_INTERVALS.at(-1) ?? [0, "6h", DAY_MS / 4];
  return FETCH_INTERVALS.find(([least]) => perDay >= least) ?? fallback;
}

function idOf(home: string, taken: ReadonlySet<string>): string {
  const site = siteOf(home) ?? new URL(home).hostname;
  const host = new URL(home).hostname.replace(/^www\./, "");
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 55);
  for (const name of [plain(site.split(".")[0] ?? ""), plain(site), plain(host)])
    if (name.length >= 2 && !taken.has(name)) return name;
  for (let number = 2; ; number++)
    if (!taken.has(`${plain(host)}-${number}`)) return `${plain(host)}-${number}`;
}

function nameOf(title: string | null, home: string): string {
  const generic =
    /^(?:home|start(?:seite)?|accueil|inicio|homepage|welcome.*|willkommen.*|news|首页)$/i;
  const parts = (title ?? "").split(/\s+[|–—·»:-]\s+/).map((part) => part.trim());
  return parts.find((part) => part !== "" && !generic.test(part)) ?? new URL(home).hostname;
}

function sparse(listing: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(listing).filter(
      ([key, value]) =>
        value !== undefined && key !== "pages" && !(key === "link" && value === "a"),
    ),
  );
}

const CLEAN_SITEMAP_SHARE = 0.9;
const MIN_COVERED_SHARE = 0.98;
const MAX_FOLDERS = 3;

/** Returns path patterns for the articles in sitemaps; empty if none are needed or useful. */
export function includeOf(
  found: readonly { links: readonly FoundLink[]; kind: Candidate["kind"] }[],
): string[] {
  const sitemaps = found
    .filter(({ kind }) => kind === "sitemap")
    .flatMap(({ links }) => articlesOf(links));
  const like = sitemaps.filter(isArticleUrl);
  if (sitemaps.length === 0 || like.length >= sitemaps.length * CLEAN_SITEMAP_SHARE) return [];
  const others = found
    .filter(({ kind }) => kind !== "sitemap")
    .flatMap(({ links }) => articlesOf(links));
  const wanted = [...like, ...others];
  const counts = new Map<string, number>();
  for (const url of wanted) counts.set(folderOf(url), (counts.get(folderOf(url)) ?? 0) + 1);
  const folders = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, MAX_FOLDERS);
  const covered = folders.reduce((sum, [, count]) => sum + count, 0);
  if (covered < wanted.length * MIN_COVERED_SHARE || folders.some(([folder]) => folder === ""))
    return [];
  return folders.map(([folder]) => `/${folder}/**`);
}

function articlesOf(links: readonly FoundLink[]): string[] {
  return links.filter(({ kind }) => kind === "article").map(({ url }) => url);
}

function folderOf(url: string): string {
  const parts = new URL(url).pathname.split("/");
  return parts.length > 2 ? (parts[1] ?? "") : "";
}
