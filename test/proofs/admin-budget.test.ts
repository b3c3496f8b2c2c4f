import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { FastifyInstance } from "fastify";
import type { BrowserContext, CDPSession, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { HOUR_MS } from "../../lib/time.ts";
import type { Store } from "../../store/store.ts";
import { PAGES } from "../../web/admin/pages.ts";
import { makeArticle, makeSource, publishArticles } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { join, login, openGated } from "../helpers/gated.ts";
import { measured } from "../helpers/measured.ts";
import { openBrowser, type WatchedBrowser } from "../helpers/open-browser.ts";
import { isVerify } from "../helpers/size.ts";

/** What the admin may take over the wire: the first page with all that it loads, and each later one, bytes. */
const BUDGET = { first: 150_000, later: 30_000 };
/** The first paint comes so soon on loopback, ms. */
const MAX_PAINT_MS = 300;
/** Sources fill a page of their list. */
const SOURCES = 130;
const ARTICLES = 120;
/** Loads of which the fastest counts: some are slow on a machine that has other work. */
const LOADS = 9;
/** A page that is slow this many times is slow: other work on the machine disturbs some loads. */
const MAX_LOADS = 60;

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let chromium: WatchedBrowser;
let address: string;
let sourcesDir: string;
let reader: BrowserContext;
let page: Page;
let client: CDPSession;
/** Bytes that came since the page was asked for, heads of the answers included. */
let bytes = 0;
/** What one page of each kind is about. */
const ABOUT: Readonly<Record<string, string>> = {
  "/admin/article": "?article=a-1",
  "/admin/edit": "?article=a-1",
  "/admin/provenance": "?article=a-1",
  "/admin/revisions": "?article=a-1",
  "/admin/stories": "?id=a-1",
  "/admin/source": "?id=s-1",
  "/admin/find": "?q=news",
};
/** These are of a preview, stored pages, a declaration and a run. */
const OF_ONE = /preview|selector-picker$|source\/edit$|\/run$/;
const LATER = PAGES.map(({ path }) => path).filter((path) => !OF_ONE.test(path));

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("budget");
  const now = Date.now();
  await store.collections.sources.insertMany(
    Array.from({ length: SOURCES }, (_, n) =>
      makeSource(`s-${n}`, {
        name: `City News ${n}`,
        ...(n % 9 === 0 && { failures: 4, lastProblem: "503 three times" }),
      }),
    ),
  );
  await publishArticles(
    store,
    "created",
    Array.from({ length: ARTICLES }, (_, n) =>
      makeArticle(`a-${n}`, {
        sourceId: `s-${n}`,
        title: `The council plans ${n} new lamps`,
        sortAt: new Date(now - n * HOUR_MS),
      }),
    ),
  );
  await join(store, "ann", "admin");
  sourcesDir = await mkdtemp(joinPath(tmpdir(), "sources-"));
  app = await openGated(store, { sourcesDir });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  chromium = await openBrowser({ host: "127.0.0.1", port });
});
afterAll(async () => {
  await chromium?.close();
  await app?.close();
  await database?.close();
  await rm(sourcesDir, { recursive: true, force: true });
});

async function visit(path: string): Promise<number> {
  bytes = 0;
  const answer = await page.goto(address + path, { waitUntil: "load" });
  expect([path, answer?.status()]).toEqual([path, 200]);
  return bytes;
}

/** Opens a browser that has nothing of ours yet, and logs in. */
async function openReader(): Promise<void> {
  reader = await chromium.browser.newContext();
  page = await reader.newPage();
  client = await reader.newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const [name = "", value = ""] = (await login(app, "ann")).cookie.split("=");
  await reader.addCookies([{ name, value, url: address }]);
}

describe("The admin's pages over the wire", () => {
  beforeAll(openReader);
  afterAll(() => reader.close());

  test("The first page, with all that it loads, takes less than 150 kB", async () => {
    const first = await visit("/admin");
    measured(`the first page took ${Math.round(first / 1000)} kB`);
    expect(first).toBeGreaterThan(10_000);
    expect(first).toBeLessThan(BUDGET.first);
  });

  test("Each later page takes less than 30 kB", async () => {
    const sizes: [string, number][] = [];
    for (const path of LATER) sizes.push([path, await visit(path + (ABOUT[path] ?? ""))]);
    const [largest] = sizes.toSorted(([, a], [, b]) => b - a);
    measured(
      `the largest later page, ${largest?.[0]}, took ${Math.round((largest?.[1] ?? 0) / 1000)} kB`,
    );
    expect(sizes.filter(([, size]) => size >= BUDGET.later)).toEqual([]);
    expect(Math.min(...sizes.map(([, size]) => size))).toBeGreaterThan(0);
  });
});

/** Opens the overview and returns how long after that the browser first painted, ms. */
async function paint(): Promise<number> {
  await visit("/admin");
  // The page's policy forbids a string as code where Playwright polls, not where it evaluates one.
  return vi.waitUntil(
    () => page.evaluate<number>("performance.getEntriesByName('first-paint')[0]?.startTime"),
    { timeout: 30_000 },
  );
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

describe("The first paint of the overview", () => {
  const cold: number[] = [];
  const warm: number[] = [];
  let fastest: number;
  const blocking = new Set<string>();
  beforeAll(async () => {
    for (let load = 0; load < LOADS; load++) {
      await openReader();
      cold.push(await paint());
      const names = await page.evaluate<string[]>(
        "performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking').map((one) => one.name)",
      );
      for (const name of names) blocking.add(name.slice(address.length).replace(/\..*\./, "."));
      warm.push(await paint());
      if (load < LOADS - 1) await reader.close();
    }
    fastest = Math.min(...warm);
    for (let load = LOADS; fastest >= MAX_PAINT_MS && load < MAX_LOADS; load++)
      fastest = Math.min(fastest, await paint());
    await reader.close();
    measured(
      `first paint after ${Math.round(medianOf(cold))} ms with nothing cached, ${Math.round(medianOf(warm))} ms later; medians of ${LOADS} loads`,
    );
  }, 120_000);

  test("waits for two style sheets alone", () => {
    expect([...blocking].toSorted()).toEqual(["/assets/admin.css", "/assets/tabler.css"]);
  });

  test(`comes within ${MAX_PAINT_MS} ms on loopback`, () => {
    expect(fastest).toBeLessThan(MAX_PAINT_MS);
  });

  // Nine new browsers in a row: a machine with other work is too slow for it.
  test.runIf(isVerify)(`comes within ${MAX_PAINT_MS} ms with nothing cached`, () => {
    expect(Math.min(...cold)).toBeLessThan(MAX_PAINT_MS);
  });
});
