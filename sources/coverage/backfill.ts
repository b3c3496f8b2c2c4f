import { newLink } from "../../articles/ingest/links.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { CoverageGap } from "../../model/sources/coverage.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { admitHosts } from "../../store/crawl/hosts.ts";
import { addLinks, getLinks, reviveLinks } from "../../store/crawl/links.ts";
import { addRuns, newRun } from "../../store/crawl/runs.ts";
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

/**
 * Opens a run that fetches URLs named elsewhere, such as in another source's article. Coverage
 * counts new articles among the URLs as announced.
 */
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
