import { allFor, exportArticles } from "../../archive/export/rows.ts";
import { compareWithTruth, type ExportedArticle } from "../../demo/truth.ts";
import type { World } from "../../demo/world.ts";
import { shortHash } from "../../lib/text.ts";
import { readChanges } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";

const PAGE = 500;

/**
 * Describes how the stored articles of a world's sources differ from what they should be, and where requests were
 * impolite. `rushed` are hosts whose pace doesn't count.
 */
export async function differencesOf(
  store: Store,
  world: World,
  { sourceIds, rushed = [] }: { sourceIds: string[]; rushed?: string[] },
): Promise<string[]> {
  const articles = [];
  for await (const article of exportArticles(store, allFor("search"))) articles.push(article);
  const truth = {
    ...world.truth,
    articles: world.truth.articles.filter(({ sourceId }) => sourceIds.includes(sourceId)),
    announced: world.truth.announced.filter(({ sourceId }) => sourceIds.includes(sourceId)),
    paces: world.truth.paces.filter(({ host }) => !rushed.includes(host)),
  };
  const exported = JSON.parse(JSON.stringify(articles)) as ExportedArticle[];
  return compareWithTruth(truth, exported, world.report());
}

/** The progress of a reader of the stream. */
export interface Reading {
  seq: number;
  /** The latest version of each article so far. */
  versions: Map<string, number>;
  /** Hash of everything read, in order. */
  digest: string;
  /** Descriptions of gaps and repeats so far. */
  problems: string[];
}

/** Returns a reading that has not begun. */
export function unread(): Reading {
  return { seq: 0, versions: new Map(), digest: "", problems: [] };
}

/** Reads to the end of the stream. */
export async function readOn(store: Store, reading: Reading): Promise<void> {
  const { versions, problems } = reading;
  for (;;) {
    const changes = await readChanges(store, reading.seq, PAGE);
    if (changes.length === 0) return;
    for (const { seq, articleId, version } of changes) {
      if (seq !== reading.seq + 1) problems.push(`${reading.seq} is followed by ${seq}`);
      const before = versions.get(articleId) ?? 0;
      if (version !== before + 1) {
        problems.push(`${articleId}: version ${version} after ${before}`);
      }
      reading.seq = seq;
      reading.digest = shortHash(`${reading.digest} ${seq} ${articleId} ${version}`);
      versions.set(articleId, version);
    }
  }
}

/** Describes gaps, repeats and missing changes in the stream. */
export async function streamProblems(store: Store, reading = unread()): Promise<string[]> {
  await readOn(store, reading);
  const problems = [...reading.problems];
  const rest = await store.collections.changes.countDocuments({ seq: { $gt: reading.seq } });
  if (rest > 0) problems.push(`${rest} changes behind a gap after ${reading.seq}`);
  const articles = store.collections.articles.find({}, { projection: { version: 1 } });
  for await (const { _id, version } of articles) {
    const told = reading.versions.get(_id) ?? 0;
    if (told !== version)
      problems.push(`${_id} has version ${version}, the stream ends at ${told}`);
  }
  return problems;
}
