import { newLink } from "../../articles/ingest/links.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { CoverageGap } from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { admitHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLinks } from "../../store/crawl/links.ts";
import { addRuns, newRun } from "../../store/crawl/runs.ts";
import type { Store } from "../../store/store.ts";
import { makeLinksDue } from "../operations.ts";

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
  const unknown = gaps.filter(({ key }) => !links.has(key));
  const fresh = unknown.map(
    ({ key, url, title, announcedAt: publishedAt, namedBy: [name = url] }) => {
      const article = { key, url, title, publishedAt, witness: { name, isCounted: true } };
      return witnessedLink(source, article, { runId, now });
    },
  );
  await addWitnessed(store, source, fresh, now);
}

/**
 * Opens a run that fetches URLs named elsewhere, such as in another source's article. Coverage
 * counts new articles among the URLs as announced.
 */
export async function followWitnessed(
  store: Store,
  source: SourceRecord,
  urls: readonly Pick<CoverageGap, "key" | "url" | "title" | "namedBy">[],
  now: Date,
): Promise<void> {
  if (urls.length === 0) return;
  const runId = await openBackfill(store, source, now);
  const links = urls.map(({ key, url, title, namedBy: [name = ""] }) => {
    const article = { key, url, title, publishedAt: null, witness: { name, isCounted: false } };
    return witnessedLink(source, article, { runId, now });
  });
  await addWitnessed(store, source, links, now);
}

async function addWitnessed(
  store: Store,
  { pace }: SourceRecord,
  links: Link[],
  at: Date,
): Promise<void> {
  await addLinks(store, links);
  const turns = links.map(({ host, lane }) => ({ host, lane, at, ...pace }));
  await admitHosts(store, turns);
}

async function openBackfill(store: Store, source: SourceRecord, now: Date): Promise<string> {
  const runId = `${source._id}-backfill-${now.getTime().toString(36)}`;
  await addRuns(store, [newRun(source, { _id: runId, trigger: "backfill", startedAt: now })]);
  return runId;
}

function witnessedLink(
  source: SourceRecord,
  article: Pick<CoverageGap, "key" | "url" | "title"> &
    Required<Pick<Link, "witness">> & { publishedAt: Date | null },
  { runId, now }: { runId: string; now: Date },
): Link {
  const { key: id, url, title, publishedAt, witness } = article;
  const hints = { ...(title !== null && { title }), ...(publishedAt !== null && { publishedAt }) };
  const lane = source.render === "browser" ? "browser" : "http";
  const found = { url, kind: "article", page: 1, hints } as const;
  return { ...newLink(found, { id, source, runId, lane, now, parentId: null }), witness };
}
