import { pageOf } from "../../articles/reading/parse-tasks.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { leftOut } from "../../crawler/links/filter.ts";
import { throughProxy } from "../../crawler/visit.ts";
import type { FoundLink, Link, LinkKind } from "../../model/crawl/link.ts";
import { isSkipReason, SKIP_REASONS, type SkipReason } from "../../model/crawl/skipped.ts";
import type { Missed, Recall } from "../../model/sources/recall.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/aliases.ts";
import { knownLinkStates } from "../../store/crawl/links.ts";
import { saveRecall } from "../../store/sources/recalls.ts";
import type { Store } from "../../store/store.ts";
import { type DiscoveryDeps, readCandidates, readDocument } from "./candidates.ts";

/** What measuring stands on. */
export type RecallDeps = Omit<DiscoveryDeps, "taken" | "parser"> & {
  store: Store;
  parser: Pick<Parser, "discover" | "sitePage">;
};

/** Own entry points that are read, with further pages and the sitemaps of an index. */
const MAX_ENTRY_POINTS = 12;

/**
 * Asks a source's entry points and whatever else its site offers (feeds, sitemaps, lists, as a site discovery finds
 * them) for the articles of the last days, compares them with what is stored, and keeps the outcome.
 */
export async function measureRecall(
  deps: RecallDeps,
  source: SourceRecord,
  days: number,
): Promise<Recall> {
  const own = await readOwn(deps, source);
  const others = await readOthers(deps, source);
  const watched = new Set(own.map(({ url }) => urlKey(url)));
  const namings = [...own, ...others.filter(({ url }) => !watched.has(urlKey(url)))];
  const keys = [...new Set(namings.flatMap(({ articles }) => articles.map(({ key }) => key)))];
  const [aliases, links] = await Promise.all([
    articlesOfKeys(deps.store, keys),
    knownLinkStates(deps.store, keys),
  ]);
  const fateOfKey = new Map<string, Fate>(
    keys.map((key) => {
      const link = links.get(key) ?? null;
      const articleId = aliases.get(key) ?? link?.articleId ?? null;
      return [key, { articleId, link }];
    }),
  );
  const recall = recallOf(namings, fateOfKey, { sourceId: source._id, days, now: deps.now() });
  await saveRecall(deps.store, recall);
  return recall;
}

/** What the source's own entry points name, read as its runs do. */
async function readOwn(deps: RecallDeps, source: SourceRecord): Promise<Naming[]> {
  const waiting = entryPoints(source).map((entry) => ({ entry, root: entry.url }));
  const namings = new Map<string, Naming & { articles: NamedArticle[] }>();
  const seen = new Set<string>();
  for (let next = waiting.shift(); next && seen.size < MAX_ENTRY_POINTS; next = waiting.shift()) {
    const { entry, root } = next;
    const { url, kind, page } = entry;
    if (kind === "article" || seen.has(urlKey(url))) continue;
    seen.add(urlKey(url));
    deps.progress(url);
    const naming = namings.get(root) ?? { url: root, kind, watched: true, articles: [] };
    namings.set(root, naming);
    const response = await deps.visitor.visit(url, kind, source);
    if (!("received" in response)) continue;
    const task = {
      task: "discover",
      kind,
      page,
      ...pageOf(source, response.received, deps.now()),
    } as const;
    const { discovery } = await deps.parser.discover(task);
    naming.articles.push(...articlesIn(discovery.links, kind, source));
    for (const link of discovery.links)
      if (link.kind !== "article") waiting.push({ entry: link, root });
  }
  return [...namings.values()];
}

/** What else its site offers. */
async function readOthers(deps: RecallDeps, source: SourceRecord): Promise<Naming[]> {
  const home = source.home ?? new URL("/", entryPoints(source)[0]?.url).href;
  const itself = { url: home, kind: "listing", from: "the home page", why: null } as const;
  const visitor = throughProxy(deps.visitor, source.proxy);
  const discovering = { ...deps, visitor, taken: new Set<string>() };
  const first = await readDocument(discovering, itself, home);
  if ("why" in first) return [];
  const { text } = await visitor.robots(first.url);
  const { readable } = await readCandidates(discovering, first, home, text ?? "");
  return readable.map(({ candidate: { url, kind }, links }) => {
    return { url, kind, watched: false, articles: articlesIn(links, kind, source) };
  });
}

