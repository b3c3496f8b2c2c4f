import { entryPoints } from "../../crawler/links/entry-points.ts";
import { leftOut, urlKey } from "../../crawler/links/url.ts";
import { throughProxy } from "../../crawler/visit.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { FoundLink } from "../../model/crawl/link.ts";
import {
  type AnnouncedArticle,
  COVERAGE_DAYS,
  type Coverage,
  type CoverageChannel,
} from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/articles.ts";
import { knownLinkStates } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { type DiscoveryDeps, readCandidates, readDocument } from "../discovery/candidates.ts";
import { followWitnessed } from "./backfill.ts";
import { changeCoverage } from "./check.ts";
import { countAnnouncements, type Judged, judge } from "./judge.ts";

type ProbeDeps = DiscoveryDeps & { store: Store };

const MAX_FOLLOWED_URLS = 10;

/**
 * Searches other feeds, sitemaps and listings of a source's site for missing articles. Up to ten
 * undated articles are fetched. Returns null if the source's coverage isn't counted.
 */
export async function probeSite(deps: ProbeDeps, source: SourceRecord): Promise<Coverage | null> {
  const { store } = deps;
  const channels = await readChannels(deps, source);
  const now = deps.now();
  const keys = [...new Set(channels.flatMap(({ articles }) => articles.map(({ key }) => key)))];
  const [aliases, links] = await Promise.all([
    articlesOfKeys(store, keys),
    knownLinkStates(store, keys),
  ]);
  const isCovered = (key: string) => aliases.has(key) || Boolean(links.get(key)?.articleId);
  const unknown = mergeChannels(channels).filter(
    ({ key, url }) => !aliases.has(key) && !links.has(key) && leftOut(url, source) === null,
  );
  const dated = unknown.filter(({ publishedAt }) => publishedAt !== null && publishedAt <= now);
  const undated = unknown.filter(({ publishedAt }) => publishedAt === null);
  const probe = {
    at: now,
    channels: channels.map(({ url, kind, articles }): CoverageChannel => {
      const covered = articles.filter(({ key }) => isCovered(key)).length;
      return { url, kind, listed: articles.length, covered };
    }),
  };
  const changed = await changeCoverage(store, source._id, (coverage) => {
    const since = Math.max(coverage.since.getTime(), now.getTime() - COVERAGE_DAYS * DAY_MS);
    // The next run might still find newer articles in time.
    const soonest = new Date(now.getTime() - coverage.objective.within);
    const latest = new Date(Math.min(soonest.getTime(), source.lastSuccessAt?.getTime() ?? 0));
    const judged = dated.flatMap(({ publishedAt: announcedAt, ...article }): Judged[] => {
      if (announcedAt === null || announcedAt.getTime() < since || announcedAt > latest) return [];
      const announcement: AnnouncedArticle = { ...article, announcedAt };
      const verdict = judge(announcement, { link: null, article: null }, 0);
      return [{ announcement, verdict }];
    });
    const counted = countAnnouncements(coverage, judged, new Map(), now);
    return { ...counted, probe, ...(judged.length > 0 && { nextCheckAt: now }) };
  });
  if (changed) await followWitnessed(store, source, undated.slice(0, MAX_FOLLOWED_URLS), now);
  return changed;
}

/** Returns each article once, with the first title and date that a feed, sitemap or list states. */
export function mergeChannels(
  channels: readonly Pick<Channel, "url" | "articles">[],
): (ChannelArticle & { namedBy: string[] })[] {
  const found = new Map<string, ChannelArticle & { namedBy: string[] }>();
  for (const { url, articles } of channels) {
    for (const article of articles) {
      const before = found.get(article.key);
      found.set(article.key, {
        ...article,
        ...before,
        title: before?.title ?? article.title,
        publishedAt: before?.publishedAt ?? article.publishedAt,
        namedBy: [...new Set([...(before?.namedBy ?? []), url])],
      });
    }
  }
  return [...found.values()];
}

type ChannelArticle = Pick<AnnouncedArticle, "key" | "url" | "title"> & {
  publishedAt: Date | null;
};

interface Channel {
  url: string;
  kind: EntryPointKind;
  articles: ChannelArticle[];
}

async function readChannels(deps: ProbeDeps, source: SourceRecord): Promise<Channel[]> {
  const own = entryPoints(source);
  const home = source.home ?? new URL("/", own[0]?.url).href;
  const itself = { url: home, kind: "listing", from: "the home page", why: null } as const;
  const visitor = throughProxy(deps.visitor, source.proxy);
  const probing = { ...deps, visitor, own };
  const first = await readDocument(probing, itself, home);
  if ("why" in first) return [];
  const { text } = await visitor.robots(first.url);
  const { readable } = await readCandidates(probing, first, home, text ?? "");
  const read = new Set(own.map(({ url }) => urlKey(url)));
  return readable.flatMap(({ candidate: { url, kind }, links }): Channel[] =>
    read.has(urlKey(url)) ? [] : [{ url, kind, articles: links.flatMap(articleOf) }],
  );
}

function articleOf({ kind, url, hints }: FoundLink): ChannelArticle[] {
  if (kind !== "article") return [];
  // A sitemap's `lastmod` isn't a publication date, so `modifiedAt` isn't read.
  const { title = null, publishedAt = null } = hints;
  return [{ key: urlKey(url), url, title, publishedAt }];
}
