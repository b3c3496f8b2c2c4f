import { shortHash } from "../../lib/hash.ts";
import type { Article } from "../../model/articles/article.ts";
import {
  type ArticleWord,
  type Correction,
  isOfStory,
  wordText,
} from "../../model/articles/correction.ts";
import { toItem } from "../../model/articles/to-item.ts";
import { givesReason } from "../../model/operations/audit.ts";
import { inPieces } from "../../store/archive/erasure.ts";
import { getArticles } from "../../store/articles/articles.ts";
import {
  addCorrections,
  correctionsOf,
  endCorrection,
  getCorrection,
} from "../../store/articles/corrections.ts";
import { addRulings, dropRulings } from "../../store/articles/fingerprints.ts";
import { noted } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { changeArticle } from "../publication/change-article.ts";
import { corrected } from "../publication/corrected.ts";
import { writeOf } from "../publication/decide.ts";
import { mendStories } from "../stories/stories.ts";
import { applyStoryWord, rulingsOf } from "../stories/word.ts";
import { inFull, problemOf, type Topics } from "./words.ts";

/** What an editor asks for, and why. */
export interface Wish {
  articleId: string;
  word: ArticleWord;
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
  { topics, now }: { topics: Topics; now: Date },
): Promise<CorrectionOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const problem = problemOf(word, topics);
  if (problem) return { problem };
  if (!(await getArticles(store, [articleId])).has(articleId))
    return { problem: "no such article" };
  const full = inFull(word, topics);
  const _id = shortHash(JSON.stringify([articleId, full, by, now]));
  const correction: Correction = { _id, articleId, word: full, by, at: now, reason, undone: null };
  const detail = wordText(full);
  const entry = { at: now, by, action: "article.correct", subject: articleId, reason, detail };
  const changed = await noted(store, entry, async () => {
    await addCorrections(store, [correction]);
    return { is: await apply(store, articleId, now) };
  });
  return { correction, changed: changed.is };
}

/** Takes an editor's word back: the article is what was read or decided of it, and what other corrections say. */
export async function undoCorrection(
  store: Store,
  { id, by, reason }: { id: string; by: string; reason: string },
  now: Date,
): Promise<CorrectionOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const known = await getCorrection(store, id);
  if (!known) return { problem: "no such correction" };
  if (known.undone) return { problem: "it was undone before" };
  const { articleId: subject } = known;
  const entry = { at: now, by, action: "article.undo", subject, reason, detail: id };
  return noted(store, entry, async (): Promise<CorrectionOutcome> => {
    const ended = await endCorrection(store, id, { by, at: now, reason });
    const correction = await getCorrection(store, id);
    if (!ended || !correction) return { problem: "it was undone before" };
    const changed = isOfStory(correction)
      ? (await applyStoryWord(store, correction, () => now)) > 0
      : await apply(store, subject, now);
    return { correction, changed };
  });
}

/**
 * Brings every article in line with what editors said of it, as after a restore: a backup may have an article as
 * it was before a correction that is in it. Stories that are to be decided again are left to upkeep.
 */
export async function applyCorrections(store: Store, now: Date): Promise<void> {
  const done = new Set<string>();
  for await (const corrections of inPieces<Correction>(store.collections.corrections)) {
    for (const correction of corrections) {
      const { articleId, undone } = correction;
      if (isOfStory(correction)) {
        const change = undone ? dropRulings : addRulings;
        await change(store, rulingsOf(correction), now);
      } else if (!done.has(articleId)) {
        done.add(articleId);
        await apply(store, articleId, now);
      }
    }
  }
}

/**
 * Brings an article in line with its corrections; answers whether it stands otherwise now. A
 * process that ends before leaves that to the next reading, which asks for corrections too.
 */
async function apply(store: Store, articleId: string, now: Date): Promise<boolean> {
  const done = await changeArticle(store, articleId, async (before) => {
    const corrections = (await correctionsOf(store, [articleId])).get(articleId) ?? [];
    const after = corrected(before, corrections, before, now);
    if (stands(after) === stands(before)) return null;
    return writeOf({ ...after, version: before.version + 1 }, before, "updated", now);
  });
  if (typeof done === "string") return false;
  const { article, change } = done;
  // Whoever copied it is told by another one while readers don't see it, or by it again.
  if (change.before?.status !== article.status) await mendStories(store, [articleId], () => now);
  return true;
}

/** What readers see of an article, and what decides whether they do. */
function stands(article: Article): string {
  const { editorial, times, lapsesAt, unlisted } = article;
  return JSON.stringify([toItem(article), editorial, times, lapsesAt, unlisted?.detail]);
}
