import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plainTable } from "../bin/table.ts";
import { fingerprint } from "../dedupe/fingerprint.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { startDatabase } from "../services/database.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { restand } from "../workers/story-graph.ts";
import { wordsOf } from "./words.ts";

/** Articles of one day, as in a busy archive. */
const PER_DAY = 2000;
const DAY = 86_400_000;
const NEWEST = Date.UTC(2026, 0, 1);
/** Fingerprints written at once, and articles placed at once and in all at each size. */
const BATCH = 1000;
const AT_ONCE = 20;
const PLACED = 100;
const quiet = { debug() {}, info() {}, warn() {} };

const WORDS = 300;

function textOf(number: number): { title: string; text: string } {
  const words = wordsOf("dedupe", number, WORDS);
  return { title: words.slice(0, 9).join(" "), text: `${words.join(" ")} ${number}.` };
}

/** The fingerprint of article `number`, `daysAgo` days back; every fiftieth copies the one before. */
function printOf(number: number, daysAgo: number): Fingerprint {
  const language = "en";
  const { title, text } = textOf(number % 50 === 49 ? number - 1 : number);
  const at = new Date(NEWEST - daysAgo * DAY - (number % PER_DAY) * 40_000);
  const features = fingerprint({ sourceId: "s", trust: 0.5, language, title, text, at });
  return { ...features, _id: `article-${number}`, version: 1 };
}

async function fill(store: Store, from: number, to: number): Promise<void> {
  const since = Date.now();
  for (let next = from; next < to; next += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, to - next) }, (_, index) => next + index);
    const prints = numbers.map((number): Fingerprint => {
      const print = printOf(number, Math.floor(number / PER_DAY));
      return { ...print, standing: { bond: null, origin: print._id, story: print._id } };
    });
    await store.collections.fingerprints.insertMany(prints, { ordered: false });
    if ((next + BATCH) % 20_000 === 0) {
      console.error(`${next + BATCH} fingerprints, ${Math.round((Date.now() - since) / 1000)} s`);
    }
  }
}

/** CPU ms of this process and ms on the clock per article that is placed among those that are there. */
async function place(store: Store, stored: number) {
  const days = Math.ceil(stored / PER_DAY);
  const articles = Array.from({ length: PLACED }, (_, index) =>
    printOf(10_000_000 + stored * 10 + index, index % days),
  );
  await restand(store, articles.slice(0, AT_ONCE));
  const costs: { cpu: number; ms: number }[] = [];
  for (let next = 0; next < PLACED; next += AT_ONCE) {
    const [before, since] = [process.cpuUsage(), performance.now()];
    await restand(store, articles.slice(next, next + AT_ONCE));
    const { user, system } = process.cpuUsage(before);
    costs.push({
      cpu: (user + system) / 1000 / AT_ONCE,
      ms: (performance.now() - since) / AT_ONCE,
    });
  }
  return {
    stored,
    cpu: median(costs.map(({ cpu }) => cpu)),
    ms: median(costs.map(({ ms }) => ms)),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

// What an article costs to be placed among its like, as the archive grows.
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "200000" },
    json: { type: "boolean", default: false },
  },
});
const most = Number(values.articles);
const sizes = [2000, 20_000, 100_000, 200_000].filter((size) => size < most).concat(most);
const dataDir = await mkdtemp(join(tmpdir(), "newsgather-dedupe-"));
const database = await startDatabase({ dataDir, log: quiet });
try {
  const store = await openStore(database.url, { database: "newsgather" });
  const rows = [];
  for (const [index, size] of sizes.entries()) {
    await fill(store, sizes[index - 1] ?? 0, size);
    const row = await place(store, size);
    rows.push(row);
    console.error(
      `${size} stored: ${row.cpu.toFixed(2)} ms CPU, ${row.ms.toFixed(2)} ms an article`,
    );
  }
  await store.close();
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else {
    console.log(
      plainTable(
        ["fingerprints stored", "CPU ms an article", "ms an article"],
        rows.map(({ stored, cpu, ms }) => [stored, cpu.toFixed(2), ms.toFixed(2)]),
        { right: [0, 1, 2] },
      ),
    );
  }
} finally {
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
}
