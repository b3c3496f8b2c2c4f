import { shortHash } from "../lib/hash.ts";
import type { Article } from "../model/article.ts";
import { givesReason } from "../model/audit.ts";
import { type Correction, isOfStory, type TopicsWord } from "../model/correction.ts";
import { toItem } from "../model/item.ts";
import type { TopicRule } from "../model/topic.ts";
import { getArticles } from "../store/articles.ts";
import { note } from "../store/audit.ts";
import {
  addCorrections,
  correctionsOf,
  endCorrection,
  getCorrection,
} from "../store/corrections.ts";
import type { Store } from "../store/store.ts";
import { changeArticle } from "./change-article.ts";
import { corrected } from "./corrected.ts";
import { writeOf } from "./decide.ts";
import { applyStoryWord } from "./story-word.ts";

/** What an editor asks for, and why. */
export interface Wish {
  articleId: string;
  word: TopicsWord;
  by: string;
  reason: string;
}

/** What became of a wish: kept, with whether readers see a difference; or why it can't be. */
export type CorrectionOutcome = { correction: Correction; changed: boolean } | { problem: string };

/**
 * Keeps an editor's word over an article and applies it, as an `updated` change of the stream and a
 * line of the audit log. `by` is written as the audit log names people.
 */
export async function correct(
  store: Store,
  { articleId, word, by, reason }: Wish,
  { topics, now }: { topics: readonly Pick<TopicRule, "id" | "parent">[]; now: Date },
): Promise<CorrectionOutcome> {
  const problem = problemOf(word, reason, topics);
  if (problem) return { problem };
  if (!(await getArticles(store, [articleId])).has(articleId))
    return { problem: "no such article" };
  const full = { ...word, add: [...new Set(word.add.flatMap((id) => withWider(id, topics)))] };
  const _id = shortHash(JSON.stringify([articleId, full, by, now]));
  const correction: Correction = { _id, articleId, word: full, by, at: now, reason, undone: null };
  await addCorrections(store, [correction]);
  const changed = await apply(store, articleId, now);
  const detail = [...full.add.map((id) => `+${id}`), ...full.remove.map((id) => `-${id}`)].join(
    " ",
  );
  await note(store, { at: now, by, action: "article.correct", subject: articleId, reason, detail });
  return { correction, changed };
}

/** Takes an editor's word back: the article is what was read or decided of it, and what other corrections say. */
export async function undoCorrection(
  store: Store,
  { id, by, reason }: { id: string; by: string; reason: string },
  now: Date,
): Promise<CorrectionOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const ended = await endCorrection(store, id, { by, at: now, reason });
  const correction = await getCorrection(store, id);
  if (!correction) return { problem: "no such correction" };
  if (!ended) return { problem: "it was undone before" };
  const { articleId: subject } = correction;
  const changed = isOfStory(correction)
    ? (await applyStoryWord(store, correction, () => now)) > 0
    : await apply(store, subject, now);
  await note(store, { at: now, by, action: "article.undo", subject, reason, detail: id });
  return { correction, changed };
}

function problemOf(
  { add, remove }: TopicsWord,
  reason: string,
  topics: readonly Pick<TopicRule, "id">[],
): string | null {
  if (!givesReason(reason)) return "give a reason";
  const known = new Set(topics.map(({ id }) => id));
  const unknown = [...add, ...remove].filter((id) => !known.has(id));
  if (unknown.length > 0) return `no such topic: ${unknown.join(", ")}`;
  if (add.length + remove.length === 0) return "name a topic to add or to remove";
  const both = add.filter((id) => remove.includes(id));
  return both.length > 0 ? `both added and removed: ${both.join(", ")}` : null;
}

/** A topic and the wider ones that it brings along. */
function withWider(id: string, topics: readonly Pick<TopicRule, "id" | "parent">[]): string[] {
  const parent = topics.find((topic) => topic.id === id)?.parent;
  return parent ? [id, ...withWider(parent, topics)] : [id];
}

/**
 * Brings an article in line with its corrections; answers whether readers see a difference. A
 * process that ends before leaves that to the next reading, which asks for corrections too.
 */
async function apply(store: Store, articleId: string, now: Date): Promise<boolean> {
  const done = await changeArticle(store, articleId, async (before) => {
    const corrections = (await correctionsOf(store, [articleId])).get(articleId) ?? [];
    const after = corrected(before, corrections, before, now);
    if (seen(after) === seen(before)) return null;
    return writeOf({ ...after, version: before.version + 1 }, before, "updated", now);
  });
  return typeof done === "object";
}

function seen(article: Article): string {
  return JSON.stringify(toItem(article));
}
