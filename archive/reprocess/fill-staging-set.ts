import { isDeepStrictEqual } from "node:util";
import type { Classification } from "../../articles/classify/classify.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { type LeftUnchanged } from "../../articles/ingest/reread.ts";
import { bindingRights } from "../../articles/reading/parse-tasks.ts";
import { type Draft, sourceFieldsOf } from "../../articles/revisions/draft.ts";
import { isSameForReaders } from "../../articles/revisions/visibility.ts";
import { CommandError } from "../../lib/exit.ts";
import { shortHash } from "../../lib/text.ts";
import type {
  Score,
  StagedArticle,
  StagedPage,
  StagingSet,
} from "../../model/archive/staging-set.ts";
import type { Article } from "../../model/articles/article.ts";
import { sameSignals } from "../../model/usage-rights.ts";
import {
  addStagingSet,
  getStagingSet,
  putStagedArticles,
  saveStagingProgress,
  stagedArticleId,
  takeStagingSet,
} from "../../store/articles/staging-sets.ts";
import { getCapture } from "../../store/crawl/captures.ts";
import { getLink } from "../../store/crawl/links.ts";
import { getSource } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { type Derivation, plan, type ReprocessDeps } from "./plan.ts";
import {
  differencesOf,
  emptyReport,
  filledFields,
  noteAll,
  pieces,
  type ReprocessProgress,
} from "./reprocess.ts";

const BATCH_SIZE = 50;
const RETENTION_MS = 30 * 86_400_000;

/** A request for a staging set; `_id` is the name of the set. */
export type StagingSetRequest = Pick<
  StagingSet,
  "_id" | "requestHash" | "stages" | "slice" | "rules" | "begunAt" | "owner"
>;

/**
 * Derives the requested articles again, and stores the changed ones in a staging set. Continues an
 * interrupted run, and yields the progress after each batch. Throws `CommandError` if the set is
 * complete or was begun with other options, rules or tables.
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
    const derivations = noteAll(next.report, await plan(deps, piece.articles, stages));
    for (const { before, draft } of derivations) noteScore(scored, before, draft);
    const { _id, expiresAt } = stagingSet;
    await putStagedArticles(
      store,
      derivations
        .filter(({ differs }) => differs)
        .map((derivation) => stageArticle(derivation, { stagingSet: _id, expiresAt })),
    );
    [done, score] = [next, scored];
    await saveStagingProgress(store, stagingSet, { done, score });
    yield { ...done, share: piece.share };
  }
  await saveStagingProgress(store, stagingSet, { state: "ready" });
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
  return { articles: 0, fieldScore: none, filled: {}, shorter: 0, longer: 0, editors };
}

function noteScore(score: Score, before: Draft, after: Draft): void {
  score.articles++;
  const readings = { before, after };
  for (const which of ["before", "after"] as const) {
    const article = readings[which];
    score.fieldScore[which] += article.fieldScore;
    for (const field of filledFields(article)) {
      const tally = (score.filled[field] ??= { before: 0, after: 0 });
      tally[which]++;
    }
  }
  const grown = after.text.length - before.text.length;
  if (grown < -MIN_LENGTH_CHANGE_SHARE * before.text.length) score.shorter++;
  if (grown > MIN_LENGTH_CHANGE_SHARE * before.text.length) score.longer++;
  const [was, is] = [agreementsWithEditors(before), agreementsWithEditors(after)];
  for (const [field, agrees] of is) {
    score.editors.of++;
    if (agrees) score.editors.after++;
    if (was.get(field)) score.editors.before++;
  }
}

function agreementsWithEditors(article: Draft): Map<string, boolean> {
  const { overruled, topics, edited, title } = article;
  const found = new Map<string, boolean>();
  if (overruled) {
    const ofRules = overruled.byTopic.map(({ id }) => id);
    found.set("topics", ofRules.toSorted().join("\n") === topics.toSorted().join("\n"));
  }
  const word = edited?.title;
  if (word) found.set("title", word === title);
  return found;
}

/** Derivations don't depend on these: an article can be promoted although they changed. */
const FIELDS_OUTSIDE_BASIS = new Set<string>([
  "version",
  "pending",
  "pendingAt",
  "lastSeenAt",
  "traceId",
  "duplicateOf",
  "storyId",
] satisfies (keyof Article)[]);

