import type { TopicRule } from "../../model/articles/classification.ts";
import {
  type ArticleDecision,
  type Correction,
  decisionText,
  type Intent,
  isOfStory,
  type TimesDecision,
  type TopicsDecision,
  type WordingDecision,
} from "../../model/articles/correction.ts";
import { givesReason } from "../../model/operations/audit.ts";
import { addRevisions, getArticles } from "../../store/articles/articles.ts";
import { addLinkConstraints, dropLinkConstraints } from "../../store/articles/fingerprints.ts";
import {
  addCorrections,
  correctionsOf,
  endCorrection,
  endIntent,
  getCorrection,
  unfinishedIntents,
  withIntent,
} from "../../store/articles/stories.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { readInBatches } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { changeArticle, revisionOf, writeOf } from "../revisions/draft.ts";
import { corrected, visibleState } from "../revisions/visibility.ts";
import { applyStoryDecisions, constraintsOf, correctionOf } from "../stories/corrections.ts";
import { repairStories } from "../stories/repair.ts";

export interface CorrectParams {
  articleId: string;
  word: ArticleDecision;
  actor: string;
  reason: string;
}

export type CorrectionOutcome = { correction: Correction; changed: boolean } | { problem: string };

/** Stores and applies a correction, with a line in the audit log that names the `actor`. */
export async function correct(
  store: Store,
  { articleId, word, actor, reason }: CorrectParams,
  { topics, now }: { topics: Topics; now: Date },
): Promise<CorrectionOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const article = (await getArticles(store, [articleId])).get(articleId);
  const problem =
    problemOf(word, topics) ??
    (word.field === "times" ? ofTimes({ ...article?.times, ...word }) : null);
  if (problem) return { problem };
  if (!article) return { problem: "no such article" };
  const full = inFull(word, topics);
  const correction = correctionOf({ articleId, word: full, actor, at: now, reason });
  const what = { action: "article.correct", subject: articleId, detail: decisionText(full) };
  const changed = await runAudited(store, { actor, now, reason }, what, async () => {
    const intent = { at: now, articleIds: [articleId], corrections: [correction], undone: [] };
    return withIntent(store, intent, async () => {
      await addCorrections(store, [correction]);
      return { is: await applyToArticle(store, articleId, now) };
    });
  });
  return { correction, changed: changed.is };
}

/**
 * Undoes one correction; other corrections stay in effect. If it split or joined stories, these
 * stories are determined again.
 */
export async function undoCorrection(
  store: Store,
  { id, actor, reason }: { id: string; actor: string; reason: string },
  now: Date,
): Promise<CorrectionOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const known = await getCorrection(store, id);
  if (!known) return { problem: "no such correction" };
  if (known.undone) return { problem: "the correction was already undone" };
  const { articleId: subject } = known;
  const what = { action: "article.undo", subject, detail: id };
  return runAudited(store, { actor, now, reason }, what, async (): Promise<CorrectionOutcome> => {
    const undone = { actor, at: now, reason };
    const articleIds = isOfStory(known) ? [subject, ...known.word.with] : [subject];
    const intent = { at: now, articleIds, corrections: [], undone: [{ id, undone }] };
    return withIntent(store, intent, async (): Promise<CorrectionOutcome> => {
      const ended = await endCorrection(store, id, undone);
      const correction = await getCorrection(store, id);
      if (!ended || !correction) return { problem: "the correction was already undone" };
      const changed = isOfStory(correction)
        ? (await applyStoryDecisions(store, [correction], () => now)) > 0
        : await applyToArticle(store, subject, now);
      return { correction, changed };
    });
  });
}

/**
 * Applies all corrections again, because a restored article can be older than its corrections. The
 * stories change later, when the `maintain` job repairs them.
 */
export async function applyCorrections(store: Store, now: Date): Promise<void> {
  const done = new Set<string>();
  for await (const corrections of readInBatches<Correction>(store.collections.corrections)) {
    for (const correction of corrections) {
      const { articleId, undone } = correction;
      if (isOfStory(correction)) {
        const change = undone ? dropLinkConstraints : addLinkConstraints;
        await change(store, constraintsOf(correction), now);
      } else if (!done.has(articleId)) {
        done.add(articleId);
        await applyToArticle(store, articleId, now);
      }
    }
  }
}

const ABANDONED_INTENT_AGE_MS = 30_000;
const MAX_INTENTS = 50;

/** Completes up to 50 unfinished operations that are over 30 s old; returns their number. */
export async function finishIntents(store: Store, now: () => Date): Promise<number> {
  const until = new Date(now().getTime() - ABANDONED_INTENT_AGE_MS);
  const intents = await unfinishedIntents(store, until, MAX_INTENTS);
  for (const intent of intents) {
    await finish(store, intent, now);
    await endIntent(store, intent._id);
  }
  return intents.length;
}

