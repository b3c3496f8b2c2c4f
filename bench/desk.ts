import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { adminRoutes } from "../admin/routes.ts";
import { plainTable } from "../bin/table.ts";
import { forecast } from "../schedule/forecast.ts";
import { startDatabase } from "../services/database.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { makePortal } from "../test/helpers/portal.ts";
import { whyOf } from "../workers/why.ts";
import { fillDesk } from "./desk/fill.ts";

const quiet = { debug() {}, info() {}, warn() {} };
/** The smaller store that costs are compared with, in articles. */
const SMALL = 1000;
/** What may not be exceeded: server time of a page, ms, and its growth. */
const BARS = { page: 150, ratio: 1.5 };
/** Below this a page is fast enough that its growth says nothing, ms. */
const FAST = 15;

const PAGES = [
  "/admin",
  "/admin/alarms",
  "/admin/sources",
  "/admin/sources?page=9",
  "/admin/add",
  "/admin/schedule",
  "/admin/schedule?page=9",
  "/admin/runs?source=town-0",
  "/admin/run?id=town-0-1",
  "/admin/recall",
  "/admin/why?url=https%3A%2F%2Fcities.example%2Fnews%2Farticle-7",
  "/admin/dead",
  "/admin/inbox",
  "/admin/corrections",
  "/admin/stories?id=article-7",
  "/admin/revisions?article=article-7",
  "/admin/edit?article=article-7",
  "/admin/hosts",
  "/admin/views",
  "/admin/webhooks",
  "/admin/audit",
];

const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "100000" },
    sources: { type: "string", default: "1000" },
    rounds: { type: "string", default: "9" },
    json: { type: "boolean", default: false },
  },
});
const [articles, sources, rounds] = [values.articles, values.sources, values.rounds].map(Number);

/** Median server time of each page, ms. */
async function timesOf(store: Store): Promise<Map<string, number>> {
  const now = () => new Date();
  const why = (url: string) => whyOf({ store, product: "Newsgather", now }, url);
  const app = await makePortal(store, {
    now,
    plugins: [adminRoutes({ store, timezone: "Europe/Berlin", forecast, why })],
  });
  const took = new Map<string, number[]>();
  app.addHook("onResponse", async ({ url }, reply) => {
    took.set(url, [...(took.get(url) ?? []), reply.elapsedTime]);
  });
  for (let round = 0; round < (rounds ?? 9); round++) {
    for (const url of PAGES) {
      const { statusCode } = await app.inject({ url, headers: { accept: "text/html" } });
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    }
  }
  await app.close();
  return new Map(PAGES.map((page) => [page, medianOf(took.get(page) ?? [])]));
}

function medianOf(all: number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}

const dataDir = await mkdtemp(join(tmpdir(), "newsgather-bench-desk-"));
const database = await startDatabase({ dataDir, log: quiet });
try {
  const measured = [];
  for (const size of [SMALL, articles ?? 100_000]) {
    const store = await openStore(database.url, { database: `desk-${size}` });
    await fillDesk(store, { sources: sources ?? 1000, articles: size });
    measured.push(await timesOf(store));
    await store.close();
  }
  const [few, many] = measured;
  const rows = PAGES.map((page) => {
    const [small = Number.NaN, large = Number.NaN] = [few?.get(page), many?.get(page)];
    const over = large > BARS.page || (large > FAST && large > small * BARS.ratio);
    return { page, small, large, ratio: large / small, over };
  });
  if (values.json) console.log(JSON.stringify({ articles, sources, rows }));
  else {
    const cells = rows.map(({ page, small, large, ratio, over }) => [
      page,
      small.toFixed(1),
      large.toFixed(1),
      ratio.toFixed(2),
      over ? "over" : "",
    ]);
    const head = ["page", `ms at ${SMALL} articles`, `ms at ${articles}`, "ratio", ""];
    console.log(plainTable(head, cells));
  }
  process.exitCode = rows.some(({ over }) => over) ? 1 : 0;
} finally {
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
}