function basisOf(article: Article): string {
  const parts = Object.entries(article).filter(([name]) => !FIELDS_OUTSIDE_BASIS.has(name));
  return shortHash(JSON.stringify(parts.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function stageArticle(
  { before, draft, page, visible }: Derivation,
  { stagingSet, expiresAt }: Pick<StagedArticle, "stagingSet" | "expiresAt">,
): StagedArticle {
  const changes = differencesOf(before, draft);
  return {
    _id: stagedArticleId(stagingSet, before._id),
    stagingSet,
    articleId: before._id,
    state: "open",
    left: null,
    basis: basisOf(before),
    visible,
    changes,
    fields: Object.keys(changes),
    draft,
    page: page && toStagedPage(page),
    expiresAt,
  };
}

function toStagedPage({ link, reading }: ReadPage): StagedPage {
  const { extraction, article } = reading.extracted;
  return {
    linkId: link._id,
    extraction: { ...extraction, fields: { ...extraction.fields, text: null, html: null } },
    classified: article.classified,
    features: article.fingerprint,
  };
}

/**
 * Returns the derivation that promotes a staged article, or why it can't be promoted. With
 * `resumed`, the article might be promoted already.
 */
export async function derivationOf(
  store: Store,
  stagedArticle: StagedArticle,
  article: Article | undefined,
  resumed: boolean,
): Promise<Derivation | ({ before: { _id: string } } & LeftUnchanged)> {
  const left = (why: string) => ({ before: { _id: stagedArticle.articleId }, left: why });
  if (!article) return left("the article no longer exists");
  if (!stagedArticle.draft) return left("its staged version is no longer stored");
  const { version, lastSeenAt, duplicateOf, storyId } = article;
  const draft = { ...stagedArticle.draft, version, lastSeenAt, duplicateOf, storyId };
  const isWritten = resumed && isSameForReaders(article, draft);
  if (!isWritten && stagedArticle.basis !== basisOf(article))
    return left("the article has changed since it was staged");
  const page = stagedArticle.page && (await pageOf(store, stagedArticle.page, draft));
  if (page && "left" in page) return left(page.left);
  const visible = !isSameForReaders(article, draft);
  return { before: article, draft, page, visible, differs: !isWritten };
}

async function pageOf(
  store: Store,
  { linkId, extraction, classified, features }: StagedPage,
  draft: NonNullable<StagedArticle["draft"]>,
): Promise<ReadPage | LeftUnchanged> {
  const [link, capture, source] = await Promise.all([
    getLink(store, linkId),
    getCapture(store, draft.captureId),
    getSource(store, draft.sourceId),
  ]);
  if (!link) return { left: "its link no longer exists" };
  if (!capture) return { left: "its response is no longer stored" };
  if (!source) return { left: "its source no longer exists" };
  const rights = bindingRights(capture.rights ?? [], source, capture.fetchedAt);
  if (
    !isDeepStrictEqual(rights.reserved, draft.reservations) ||
    !sameSignals(rights.binding, draft.rights)
  )
    return { left: "the consents in the source's file have changed since it was staged" };
  const { text, html, extractor, derived, sourceVersion } = draft;
  const fields = { ...extraction.fields, text, html };
  const article = { classified: classified as Classification, fingerprint: features };
  const rules = { extractor, language: derived.language };
  return {
    link,
    capture,
    reading: {
      extracted: { extraction: { ...extraction, fields }, article },
      capture,
      ...sourceFieldsOf(source),
      sourceVersion,
      rules,
      rights: draft.rights,
      reserved: draft.reservations,
    },
  };
}
