import { MINUTE_MS } from "../../lib/time.ts";
import { EDITORIAL_STATES } from "../../model/articles/editorial.ts";
import type { AuditEntry } from "../../model/operations/audit.ts";
import { correctionsOf } from "../../store/articles/corrections.ts";
import { readAudit } from "../../store/operations/audit.ts";
import { soon } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { undoCorrection } from "./correct.ts";
import { reinstate, retractByEditor } from "./retract.ts";

/** How long a decision can be undone as a whole, ms; later each of its corrections by itself. */
export const UNDO_WINDOW_MS = MINUTE_MS;
/** Lines of the audit log that are read for it. */
const MAX_LINES = 1000;

/** One decision on one or several articles. */
export interface Decision {
  at: Date;
  /** A state, `withdrawn` or `reinstated`. */
  verdict: string;
  articleIds: string[];
  /** Until when it can be undone as a whole. */
  undoUntil: Date;
}

const VERDICTS: Readonly<Record<string, string>> = {
  "article.retract": "withdrawn",
  "article.reinstate": "reinstated",
};

/** What somebody decided last, as long as it can be undone as a whole; null when there is nothing, or it was undone. */
export async function readLastDecision(
  store: Store,
  actor: string,
  now: Date,
): Promise<Decision | null> {
  const since = new Date(now.getTime() - UNDO_WINDOW_MS);
  const lines = await readAudit(store, { before: soon(now), since, limit: MAX_LINES });
  const own = lines.filter((line) => line.actor === actor && line.at > since);
  const [last] = own.filter((line) => verdictOf(line) !== null || isUndo(line));
  // Whoever took their last decision back isn't led on to the one before.
  if (!last || isUndo(last)) return null;
  return decisionAt(own, last.at);
}

/** The result of undoing a decision: for how many articles, and why not for others. */
export interface UndoOutcome {
  done: number;
  problems: { id: string; problem: string }[];
}

/**
 * Takes back what `actor` decided at a time, article by article, as long as it is within a minute: corrections are undone,
 * withdrawn articles reinstated and the other way round. Readers get each as a change of the stream.
 */
export async function undoDecision(
  store: Store,
  { at, actor, reason }: { at: Date; actor: string; reason: string },
  now: () => Date,
): Promise<UndoOutcome | { problem: string }> {
  if (now().getTime() - at.getTime() > UNDO_WINDOW_MS) {
    return { problem: "a minute has passed: revert single corrections at /admin/corrections" };
  }
  const last = await readLastDecision(store, actor, now());
  if (last?.at.getTime() !== at.getTime())
    return { problem: "it was already undone, or isn't your latest decision" };
  const { articleIds, verdict } = last;
  const corrections = await correctionsOf(store, articleIds);
  const undone = now();
  const outcome: UndoOutcome = { done: 0, problems: [] };
  for (const articleId of articleIds) {
    const author = { actor, reason };
    const own = corrections
      .get(articleId)
      ?.find((one) => one.at.getTime() === at.getTime() && one.actor === actor);
    const result =
      verdict === "withdrawn"
        ? await reinstate(store, { articleId, ...author }, undone)
        : verdict === "reinstated"
          ? await retractByEditor(store, { articleId, ...author }, undone)
          : own
            ? await undoCorrection(store, { id: own._id, ...author }, undone)
            : { problem: "it was undone before" };
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

/** Returns the decision that a line of the audit log records; null for other lines. */
function verdictOf({ action, detail }: AuditEntry): string | null {
  if (action === "article.correct") {
    return detail !== null && Object.hasOwn(EDITORIAL_STATES, detail) ? detail : null;
  }
  return detail === null ? (VERDICTS[action] ?? null) : null;
}

function isNotDone({ detail }: AuditEntry): boolean {
  return detail?.startsWith("not done:") ?? false;
}

/** Whether a line takes something back. */
function isUndo({ action }: AuditEntry): boolean {
  return action === "article.undo";
}
