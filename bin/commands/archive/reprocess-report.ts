import type { ReprocessProgress } from "../../../archive/reprocess/reprocess.ts";
import { percent } from "../../../lib/text.ts";
import type { Report } from "../../../model/archive/reprocessing.ts";
import type { Promotion, Score, StagingSet, Tally } from "../../../model/archive/staging-set.ts";
import type { StagedArticleRow } from "../../../store/articles/staging-sets.ts";
import { createProgressWriter, plainTable, total, utc } from "../../output.ts";

export function stagingSetsTable(stagingSets: readonly StagingSet[]): string {
  if (stagingSets.length === 0)
    return "no staging sets: `newsgather reprocess --stage STAGE --into NAME` creates one";
  const rows = stagingSets.map(({ _id, state, stages, begunAt, expiresAt, done: { report } }) => {
    const counts = [report.articles, report.changed, report.refreshed];
    return [_id, state, stages.join(", "), ...counts, utc(begunAt), utc(expiresAt)];
  });
  const head = [
    "staging set",
    "state",
    "stages",
    "articles",
    "changed",
    "unseen",
    "begun",
    "kept until",
  ];
  return plainTable(head, rows, { right: [3, 4, 5] });
}

export function stagingSetTable(
  stagingSet: StagingSet,
  { open, promoted, left }: Promotion,
): string {
  const { _id, state, stages, rules, done, score } = stagingSet;
  const versions = Object.entries(rules).map(([name, version]) => `${name} ${version}`);
  const counts = `${open} open, ${promoted} promoted`;
  return [
    `${_id}: ${stages.join(", ")}, ${state}; by ${versions.join(", ")}`,
    reportTable(done.report, false),
    scoreTable(score),
    `staged articles: ${counts}`,
    ...leftLines(left),
  ].join("\n");
}

export function leftLines(left: Promotion["left"]): string[] {
  return Object.entries(left).map(([why, count]) => `  ${count} skipped: ${why}`);
}

export function stagedArticlesTable(rows: readonly StagedArticleRow[], field: string): string {
  if (rows.length === 0) return `no article differs in ${field}`;
  const cells = rows.map(({ articleId, changes, state, left }) => {
    const { before = "", after = "" } = changes[field] ?? {};
    const became = left ? `${state}: ${left}` : state;
    return [articleId, wrapped(before || "(nothing)"), wrapped(after || "(nothing)"), became];
  });
  return plainTable(["article", "is", "would be", "state"], cells);
}

function scoreTable({ articles, fieldScore, filled, shorter, longer, editors }: Score): string {
  const row = (name: string, { before, after }: Tally, of: number) => {
    const share = (count: number) => (of === 0 ? "" : `${((100 * count) / of).toFixed(1)} %`);
    return [name, share(before), share(after)];
  };
  const fields = Object.entries(filled).filter(([, { before, after }]) => before !== after);
  const table = plainTable(
    ["score", "is", "would be"],
    [
      row("field score", fieldScore, articles),
      ...fields.map(([field, tally]) => row(`with ${field}`, tally, articles)),
      ...(editors.of > 0 ? [row("equal to editors' corrections", editors, editors.of)] : []),
    ],
    { right: [1, 2] },
  );
  const lengths = `Articles whose text is over 20 % shorter: ${shorter} (${percent(shorter / (articles || 1))}); over 20 % longer: ${longer}`;
  return `${table}\n${lengths}`;
}

export function summaryOf({ articles, changed, refreshed, left }: Report): string {
  return `Articles: ${articles}; changed: ${changed}; updated without a visible change: ${refreshed}; unchanged: ${total(left)}`;
}

/** Returns a function that writes the progress to stderr, at most every two seconds. */
export function progressLines(): (progress: ReprocessProgress) => void {
  const showProgress = createProgressWriter();
  return ({ report, share, after }) => {
    const at = after ? `, at ${after.sortAt.toISOString().slice(0, 10)}` : "";
    showProgress(`${Math.floor(share * 100)} %${at}: ${summaryOf(report)}`);
  };
}

export function reportTable(report: Report, dryRun: boolean): string {
  const rows = Object.entries(report.fields).flatMap(([field, { count, examples }]) =>
    examples.map(({ articleId, before, after }, index) => {
      const first = index === 0;
      const change = `${wrapped(before || "(nothing)")}\n-> ${wrapped(after || "(nothing)")}`;
      return [first ? field : "", first ? count : "", change, articleId];
    }),
  );
  const head = ["field", "changed", "examples", "article"];
  return [
    summaryOf(report),
    ...leftLines(report.left),
    ...(rows.length > 0 ? [plainTable(head, rows, { right: [1] })] : []),
    ...(dryRun ? ["nothing was written (--dry-run)"] : []),
  ].join("\n");
}

function wrapped(text: string): string {
  return text.replace(/(.{1,60})(?:\s|$)/gu, "$1\n").trim();
}
