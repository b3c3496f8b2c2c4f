import { urlsOf } from "../../crawler/links/entry-points.ts";
import { leftOut, siteOf, urlKey } from "../../crawler/links/url.ts";
import { cachedPer } from "../../lib/async.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import { COVERAGE_DAYS } from "../../model/sources/coverage.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/articles.ts";
import { knownLinkStates } from "../../store/crawl/links.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { followWitnessed } from "./backfill.ts";

const MAX_LINKS_PER_ARTICLE = 3;

const sitesOf = cachedPer(readSites, { ttl: 5 * MINUTE_MS, size: 1 });

/** Follows an article's links to other sources: makes up to 3 new URLs due. */
export async function followMentions(
  store: Store,
  { mentions: urls, url, sourceId }: { mentions: readonly string[]; url: string; sourceId: string },
  now: Date,
): Promise<void> {
  const sources = await sitesOf(store);
  const atSources = urls.flatMap((one) => {
    const source = sources.get(siteOf(one) ?? "")?.find((each) => leftOut(one, each) === null);
    if (!source || source._id === sourceId || isPaused(source, now)) return [];
    return [{ source, key: urlKey(one), url: one }];
  });
  const keys = atSources.map(({ key }) => key);
  const [links, aliases] = await Promise.all([
    knownLinkStates(store, keys),
    articlesOfKeys(store, keys),
  ]);
  const unknown = atSources
    .filter(({ key }) => !links.has(key) && !aliases.has(key))
    .slice(0, MAX_LINKS_PER_ARTICLE);
  for (const { source, ...article } of unknown)
    await followWitnessed(store, source, [{ ...article, title: null, namedBy: [url] }], now);
}

/** Whether an article that no entry point names is over 28 days old, so it must be skipped. */
export function isOldWitnessed(publishedAt: Date | null, now: Date): boolean {
  return publishedAt !== null && now.getTime() - publishedAt.getTime() > COVERAGE_DAYS * DAY_MS;
}

async function readSites(store: Store): Promise<Map<string, SourceRecord[]>> {
  const sites = new Map<string, SourceRecord[]>();
  for (const source of await listSources(store)) {
    if (!source.active) continue;
    const own = [...urlsOf(source), ...source.allowHosts.map((host) => `http://${host}/`)];
    for (const site of new Set(own.map(siteOf)))
      if (site !== null) sites.set(site, [...(sites.get(site) ?? []), source]);
  }
  return sites;
}
