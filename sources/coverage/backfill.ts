import { newLink } from "../../articles/ingest/links.ts";
import type { CoverageGap } from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { admitHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLinks } from "../../store/crawl/links.ts";
import { addRuns, newRun } from "../../store/crawl/runs.ts";
import type { Store } from "../../store/store.ts";
import { makeLinksDue } from "../operations.ts";

type UnseenUrl = Pick<CoverageGap, "key" | "url" | "title" | "namedBy">;

/** Makes a source's missing articles due now, in a new run that contains nothing else. */
export async function backfill(
  store: Store,
  source: SourceRecord,
  gaps: readonly CoverageGap[],
  now: Date,
): Promise<void> {
  const keys = gaps.map(({ key }) => key);
  const links = await getLinks(store, keys);
  const runId = await openBackfill(store, source, now);
  const known = [...links.values()].map((link) => ({ ...link, url: link.foundUrl }));
  await makeLinksDue(store, source, known, { runId, at: now });
  const fresh = gaps.filter(({ key }) => !links.has(key));
  await addWitnessed(store, source, fresh, { runId, now, isCounted: true });
}

/**
 * Opens a run that fetches URLs named elsewhere, such as in another source's article. Coverage
 * counts new articles among the URLs as announced.
 */
export async function followWitnessed(
  store: Store,
  source: SourceRecord,
  urls: readonly UnseenUrl[],
  now: Date,
): Promise<void> {
  if (urls.length === 0) return;
  const runId = await openBackfill(store, source, now);
  await addWitnessed(store, source, urls, { runId, now, isCounted: false });
}

async function addWitnessed(
  store: Store,
  source: SourceRecord,
  articles: readonly (UnseenUrl & Partial<Pick<CoverageGap, "announcedAt">>)[],
  { runId, now, isCounted }: { runId: string; now: Date; isCounted: boolean },
): Promise<void> {
  const lane = source.render === "browser" ? "browser" : "http";
  const links = articles.map(({ key: id, url, title, announcedAt: publishedAt, namedBy }) => {
    const hints = { ...(title !== null && { title }), ...(publishedAt && { publishedAt }) };
    const found = { url, kind: "article", page: 1, hints } as const;
    const witness = { name: namedBy[0] ?? url, isCounted };
    return { ...newLink(found, { id, source, runId, lane, now, parentId: null }), witness };
  });
  await addLinks(store, links);
  const turns = links.map(({ host }) => ({ host, lane, at: now, ...source.pace }) as const);
  await admitHosts(store, turns);
}

async function openBackfill(store: Store, source: SourceRecord, now: Date): Promise<string> {
  const runId = `${source._id}-backfill-${now.getTime().toString(36)}`;
  await addRuns(store, [newRun(source, { _id: runId, trigger: "backfill", startedAt: now })]);
  return runId;
}