/** Repeats an interrupted operation; steps that were already done have no effect. */
async function finish(
  store: Store,
  { at, articleIds, corrections, undone }: Intent,
  now: () => Date,
): Promise<void> {
  for (const each of undone) await endCorrection(store, each.id, each.undone);
  await addCorrections(store, corrections);
  const ids = [...undone.map(({ id }) => id), ...corrections.map(({ _id }) => _id)];
  const stored = await Promise.all(ids.map((id) => getCorrection(store, id)));
  const ofStories = stored.filter((each) => each !== null).filter(isOfStory);
  await applyStoryDecisions(store, ofStories, now);
  if (ids.length > 0) for (const id of articleIds) await applyToArticle(store, id, now());
  const articles = await getArticles(store, [...articleIds]);
  await addRevisions(
    store,
    [...articles.values()].map((article) => revisionOf(article, at)),
  );
  await repairStories(store, articleIds, now);
}

async function applyToArticle(store: Store, articleId: string, now: Date): Promise<boolean> {
  const done = await changeArticle(store, articleId, async (before) => {
    const corrections = (await correctionsOf(store, [articleId])).get(articleId) ?? [];
    const after = corrected(before, corrections, before, now);
    if (visibleState(after) === visibleState(before)) return null;
    return writeOf({ ...after, version: before.version + 1 }, before, "updated", now);
  });
  if (typeof done === "string") return false;
  const { article, change } = done;
  // If this article represents its copies, another one must do so while this one is hidden.
  if (change.before?.status !== article.status) await repairStories(store, [articleId], () => now);
  return true;
}

/** Makes the same correction to several articles. A problem with one doesn't stop the others. */
export async function correctAll(
  store: Store,
  params: { articleIds: readonly string[]; word: ArticleDecision; actor: string; reason: string },
  { topics, now }: { topics: Topics; now: Date },
) {
  const { articleIds, ...correction } = params;
  const done: { id: string; correction: string; changed: boolean }[] = [];
  const problems: { id: string; problem: string }[] = [];
  for (const id of new Set(articleIds)) {
    const result = await correct(store, { articleId: id, ...correction }, { topics, now });
    if ("problem" in result) problems.push({ id, problem: result.problem });
    else done.push({ id, correction: result.correction._id, changed: result.changed });
  }
  return { done, problems };
}

type Topics = readonly Pick<TopicRule, "id" | "parent">[];

const MAX_TEXT_CHARS = { title: 500, prefix: 100, teaser: 5000 };

export function problemOf(word: ArticleDecision, topics: Topics): string | null {
  if (word.field === "topics") return ofTopics(word, topics);
  if (word.field === "wording") return ofWording(word);
  if (word.field === "times") return ofTimes(word);
  return word.say === "new"
    ? "the state `new` can't be set: only articles that no editor has opened are new"
    : null;
}

function inFull<Word extends ArticleDecision>(word: Word, topics: Topics): Word {
  if (word.field === "wording" && word.prefix) {
    const prefix = word.prefix.trim();
    return { ...word, prefix: prefix && `${prefix} ` };
  }
  if (word.field !== "topics") return word;
  return { ...word, add: [...new Set(word.add.flatMap((id) => withWider(id, topics)))] };
}

function ofTopics({ add, remove }: TopicsDecision, topics: Topics): string | null {
  const known = new Set(topics.map(({ id }) => id));
  const unknown = [...add, ...remove].filter((id) => !known.has(id));
  if (unknown.length > 0) return `no such topic: ${unknown.join(", ")}`;
  if (add.length + remove.length === 0) return "name a topic to add or remove";
  const both = add.filter((id) => remove.includes(id));
  return both.length > 0 ? `both added and removed: ${both.join(", ")}` : null;
}

function ofWording({ language, title, prefix, teaser }: WordingDecision): string | null {
  if (language !== null && !/^[a-z]{2,3}$/.test(language)) {
    return "write a language as two or three lowercase letters, e.g. de";
  }
  const wording = Object.entries({ title, prefix, teaser }).filter(
    ([, text]) => text !== undefined,
  );
  if (wording.length === 0) return "write a title, a prefix or a teaser";
  if (title?.trim() === "") return "a title can't be empty";
  const long = Object.entries(MAX_TEXT_CHARS).find(
    ([name, most]) => (wording.find(([field]) => field === name)?.[1]?.length ?? 0) > most,
  );
  return long ? `the ${long[0]} is longer than ${long[1]} characters` : null;
}

function ofTimes({ embargo, expires, pin }: TimesDecision): string | null {
  const all = [embargo, expires, pin];
  if (all.every((time) => time === undefined)) return "name an embargo, an expiry or a pin";
  if (all.some((time) => time && Number.isNaN(time.getTime())))
    return "one of the times is invalid";
  return embargo && expires && expires <= embargo
    ? "the article would expire before its embargo ends"
    : null;
}

function withWider(id: string, topics: Topics): string[] {
  const parent = topics.find((topic) => topic.id === id)?.parent;
  return parent ? [id, ...withWider(parent, topics)] : [id];
}
