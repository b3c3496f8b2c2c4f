import type { Told } from "../../archive/reprocess/reprocess.ts";
import type { Report } from "../../model/archive/reprocessing.ts";
import { plainTable } from "../table.ts";

/** How often the progress is shown, ms. */
const EVERY = 2000;

/** What came of it, in a line. */
export function summaryOf({ articles, changed, refreshed, left }: Report): string {
  const alone = Object.values(left).reduce((sum, count) => sum + count, 0);
  return `${articles} articles: ${changed} changed, ${refreshed} brought up to date unseen, ${alone} left as they are`;
}

/** Writes the progress to stderr, at most every two seconds. */
export function progressLines(): (told: Told) => void {
  let shown = 0;
  return ({ report, share, after }) => {
    if (Date.now() - shown < EVERY) return;
    shown = Date.now();
    const at = after ? `, at ${after.sortAt.toISOString().slice(0, 10)}` : "";
    console.error(`${Math.floor(share * 100)} %${at}: ${summaryOf(report)}`);
  };
}

/** A report for a terminal: the summary, why articles were left, fields with examples. */
export function reportTable(report: Report, dryRun: boolean): string {
  const left = Object.entries(report.left).map(([why, count]) => `  ${count} left: ${why}`);
  const rows = Object.entries(report.fields).flatMap(([field, { count, examples }]) =>
    examples.map(({ articleId, before, after }, index) => {
      const first = index === 0;
      const change = `${wrapped(before || "(nothing)")}\n-> ${wrapped(after || "(nothing)")}`;
      return [first ? field : "", first ? count : "", change, articleId];
    }),
  );
  const table =
    rows.length > 0
      ? [plainTable(["field", "changed", "examples", "article"], rows, { right: [1] })]
      : [];
  const would = dryRun ? ["nothing was written (--dry-run)"] : [];
  return [summaryOf(report), ...left, ...table, ...would].join("\n");
}

/** A text in lines of a table's cell. */
export function wrapped(text: string): string {
  return text.replace(/(.{1,60})(?:\s|$)/gu, "$1\n").trim();
}