function articlesIn(
  links: readonly FoundLink[],
  kind: Naming["kind"],
  source: SourceRecord,
): NamedArticle[] {
  return links.flatMap(({ kind: what, url, hints }): NamedArticle[] => {
    if (what !== "article") return [];
    const date = hints.publishedAt ?? (kind === "sitemap" ? hints.modifiedAt : undefined) ?? null;
    // Most of a sitemap is no news: what it gives no date can't be told apart.
    if (kind === "sitemap" && date === null) return [];
    const unwanted = leftOut(url, source)?.reason ?? null;
    return [{ key: urlKey(url), url, title: hints.title ?? null, publishedAt: date, unwanted }];
  });
}

/** An article as a channel names it. */
interface NamedArticle {
  key: string;
  url: string;
  title: string | null;
  publishedAt: Date | null;
  /** Why the source doesn't want it, by its patterns; null when it does. */
  unwanted: SkipReason | null;
}

/** What a feed, sitemap or list names. */
interface Naming {
  url: string;
  kind: Exclude<LinkKind, "article">;
  watched: boolean;
  articles: readonly NamedArticle[];
}

/** What is known of an address: the article that is stored for it, and how its link stands. */
interface Fate {
  articleId: string | null;
  link: Pick<Link, "state" | "reason" | "detail" | "attempts"> | null;
}

/** Reasons for which a page is no article of the source's, or isn't wanted. */
const ON_PURPOSE = new Set<string>([
  "robots",
  "filtered",
  "off-site",
  "duplicate",
  "too-old",
  "not-article",
  "gone",
  "withdrawn",
  "reserved",
  "erased",
  "purged",
] satisfies SkipReason[]);

/** Missed articles that are listed. */
const MAX_MISSED = 500;

/** Compares what a site's channels name of the last days with what is stored. */
function recallOf(
  namings: readonly Naming[],
  fateOfKey: ReadonlyMap<string, Fate>,
  { sourceId, days, now }: { sourceId: string; days: number; now: Date },
): Recall {
  const since = now.getTime() - days * 86_400_000;
  const inWindow = ({ publishedAt }: NamedArticle) =>
    publishedAt === null || (publishedAt.getTime() >= since && publishedAt <= now);
  const recent = namings.map((naming) => ({
    ...naming,
    articles: naming.articles.filter(inWindow),
  }));
  const articleOf = ({ key }: NamedArticle) => fateOfKey.get(key)?.articleId ?? null;
  const all = new Map(recent.flatMap(({ articles }) => articles.map((one) => [one.key, one])));
  const left: Record<string, number> = {};
  const missed: Missed[] = [];
  // Several addresses of one article count once.
  const found = new Set<string>();
  for (const article of all.values()) {
    const articleId = articleOf(article);
    if (articleId !== null) {
      found.add(articleId);
      continue;
    }
    const reason = article.unwanted ?? fateOfKey.get(article.key)?.link?.reason ?? null;
    if (reason && ON_PURPOSE.has(reason)) {
      left[reason] = (left[reason] ?? 0) + 1;
      continue;
    }
    const namedIn = recent.filter(({ articles }) =>
      articles.some(({ key }) => key === article.key),
    );
    const { url, title, publishedAt } = article;
    const why = whyMissed(fateOfKey.get(article.key)?.link ?? null, namedIn);
    missed.push({ url, title, publishedAt, namedBy: namedIn.map((one) => one.url), why });
  }
  const stored = found.size;
  return {
    _id: sourceId,
    at: now,
    days,
    published: stored + missed.length,
    stored,
    left,
    channels: recent.map(({ url, kind, watched, articles }) => {
      return {
        url,
        kind,
        watched,
        listed: articles.length,
        stored: articles.filter((one) => articleOf(one) !== null).length,
      };
    }),
    missed: missed.slice(0, MAX_MISSED),
  };
}

function whyMissed(link: Fate["link"], namings: readonly Naming[]): string {
  if (!link) {
    return namings.some(({ watched }) => watched)
      ? "its entry point names it since the last run"
      : `no entry point names it: ${namings[0]?.kind ?? "channel"} ${namings[0]?.url ?? ""} does`;
  }
  const { state, reason, detail, attempts } = link;
  const because = detail ? ` (${detail})` : "";
  if (state === "dead-letter")
    return `given up after ${attempts} tries: ${reason ?? "unknown"}${because}`;
  if (state === "due")
    return attempts > 0
      ? `tried again later: ${reason ?? "it failed"}${because}`
      : "waits to be fetched";
  if (reason && isSkipReason(reason)) return `${SKIP_REASONS[reason]}${because}`;
  return "read, and has led to no article";
}
