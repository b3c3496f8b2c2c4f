import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { startTestDatabase } from "../../../helpers/database.ts";
import { textOf } from "../../../helpers/site.ts";
import { isVerify } from "../../../helpers/size.ts";

const ARTICLES = 100_000;
const PER_DAY = 2000;
/** Most that the command's process may take, bytes. */
const BOUND = 300e6;
/** Pause between two looks at it, ms. */
const SAMPLE_EVERY = 200;

/** The most that a process has taken so far, bytes; null once it is gone, or where nobody tells. */
function peakOf(pid: number): number | null {
  try {
    const [, kB] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kB === undefined ? null : Number(kB) * 1024;
  } catch {
    return null;
  }
}

test.runIf(isVerify && process.platform === "linux")(
  "100,000 articles become Parquet within 300 MB of memory",
  { timeout: 3_600_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "newsgather-parquet-"));
    const database = await startTestDatabase(import.meta.filename);
    try {
      const store = await database.open("parquet");
      await store.collections.sources.insertOne(makeSource("cities"));
      for (let from = 0; from < ARTICLES; from += 50) {
        const some = Array.from({ length: 50 }, (_, offset) => {
          const n = from + offset;
          const sortAt = new Date(Date.UTC(2026, 0, 1) + (n / PER_DAY) * DAY_MS);
          const day = sortAt.toISOString().slice(0, 10);
          return makeArticle(`a-${n}`, { sortAt, day, text: textOf(`article ${n}`, 350) });
        });
        await store.collections.articles.insertMany(some);
      }
      let peak = 0;
      let timer: NodeJS.Timeout | undefined;
      const output = join(folder, "articles");
      const args = ["export", "--format", "parquet", "-o", output];
      const { code, err } = await cliOn(store)(args, "", ({ pid }) => {
        timer = setInterval(() => (peak = Math.max(peak, peakOf(pid ?? 0) ?? 0)), SAMPLE_EVERY);
      });
      clearInterval(timer);
      expect([code, err]).toEqual([0, expect.stringContaining("100000 articles")]);
      expect(peak).toBeGreaterThan(50e6);
      expect(peak).toBeLessThan(BOUND);
    } finally {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
