import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { progressView } from "../../../../../bin/commands/run/progress.ts";
import { emptyCounts } from "../../../../../store/crawl/runs.ts";
import { makeSource } from "../../../../helpers/articles.ts";

test("a line of progress is never wider than the terminal, so it is redrawn in place", () => {
  let shown = "";
  const write = (text: string) => ((shown += text), true);
  const out = { isTTY: true, columns: 80, rows: 24, write } as unknown as NodeJS.WriteStream;
  const counts = { ...emptyCounts(), links: 345, waiting: 333, stored: 23, updated: 12 };
  const source = makeSource("gazette-des-communes");
  progressView(out)([{ source, counts, runId: "r", state: "running", seconds: 1 }], null);
  const [line = ""] = stripVTControlCharacters(shown).split("\n");
  expect(line).toContain("running, 12 of 345 links");
  expect(line.length).toBeLessThan(80);
});
