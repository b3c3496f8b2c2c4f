import type { Draft } from "../../articles/revisions/draft.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Score, StagingSet } from "../../model/archive/staging-set.ts";
import {
  addStagingSet,
  getStagingSet,
  keepStagingSet,
  putStagedArticles,
  takeStagingSet,
} from "../../store/articles/staging-sets.ts";
import { type Derivation, plan, type ReprocessDeps } from "./plan.ts";
import { emptyReport, filledFields, noteLeft, noteOne } from "./report.ts";
import { pieces, type ReprocessProgress } from "./reprocess.ts";
import { stageArticle } from "./staged-article.ts";

const BATCH_SIZE = 50;
const RETENTION_MS = 30 * 86_400_000;

/** A request for a staging set; `_id` is the name of the set. */
export type StagingSetRequest = Pick<
  StagingSet,
  "_id" | "requestHash" | "stages" | "slice" | "rules" | "begunAt" | "owner"
>;

/**
 * Fills a staging set with the articles of a slice that differ when they are derived again. Yields
 * the progress after each batch; continues an interrupted run. Throws `CommandError` if the
 * set is complete or was begun with other options, rules or tables.
 */
export async function* fillStagingSet(
  deps: ReprocessDeps,
  request: StagingSetRequest,
  batch = BATCH_SIZE,
): AsyncGenerator<ReprocessProgress> {
  const { store } = deps;
  const stagingSet = await takeOn(deps, request);
  const stages = new Set(stagingSet.stages);
  let { done, score } = stagingSet;
  if (done.after) yield { ...done, share: 0 };
  for await (const piece of pieces(store, stagingSet.slice, done.after, batch)) {
    const next = { after: piece.after, report: structuredClone(done.report) };
    const scored = structuredClone(score);
    next.report.articles += piece.articles.length;
    const found: Derivation[] = [];
    for (const planned of await plan(deps, piece.articles, stages)) {
      if ("left" in planned) {
        noteLeft(next.report, planned.left);
        continue;
      }
      noteOne(next.report, planned);
      noteScore(scored, planned.before, planned.draft);
      if (planned.differs) found.push(planned);
    }
    const { _id, expiresAt } = stagingSet;
    await putStagedArticles(
      store,
      found.map((planned) => stageArticle(planned, { stagingSet: _id, expiresAt })),
    );
    [done, score] = [next, scored];
    await keepStagingSet(store, stagingSet, { done, score });
    yield { ...done, share: piece.share };
  }
  await keepStagingSet(store, stagingSet, { state: "ready" });
  yield { ...done, share: 1 };
}

async function takeOn(
  { store, now }: ReprocessDeps,
  request: StagingSetRequest,
): Promise<StagingSet> {
  const { _id, owner } = request;
  const fresh: StagingSet = {
    ...request,
    state: "filling",
    done: { after: null, report: emptyReport() },
    score: emptyScore(),
    writing: [],
    expiresAt: new Date(now().getTime() + RETENTION_MS),
  };
  if (await addStagingSet(store, fresh)) return fresh;
  await takeStagingSet(store, _id, owner);
  const there = await getStagingSet(store, _id);
  if (!there) throw new CommandError("usage", `the staging set ${_id} was just dropped: try again`);
  const drop = `run \`newsgather reprocess drop ${_id}\` first, or choose another name`;
  if (there.state !== "filling")
    throw new CommandError("usage", `the staging set ${_id} is ${there.state}: ${drop}`);
  if (there.requestHash !== request.requestHash) {
    throw new CommandError(
      "usage",
      `the staging set ${_id} was begun with other options, rules or tables: ${drop}`,
    );
  }
  return { ...there, owner };
}

const MIN_LENGTH_CHANGE_SHARE = 0.2;

function emptyScore(): Score {
  const none = { before: 0, after: 0 };
  const editors = { ...none, of: 0 };
  return {
    articles: 0,
    fieldScore: { ...none },
    filled: {},
    shorter: 0,
    longer: 0,
    editors,
  };
}

function noteScore(score: Score, before: Draft, after: Draft): void {
  score.articles++;
  const readings = [
    ["before", before],
    ["after", after],
  ] as const;
  for (const [which, article] of readings) {
    score.fieldScore[which] += article.fieldScore ?? 0;
    for (const field of filledFields(article)) {
      const tally = (score.filled[field] ??= { before: 0, after: 0 });
      tally[which]++;
    }
  }
  const grown = after.text.length - before.text.length;
  if (grown < -MIN_LENGTH_CHANGE_SHARE * before.text.length) score.shorter++;
  if (grown > MIN_LENGTH_CHANGE_SHARE * before.text.length) score.longer++;
  const [was, is] = [wordsOfEditors(before), wordsOfEditors(after)];
  for (const [field, agrees] of is) {
    score.editors.of++;
    if (agrees) score.editors.after++;
    if (was.get(field)) score.editors.before++;
  }
}

function wordsOfEditors(article: Draft): Map<string, boolean> {
  const { overruled, topics, edited, title } = article;
  const found = new Map<string, boolean>();
  if (overruled) found.set("topics", sameSet(topicsOf(overruled), topics));
  const word = edited?.title;
  if (word) found.set("title", word === title);
  return found;
}

function topicsOf({ byTopic }: NonNullable<Draft["overruled"]>): string[] {
  return byTopic.map(({ id }) => id);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join("\n") === other.toSorted().join("\n");
}
