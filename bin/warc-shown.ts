import { statSync } from "node:fs";
import type { ImportReport } from "../archive/import/commit.ts";
import { SKIP_REASONS } from "../model/crawl/skipped.ts";
import { plainTable } from "./table.ts";

/** How often the progress is shown, ms. */
const EVERY = 2000;

/** Writes to stderr how far an import is, at most every two seconds: by bytes of the files. */
export function importProgress(files: readonly string[]) {
  const sizes = new Map(
    files.map((file) => [file, statSync(file, { throwIfNoEntry: false })?.size ?? 0]),
  );
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let done = 0;
  let shown = Date.now();
  return {
    at(file: string, offset: number): void {
      const before = files.slice(0, files.indexOf(file));
      done = offset + before.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    },
    show(report: ImportReport): void {
      if (Date.now() - shown < EVERY) return;
      shown = Date.now();
      console.error(`${Math.floor((100 * done) / Math.max(1, all))} %: ${importSummary(report)}`);
    },
  };
}

/** What came of it, in a line. */
function importSummary({ responses, captures, articles }: ImportReport): string {
  const fresh = articles.new + articles.copy;
  return `${responses} responses: ${captures.stored} captures stored, ${captures.known} known, ${fresh} new articles, ${articles.updated} updated`;
}

/** A report for a terminal: the summary, then what wasn't stored or read, by why. */
export function importTable(report: ImportReport): string {
  const { articles, without, left, hosts, revisits, truncated, broken } = report;
  const words = (reason: string) => (SKIP_REASONS as Record<string, string>)[reason] ?? "";
  const rows = [
    ...Object.entries(articles).map(([outcome, count]) => ["article", outcome, count, ""]),
    ...Object.entries(without).map(([why, count]) => ["no article", why, count, words(why)]),
    ...Object.entries(left).map(([why, count]) => [
      "not stored",
      why,
      count,
      why === "no-source" ? "no source has the host" : words(why),
    ]),
    ...Object.entries(hosts).map(([host, count]) => ["without source", host, count, ""]),
  ].filter(([, , count]) => count !== 0);
  const notes = [
    revisits.unresolved > 0 &&
      `${revisits.unresolved} records repeat a response that is not to be found`,
    truncated > 0 && `${truncated} responses are kept in part`,
    broken.count > 0 && `${broken.count} places can't be read:`,
    ...broken.places.map(({ file, offset, why }) => `  ${file} at byte ${offset}: ${why}`),
  ].filter((line) => typeof line === "string");
  const table = plainTable(["what", "which", "count", "why"], rows, { right: [2] });
  return [importSummary(report), table, ...notes].join("\n");
}
