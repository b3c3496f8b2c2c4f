import { setTimeout } from "node:timers/promises";
import { chunksOf } from "../../lib/async.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Promotion, StagedArticle, StagingSet } from "../../model/archive/staging-set.ts";
import { getArticles } from "../../store/articles/articles.ts";
import {
  getStagingSet,
  openStagedArticles,
  promotionOf,
  recordStagedArticles,
  saveStagingProgress,
  stillOpen,
  takeStagingSet,
} from "../../store/articles/staging-sets.ts";
import type { Store } from "../../store/store.ts";
import { derivationOf } from "./fill-staging-set.ts";
import type { ReprocessDeps } from "./plan.ts";
import { apply } from "./write.ts";

type PromoteDeps = Pick<ReprocessDeps, "store" | "timezone" | "now">;

const BATCH_SIZE = 50;
const MAX_TRIES = 5;
const RETRY_PAUSE_MS = 20;

/**
 * Replaces articles with those of a staging set, except articles that changed since they were
 * staged. Continues an interrupted run, and yields the totals after each batch. Throws
 * `CommandError` if the set is missing, incomplete or already promoted.
 */
export async function* promote(
  deps: PromoteDeps,
  name: string,
  { owner, batch = BATCH_SIZE }: { owner: string; batch?: number },
): AsyncGenerator<Promotion> {
  const { store } = deps;
  const stagingSet = await claimStagingSet(deps, name, owner);
  let before = new Set(stagingSet.writing);
  // Counted once, because counting after each batch would take quadratic time.
  let progress = await promotionOf(store, name);
  for await (const ids of openInTurn(store, name, batch)) {
    const open = await stillOpen(store, ids);
    const resumed = open.some(({ _id }) => before.has(_id));
    // Record the ids first: if this process ends, the next one must know which articles are
    // possibly written.
    await saveStagingProgress(store, stagingSet, { writing: [...new Set([...before, ...ids])] });
    const outcomes = await writeStagedArticles(deps, open, resumed);
    await recordStagedArticles(store, outcomes);
    before = new Set([...before].filter((id) => !ids.includes(id)));
    progress = withOutcomes(progress, outcomes);
    yield progress;
  }
  await saveStagingProgress(store, stagingSet, { state: "promoted", writing: [] });
  yield await promotionOf(store, name);
}

async function* openInTurn(store: Store, name: string, batch: number): AsyncGenerator<string[]> {
  for (;;) {
    const ids = await openStagedArticles(store, name);
    if (ids.length === 0) return;
    yield* chunksOf(ids, batch);
  }
}

function withOutcomes(
  { open, promoted, left }: Promotion,
  outcomes: readonly { left: string | null }[],
): Promotion {
  const reasons = { ...left };
  for (const { left: why } of outcomes) if (why !== null) reasons[why] = (reasons[why] ?? 0) + 1;
  const done = outcomes.filter((each) => each.left === null).length;
  return { open: open - outcomes.length, promoted: promoted + done, left: reasons };
}

async function claimStagingSet(
  { store }: PromoteDeps,
  name: string,
  owner: string,
): Promise<StagingSet> {
  const there = await getStagingSet(store, name);
  if (!there)
    throw new CommandError(
      "usage",
      `there is no staging set ${name}: \`newsgather reprocess staging-sets\` lists them`,
    );
  if (there.state === "filling") {
    throw new CommandError(
      "usage",
      `the staging set ${name} isn't complete yet: repeat the command that fills the set`,
    );
  }
  if (there.state === "promoted")
    throw new CommandError("usage", `the staging set ${name} is already promoted`);
  await takeStagingSet(store, name, owner);
  const stagingSet = { ...there, owner };
  await saveStagingProgress(store, stagingSet, { state: "promoting" });
  return stagingSet;
}

async function writeStagedArticles(
  deps: PromoteDeps,
  stagedArticles: readonly StagedArticle[],
  resumed: boolean,
): Promise<{ id: string; left: string | null }[]> {
  const outcomes = new Map<string, string | null>();
  let open = stagedArticles;
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === MAX_TRIES)
      throw new Error("other processes kept changing the articles: promote the staging set again");
    if (tries > 0) await setTimeout(RETRY_PAUSE_MS * tries);
    const ids = open.map(({ articleId }) => articleId);
    const articles = await getArticles(deps.store, ids);
    const met = await Promise.all(
      open.map((one) => derivationOf(deps.store, one, articles.get(one.articleId), resumed)),
    );
    const derivations = met.flatMap((one) => {
      outcomes.set(one.before._id, "left" in one ? one.left : null);
      return "left" in one ? [] : [one];
    });
    const lost = new Set(await apply(deps, derivations, resumed));
    open = open.filter(({ articleId }) => lost.has(articleId));
  }
  return stagedArticles.map(({ _id, articleId }) => ({
    id: _id,
    left: outcomes.get(articleId) ?? null,
  }));
}
