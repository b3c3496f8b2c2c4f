import type { ArticleWord } from "../../model/articles/correction.ts";
import type { Store } from "../../store/store.ts";
import { correct } from "./correct.ts";
import type { Topics } from "./words.ts";

/** What came of saying the same of several articles. */
export interface AllOutcome {
  done: { id: string; correction: string; changed: boolean }[];
  problems: { id: string; problem: string }[];
}

/** Keeps the same word over several articles, one after the other; those that it can't be said of don't hinder others. */
export async function correctAll(
  store: Store,
  wish: { articleIds: readonly string[]; word: ArticleWord; by: string; reason: string },
  { topics, now }: { topics: Topics; now: () => Date },
): Promise<AllOutcome> {
  const { articleIds, ...said } = wish;
  const outcome: AllOutcome = { done: [], problems: [] };
  for (const id of new Set(articleIds)) {
    const came = await correct(store, { articleId: id, ...said }, { topics, now: now() });
    if ("problem" in came) outcome.problems.push({ id, problem: came.problem });
    else outcome.done.push({ id, correction: came.correction._id, changed: came.changed });
  }
  return outcome;
}
