import type { Draft } from "../../articles/publication/article.ts";
import type { Score, Side } from "../../model/archive/side.ts";
import {
  addSide,
  getSide,
  keepSide,
  putCounterparts,
  takeSide,
} from "../../store/articles/sides.ts";
import { type Derivation, plan, type ReprocessDeps } from "./plan.ts";
import { emptyReport, filledFields, noteLeft, noteOne } from "./report.ts";
import { pieces, type Told } from "./reprocess.ts";
import { counterpartOf } from "./staged-article.ts";

/** Articles that are read, derived and kept together. */
const BATCH = 50;
/** How long a side is kept, ms. */
const KEPT = 30 * 86_400_000;

/** A side as it is asked for; `rules` are the versions that it is made by. */
export type SideRequest = Pick<
  Side,
  "_id" | "asked" | "stages" | "slice" | "rules" | "begunAt" | "owner"
>;

/** Why a side can't be filled or promoted, in words. */
export class SideProblem extends Error {
  override name = "SideProblem";
}

/**
 * Derives the articles of a slice into a side, and tells after each batch how far it is. Stopped at any
 * point and asked for once more, it goes on where it was.
 */
export async function* fillSide(
  deps: ReprocessDeps,
  request: SideRequest,
  batch = BATCH,
): AsyncGenerator<Told> {
  const { store } = deps;
  const side = await takeOn(deps, request);
  const stages = new Set(side.stages);
  let { done, score } = side;
  if (done.after) yield { ...done, share: 0 };
  for await (const piece of pieces(store, side.slice, done.after, batch)) {
    const next = { after: piece.after, report: structuredClone(done.report) };
    const scored = structuredClone(score);
    next.report.articles += piece.articles.length;
    const found: Derivation[] = [];
    for (const come of await plan(deps, piece.articles, stages)) {
      if ("left" in come) {
        noteLeft(next.report, come.left);
        continue;
      }
      noteOne(next.report, come);
      noteScore(scored, come.before, come.draft);
      if (come.differs) found.push(come);
    }
    const { _id, expiresAt } = side;
    await putCounterparts(
      store,
      found.map((come) => counterpartOf(come, { side: _id, expiresAt })),
    );
    [done, score] = [next, scored];
    await keepSide(store, side, { done, score });
    yield { ...done, share: piece.share };
  }
  await keepSide(store, side, { state: "ready" });
  yield { ...done, share: 1 };
}

/** The side of that name as it was left, or a new one. */
async function takeOn({ store, now }: ReprocessDeps, request: SideRequest): Promise<Side> {
  const { _id, owner } = request;
  const fresh: Side = {
    ...request,
    state: "filling",
    done: { after: null, report: emptyReport() },
    score: emptyScore(),
    writing: [],
    expiresAt: new Date(now().getTime() + KEPT),
  };
  if (await addSide(store, fresh)) return fresh;
  await takeSide(store, _id, owner);
  const there = await getSide(store, _id);
  if (!there) throw new SideProblem(`${_id} was dropped this moment; ask again`);
  const drop = `\`newsgather reprocess drop ${_id}\` first, or take another name`;
  if (there.state !== "filling")
    throw new SideProblem(`the side ${_id} is ${there.state}: ${drop}`);
  if (there.asked !== request.asked) {
    throw new SideProblem(`the side ${_id} is of other options, rules or tables: ${drop}`);
  }
  return { ...there, owner };
}

/** How much shorter or longer a text has to be to be counted so. */
const LENGTH = 0.2;

/** A score of nothing. */
function emptyScore(): Score {
  const none = { before: 0, after: 0 };
  const editors = { ...none, of: 0 };
  return {
    articles: 0,
    completeness: { ...none },
    filled: {},
    shorter: 0,
    longer: 0,
    editors,
  };
}

/** Adds what one article is and what it would be. */
function noteScore(score: Score, before: Draft, after: Draft): void {
  score.articles++;
  const inTurn = [
    ["before", before],
    ["after", after],
  ] as const;
  for (const [which, article] of inTurn) {
    score.completeness[which] += article.completeness ?? 0;
    for (const field of filledFields(article)) {
      const tally = (score.filled[field] ??= { before: 0, after: 0 });
      tally[which]++;
    }
  }
  const grown = after.text.length - before.text.length;
  if (grown < -LENGTH * before.text.length) score.shorter++;
  if (grown > LENGTH * before.text.length) score.longer++;
  const [was, is] = [wordsOfEditors(before), wordsOfEditors(after)];
  for (const [field, agrees] of is) {
    score.editors.of++;
    if (agrees) score.editors.after++;
    if (was.get(field)) score.editors.before++;
  }
}

/** Whether a reading says what editors wrote over it, by field. */
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
