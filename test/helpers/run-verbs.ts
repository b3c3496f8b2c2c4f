import * as runs from "../../store/crawl/runs.ts";
import {
  countArticleLinks,
  latestRuns,
  linksOfRun,
  newItemTimes,
  responsesOfRun,
  runsOf,
  runsWithDueLinks,
} from "../../store/crawl/runs.ts";
import { releaseSources, takeSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { before, NOW } from "./full-store.ts";

const source = { _id: "s50", nextDueAt: before(50) };
const run = { runId: "run-x", nextDueAt: NOW, now: NOW };
const released = { sourceId: "s50", runId: "run-x", learnt: { failures: 0 } };
const opened = { _id: "run-4", trigger: "schedule", startedAt: before(120) } as const;
const known = runs.newRun({ _id: "s4", version: 1 }, opened);
const before4 = runs.newRun({ _id: "s4", version: 1 }, { ...opened, _id: "run-before" });
const again = runs.newRun({ _id: "s4", version: 1 }, { ...opened, _id: "run-again" });

/** Functions for runs: opening, reading and closing them. */
export const RUN_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["takeSources", (store) => takeSources(store, [{ source, run }])],
  ["releaseSources", (store) => releaseSources(store, [released])],
  ["latestRuns", (store) => latestRuns(store, { before: NOW, limit: 20 })],
  ["runsOf", (store) => runsOf(store, "s4", { before: NOW, limit: 20 })],
  ["linksOfRun", (store) => linksOfRun(store, "run-4", 50)],
  ["responsesOfRun", (store) => responsesOfRun(store, { ...known, finishedAt: NOW }, 50)],
  ["runsWithDueLinks", (store) => runsWithDueLinks(store, ["run-4", "run-5"], NOW)],
  ["newItemTimes", (store) => newItemTimes(store, "run-4")],
  ["countArticleLinks", (store) => countArticleLinks(store, "run-4")],
  ["countArticleLinks of a run that left out much", (store) => countArticleLinks(store, "first")],
  [
    "openSourceRuns of a source with an open run",
    async (store) => {
      await runs.addRuns(store, [before4]);
      return runs.openSourceRuns(store, [again]);
    },
  ],
  ["findOpenRuns", (store) => runs.findOpenRuns(store, NOW, 500)],
  ["lastRun", (store) => runs.lastRun(store, "s3", before(60_000))],
  ["countRun", (store) => runs.countRun(store, "run-4")],
  ["tallyRuns", (store) => runs.tallyRuns(store, ["run-4", "run-5"])],
  ["noteProblems", (store) => runs.noteProblems(store, "run-4", ["odd"])],
  [
    "closeRuns",
    (store) => runs.closeRuns(store, [{ run: known, counts: runs.emptyCounts() }], NOW),
  ],
];
