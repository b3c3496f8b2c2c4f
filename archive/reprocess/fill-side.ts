import type { Side } from "../../model/side.ts";
import { addSide, getSide, keepSide, putCounterparts, takeSide } from "../../store/sides.ts";
import { counterpartOf } from "./counterpart.ts";
import { pieces } from "./pieces.ts";
import { type Derivation, plan, type ReprocessDeps } from "./plan.ts";
import { emptyReport, noteLeft, noteOne } from "./report.ts";
import type { Told } from "./reprocess.ts";
import { emptyScore, noteScore } from "./score.ts";

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
