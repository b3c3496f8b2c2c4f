import { exportArticles } from "../../bin/pass/export-articles.ts";
import { readChanges } from "../../store/changes.ts";
import type { Store } from "../../store/store.ts";
import { compareWithTruth, type ExportedArticle } from "../world/check.ts";
import type { World } from "../world/world.ts";

const PAGE = 500;

/**
 * What of a world's sources is not as it should be in the store, or was not asked for politely, in
 * sentences. `rushed` are hosts whose pace doesn't count.
 */
export async function differencesOf(
  store: Store,
  world: World,
  { sourceIds, rushed = [] }: { sourceIds: string[]; rushed?: string[] },
): Promise<string[]> {
  const articles = [];
  for await (const article of exportArticles(store)) articles.push(article);
  const truth = {
    ...world.truth,
    articles: world.truth.articles.filter(({ sourceId }) => sourceIds.includes(sourceId)),
    paces: world.truth.paces.filter(({ host }) => !rushed.includes(host)),
  };
  const exported = JSON.parse(JSON.stringify(articles)) as ExportedArticle[];
  return compareWithTruth(truth, exported, world.report());
}

/** Gaps, repeats and changes that are missing in the stream, in sentences. */
export async function streamProblems(store: Store): Promise<string[]> {
  const problems: string[] = [];
  const versions = new Map<string, number>();
  let seq = 0;
  for (;;) {
    const changes = await readChanges(store, seq, PAGE);
    for (const change of changes) {
      if (change.seq !== seq + 1) problems.push(`${seq} is followed by ${change.seq}`);
      seq = change.seq;
      const before = versions.get(change.articleId) ?? 0;
      if (change.version !== before + 1) {
        problems.push(`${change.articleId}: version ${change.version} after ${before}`);
      }
      versions.set(change.articleId, change.version);
    }
    if (changes.length === 0) break;
  }
  const rest = await store.collections.changes.countDocuments({ seq: { $gt: seq } });
  if (rest > 0) problems.push(`${rest} changes behind a gap after ${seq}`);
  const articles = store.collections.articles.find({}, { projection: { version: 1 } });
  for await (const { _id, version } of articles) {
    const told = versions.get(_id) ?? 0;
    if (told !== version)
      problems.push(`${_id} has version ${version}, the stream ends at ${told}`);
  }
  return problems;
}
