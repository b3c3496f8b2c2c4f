import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/output.ts";
import { startDatabase } from "../bin/services/database.ts";
import { articleStages } from "./article-stages.ts";
import { type Archive, openArchive } from "./dedupe/archive.ts";
import { type Cost, place } from "./dedupe/place.ts";

/**
 * Limits: `ms` is the CPU time for classification and dedupe of one article. `growth` is the cost
 * of placing an article in the largest archive divided by the cost in the smallest.
 */
const BAR = { ms: 3, growth: 1.3 };
const ARCHIVE_SIZES = [1000, 10_000, 200_000];
const MAX_CACHE_BYTES = 512 * 1024 * 1024;
const quiet = { debug() {}, info() {}, warn() {} };

// Measures classification and dedupe of an article in the worker, as the archive grows.
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: String(ARCHIVE_SIZES.at(-1)) },
    "per-day": { type: "string", default: "300" },
    batch: { type: "string", default: "20" },
    rounds: { type: "string", default: "15" },
    /** Folder that keeps the archives for the next run. Without it, the archives are removed. */
    data: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const most = Number(values.articles);
const [perDay, batch] = [Number(values["per-day"]), Number(values.batch)];
const sizes = ARCHIVE_SIZES.filter((size) => size < most).concat(most);
const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), "newsgather-dedupe-")));
await mkdir(dataDir, { recursive: true });
const database = await startDatabase({ dataDir, cache: MAX_CACHE_BYTES, log: quiet });
try {
  const archives: Archive[] = [];
  for (const size of sizes) {
    archives.push(await openArchive(database.url, { size, perDay, signed: false }));
  }
  const [small = most] = sizes;
  archives.push(await openArchive(database.url, { size: small * 2, perDay, signed: true }));
  const costs = archives.map((): Cost[] => []);
  for (let round = 0; round <= Number(values.rounds); round++) {
    // The archives alternate in each round, so that other load on the machine affects all of them.
    for (const [index, archive] of archives.entries()) {
      const cost = await place(archive, round, batch);
      if (round > 0) costs[index]?.push(cost);
    }
  }
  const { stages } = await articleStages({ words: 500, rounds: 20 });
  const read = stages.reduce((sum, { ms }) => sum + ms, 0);
  const rows = archives.map(({ size, signed }, index) => {
    const own = costs[index] ?? [];
    const placing = median(own.map(({ cpu }) => cpu));
    return { size, signed, placing, together: read + placing, ms: median(own.map(({ ms }) => ms)) };
  });
  for (const { store } of archives) await store.close();
  const [first] = rows;
  const plain = rows.filter(({ signed }) => !signed);
  const last = plain.at(-1);
  const growth = last && first ? last.placing / first.placing : 1;
  const isMet = growth <= BAR.growth && plain.every(({ together }) => together <= BAR.ms);
  if (values.json) console.log(JSON.stringify({ stages, rows, growth, bar: BAR, isMet }, null, 2));
  else {
    const columns = ["stored", "placing, CPU ms", "with classification, CPU ms", "placing, ms"];
    console.log(
      plainTable(
        columns,
        rows.map(({ size, signed, placing, together, ms }) => [
          `${size}${signed ? ", texts share sentences" : ""}`,
          ...[placing, together, ms].map((value) => value.toFixed(2)),
        ]),
        { right: [1, 2, 3] },
      ),
    );
    console.error(
      `an article, ${batch} at once, ${perDay} a day; classification and fingerprint ${read.toFixed(2)} ms; grows ${growth.toFixed(2)} times; bar: ${BAR.ms} ms, ${BAR.growth} times`,
    );
  }
  if (!isMet) process.exitCode = 1;
} finally {
  await database.stop();
  if (!values.data) await rm(dataDir, { recursive: true, force: true });
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}
