import { MINUTE_MS } from "../../lib/time.ts";
import { EDITORIAL_STATES } from "../../model/articles/article.ts";
import type { AuditEntry } from "../../model/operations/audit.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { correctionsOf } from "../../store/articles/stories.ts";
import { isNotDone, readAudit } from "../../store/operations/audit.ts";
import { soon } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { undoCorrection } from "./correct.ts";
import { reinstate, retractByEditor, UNDO_DETAIL } from "./retract.ts";

/** How long a decision can be undone as a whole. Later, only single corrections can be undone. */
export const UNDO_WINDOW_MS = MINUTE_MS;
const MAX_LINES = 1000;

/** One decision on one or several articles. */
export interface Decision {
  at: Date;
  /** The decision: an editorial state, `withdrawn` or `reinstated`. */
  verdict: string;
  articleIds: string[];
  undoUntil: Date;
}

const VERDICTS: Readonly<Record<string, string>> = {
  "article.retract": "withdrawn",
  "article.reinstate": "reinstated",
};

/** Returns the actor's latest decision; null if it has been undone or can no longer be undone. */
export async function readLastDecision(
  store: Store,
  actor: string,
  now: Date,
): Promise<Decision | null> {
  const since = new Date(now.getTime() - UNDO_WINDOW_MS);
  const lines = await readAudit(store, { before: soon(now), since, limit: MAX_LINES });
  const own = lines.filter((line) => line.actor === actor && line.at > since);
  const [last] = own.filter((line) => verdictOf(line) !== null || isUndo(line));
  // After undoing a decision, the previous one isn't offered.
  if (!last || isUndo(last)) return null;
  return decisionAt(own, last.at);
}

interface UndoOutcome {
  done: number;
  problems: { id: string; problem: string }[];
}

/**
 * Undoes the actor's latest decision, made at `at`, at most a minute ago. Returns the problem if
 * nothing can be undone.
 */
export async function undoDecision(
  store: Store,
  { at, actor, reason }: { at: Date; actor: string; reason: string },
  now: () => Date,
): Promise<UndoOutcome | { problem: string }> {
  if (now().getTime() - at.getTime() > UNDO_WINDOW_MS) {
    return {
      problem: "more than a minute has passed: revert single corrections at /admin/corrections",
    };
  }
  const last = await readLastDecision(store, actor, now());
  if (last?.at.getTime() !== at.getTime())
    return { problem: "the decision was already undone, or isn't your latest decision" };
  const { articleIds, verdict } = last;
  const [corrections, articles] = await Promise.all([
    correctionsOf(store, articleIds),
    getArticles(store, articleIds),
  ]);
  const isOfOther = (id: string) => {
    const retractedAt = articles.get(id)?.retraction?.at ?? at;
    return retractedAt.getTime() !== at.getTime();
  };
  const undone = now();
  const undoOne = async (articleId: string) => {
    const undo = { articleId, actor, reason, isUndo: true };
    if (verdict === "reinstated") return retractByEditor(store, undo, undone);
    if (verdict === "withdrawn") {
      if (isOfOther(articleId)) return { problem: "another decision retracted the article" };
      return reinstate(store, undo, undone);
    }
    const own = corrections
      .get(articleId)
      ?.find((one) => one.at.getTime() === at.getTime() && one.actor === actor);
    if (!own) return { problem: "the correction was already undone" };
    return undoCorrection(store, { id: own._id, actor, reason }, undone);
  };
  const outcome: UndoOutcome = { done: 0, problems: [] };
  for (const articleId of articleIds) {
    const result = await undoOne(articleId);
    if ("problem" in result) outcome.problems.push({ id: articleId, problem: result.problem });
    else outcome.done++;
  }
  return outcome;
}

function decisionAt(lines: readonly AuditEntry[], at: Date): Decision | null {
  const same = lines.filter((line) => line.at.getTime() === at.getTime());
  const failed = new Set(same.filter(isNotDone).map(({ subject }) => subject));
  const done = same.filter((line) => verdictOf(line) !== null && !failed.has(line.subject));
  const verdict = done[0] && verdictOf(done[0]);
  if (!verdict) return null;
  const articleIds = [...new Set(done.map(({ subject }) => subject))];
  return { at, verdict, articleIds, undoUntil: new Date(at.getTime() + UNDO_WINDOW_MS) };
}

function verdictOf({ action, detail }: AuditEntry): string | null {
  if (action === "article.correct") {
    return detail !== null && Object.hasOwn(EDITORIAL_STATES, detail) ? detail : null;
  }
  return detail === null ? (VERDICTS[action] ?? null) : null;
}

function isUndo({ action, detail }: AuditEntry): boolean {
  return action === "article.undo" || (Object.hasOwn(VERDICTS, action) && detail === UNDO_DETAIL);
}
