import { newLink } from "../../articles/ingest/link-states.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { addressesOf } from "../../crawler/links/entry-points.ts";
import { leftOut } from "../../crawler/links/filter.ts";
import { siteOf } from "../../crawler/links/site.ts";
import { type Cached, cached } from "../../lib/cache.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import type { Link } from "../../model/crawl/link.ts";
import { COVERAGE_DAYS, type CoverageGap } from "../../model/sources/coverage.ts";
import { isPaused, type SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/aliases.ts";
import { admitHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLinks, knownLinkStates, reviveLinks } from "../../store/crawl/links.ts";
import { addRuns, newRun } from "../../store/crawl/runs.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

/** Makes a source's missing articles due now, in a new run that contains nothing else. */
export async function backfill(
  store: Store,
  source: SourceRecord,
  gaps: readonly CoverageGap[],
  now: Date,
): Promise<void> {
  const links = await getLinks(
    store,
    gaps.map(({ key }) => key),
  );
  const known = [...links.values()];
  const runId = await openBackfill(store, source, now);
  const hostOf = ({ foundUrl }: Link) => new URL(foundUrl).host;
  await reviveLinks(
    store,
    known.map((link) => {
      const set = { url: link.foundUrl, host: hostOf(link) };
      return { id: link._id, runId, dueAt: now, set };
    }),
  );
  const fresh = gaps
    .filter(({ key }) => !links.has(key))
    .map(({ announcedAt: publishedAt, namedBy, ...gap }) => {
      const [name = gap.url] = namedBy;
      return witnessedLink(
        source,
        { ...gap, publishedAt, witness: { name, isCounted: true } },
        {
          runId,
          now,
        },
      );
    });
  await addLinks(store, fresh);
  await admitHosts(store, [
    ...fresh.map(({ host, lane }) => ({ host, lane, at: now, ...source.pace })),
    ...known.map((link) => ({ host: hostOf(link), lane: link.lane, at: now, ...source.pace })),
  ]);
}

/** Makes unknown URLs due that no entry point has named; new articles there count as announced. */
export async function followWitnessed(
  store: Store,
  source: SourceRecord,
  urls: readonly { key: string; url: string; title: string | null; namedBy: readonly string[] }[],
  now: Date,
): Promise<void> {
  if (urls.length === 0) return;
  const runId = await openBackfill(store, source, now);
  const links = urls.map(({ namedBy: [name = ""], ...article }) =>
    witnessedLink(
      source,
      { ...article, publishedAt: null, witness: { name, isCounted: false } },
      { runId, now },
    ),
  );
  await addLinks(store, links);
  await admitHosts(
    store,
    links.map(({ host, lane }) => ({ host, lane, at: now, ...source.pace })),
  );
}

const MAX_LINKS_PER_ARTICLE = 3;

const sitesOf = new WeakMap<Store, Cached<Map<string, SourceRecord[]>>>();

const SITES_CACHE_OPTIONS = { ttl: 5 * MINUTE_MS, size: 1 };

/** Follows links to other sources: makes up to three unknown URLs due, and returns how many. */
export async function followMentions(
  store: Store,
  { mentions: urls, url, sourceId }: { mentions: readonly string[]; url: string; sourceId: string },
  now: Date,
): Promise<number> {
  if (urls.length === 0) return 0;
  const sites = sitesOf.get(store) ?? cached(() => readSites(store), SITES_CACHE_OPTIONS);
  sitesOf.set(store, sites);
  const sources = await sites.get("all");
  const atSources = urls.flatMap((one) => {
    const source = sources.get(siteOf(one) ?? "")?.find((each) => leftOut(one, each) === null);
    if (!source || source._id === sourceId || isPaused(source, now)) return [];
    return [{ source, key: urlKey(one), url: one }];
  });
  if (atSources.length === 0) return 0;
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
  return unknown.length;
}

/** Whether only a `witness` named an article over 28 days old; these would fill the archive. */
export function isOldWitnessed(
  { witness }: Pick<Link, "witness">,
  publishedAt: Date | null,
  now: Date,
): boolean {
  if (!witness || publishedAt === null) return false;
  return now.getTime() - publishedAt.getTime() > COVERAGE_DAYS * DAY_MS;
}

async function openBackfill(store: Store, source: SourceRecord, now: Date): Promise<string> {
  const runId = `${source._id}-backfill-${now.getTime().toString(36)}`;
  await addRuns(store, [newRun(source, { _id: runId, trigger: "backfill", startedAt: now })]);
  return runId;
}

function witnessedLink(
  source: SourceRecord,
  article: {
    key: string;
    url: string;
    title: string | null;
    publishedAt: Date | null;
    witness: NonNullable<Link["witness"]>;
  },
  { runId, now }: { runId: string; now: Date },
): Link {
  const { key: id, url, title, publishedAt, witness } = article;
  const hints = { ...(title !== null && { title }), ...(publishedAt !== null && { publishedAt }) };
  const lane = source.render === "browser" ? "browser" : "http";
  const found = { url, kind: "article", page: 1, hints } as const;
  return { ...newLink(found, { id, source, runId, lane, now, parentId: null }), witness };
}

async function readSites(store: Store): Promise<Map<string, SourceRecord[]>> {
  const sites = new Map<string, SourceRecord[]>();
  for (const source of await listSources(store)) {
    if (!source.active) continue;
    const own = [...addressesOf(source), ...source.allowHosts.map((host) => `http://${host}/`)];
    for (const site of new Set(own.map(siteOf)))
      if (site !== null) sites.set(site, [...(sites.get(site) ?? []), source]);
  }
  return sites;
}
