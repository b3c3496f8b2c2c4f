import { shortHash } from "../../lib/text.ts";
import {
  type Correction,
  type EditorsDecision,
  isOfStory,
  type StoryDecision,
} from "../../model/articles/correction.ts";
import { givesReason } from "../../model/operations/audit.ts";
import { getStatuses } from "../../store/articles/articles.ts";
import {
  type ArticleConstraint,
  addLinkConstraints,
  dropLinkConstraints,
  getFingerprints,
} from "../../store/articles/fingerprints.ts";
import {
  addCorrections,
  correctionsOf,
  endCorrection,
  readCorrections,
  readStoryMembers,
  withIntent,
} from "../../store/articles/stories.ts";
import { addAuditEntry } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { repairStories } from "./repair.ts";

export interface StoryCorrectionParams {
  articleId: string;
  actor: string;
  reason: string;
}

/** The correction and the number of articles with a new representative, or why it failed. */
export type StoryOutcome = { correction: Correction; moved: number } | { problem: string };

/** Removes an article from its story and keeps it out until editors join them again. */
export async function splitStory(
  store: Store,
  { articleId, ...params }: StoryCorrectionParams,
  now: () => Date,
): Promise<StoryOutcome> {
  const [found] = await membersOf(store, [articleId]);
  if (!found) return { problem: "no such article" };
  const others = found.filter((id) => id !== articleId);
  if (others.length === 0) return { problem: "the article is the only one in its story" };
  const word = { field: "story", say: "apart", with: others } as const;
  return storeStoryCorrection(store, { articleId, word, ...params }, [[articleId], others], now);
}

/** Joins the stories of two articles. Until editors separate the articles, they share a story. */
export async function joinStories(
  store: Store,
  { articleId, other, ...params }: StoryCorrectionParams & { other: string },
  now: () => Date,
): Promise<StoryOutcome> {
  const [own, theirs] = await membersOf(store, [articleId, other]);
  if (!own || !theirs) return { problem: "no such article" };
  if (own.includes(other)) return { problem: "the articles are already in the same story" };
  const word = { field: "story", say: "joined", with: [other] } as const;
  return storeStoryCorrection(store, { articleId, word, ...params }, [own, theirs], now);
}

/**
 * Updates stories after corrections, including undone ones. Returns the number of articles with a
 * new representative.
 */
export async function applyStoryDecisions(
  store: Store,
  corrections: readonly Correction<StoryDecision>[],
  now: () => Date,
): Promise<number> {
  const inForce = corrections.filter(({ undone }) => undone === null).flatMap(constraintsOf);
  const ended = corrections.filter(({ undone }) => undone !== null).flatMap(constraintsOf);
  await addLinkConstraints(store, inForce, now());
  await dropLinkConstraints(store, ended, now());
  const ids = new Set([...inForce, ...ended].map(({ articleId }) => articleId));
  return (await repairStories(store, ids, now)).moved;
}

export function constraintsOf({
  _id: id,
  articleId,
  word,
}: Correction<StoryDecision>): ArticleConstraint[] {
  const kind = word.say === "apart" ? ("cannot-link" as const) : ("must-link" as const);
  return [
    { articleId, constraint: { id, kind, with: [...word.with] } },
    ...word.with.map((other) => ({
      articleId: other,
      constraint: { id, kind, with: [articleId] },
    })),
  ];
}

async function membersOf(store: Store, ids: string[]): Promise<(string[] | null)[]> {
  return Promise.all(
    ids.map(async (id) => {
      const [article] = await getStatuses(store, [id]);
      return article
        ? (await readStoryMembers(store, article.storyId)).map(({ _id }) => _id)
        : null;
    }),
  );
}

async function storeStoryCorrection(
  store: Store,
  { articleId, word, actor, reason }: StoryCorrectionParams & { word: StoryDecision },
  [own, theirs]: [string[], string[]],
  now: () => Date,
): Promise<StoryOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const at = now();
  const groupFacing = (id: string) => (own.includes(id) ? theirs : theirs.includes(id) ? own : []);
  const restOf = ({ articleId: one, word: { with: others } }: Correction<StoryDecision>) =>
    others.filter((id) => !groupFacing(one).includes(id));
  const known = await correctionsOf(store, [...own, ...theirs]);
  const contrary = [...known.values()]
    .flat()
    .filter(isOfStory)
    .filter((each) => each.word.say !== word.say)
    .filter((each) => restOf(each).length < each.word.with.length);
  const correction = correctionOf({ articleId, word, actor, at, reason });
  // The part of an ended correction that concerns other articles stays in force.
  const rests = contrary.flatMap((each): Correction<StoryDecision>[] => {
    const rest = restOf(each);
    const id = shortHash(JSON.stringify([each._id, at]));
    return rest.length > 0 ? [{ ...each, _id: id, word: { ...each.word, with: rest } }] : [];
  });
  const corrections = [...rests, correction];
  const ended = { actor, at, reason };
  const undone = contrary.map(({ _id: id }) => ({ id, undone: ended }));
  const action = word.say === "apart" ? "story.split" : "story.join";
  const detail = word.with.join(" ");
  await addAuditEntry(store, { at, actor, action, subject: articleId, reason, detail });
  const intent = { at, articleIds: [...own, ...theirs], corrections, undone };
  const moved = await withIntent(store, intent, async () => {
    await addCorrections(store, corrections);
    for (const { id } of undone) await endCorrection(store, id, ended);
    const withoutContrary = contrary.map((each) => ({ ...each, undone: ended }));
    return applyStoryDecisions(store, [...withoutContrary, ...corrections], now);
  });
  return { correction, moved };
}

/** Returns a correction that is in effect. Its id depends only on who decides what, and when. */
export function correctionOf<Word extends EditorsDecision>(
  decided: Omit<Correction<Word>, "_id" | "undone">,
): Correction<Word> {
  const { articleId, word, actor, at } = decided;
  const _id = shortHash(JSON.stringify([articleId, word, actor, at]));
  return { _id, ...decided, undone: null };
}

const MAX_CORRECTIONS = 10_000;

/** Applies story corrections that aren't in effect; returns the number of updated articles. */
export async function applyMissingCorrections(store: Store, now: () => Date): Promise<number> {
  const words = (await readCorrections(store, now(), MAX_CORRECTIONS)).filter(isOfStory);
  const linkConstraints = words.filter(({ undone }) => undone === null).flatMap(constraintsOf);
  const prints = await getFingerprints(store, [
    ...new Set(linkConstraints.map((each) => each.articleId)),
  ]);
  const missing = linkConstraints.filter(({ articleId, constraint }) => {
    const print = prints.get(articleId);
    return print && !print.linkConstraints?.some(({ id }) => id === constraint.id);
  });
  await addLinkConstraints(store, missing, now());
  const ids = new Set(missing.map(({ articleId }) => articleId));
  return (await repairStories(store, ids, now)).moved;
}
