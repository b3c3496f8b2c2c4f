import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MINUTE_MS } from "../../lib/time.ts";
import { makeSource } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { join, login, openGated } from "../helpers/gated.ts";
import { openBrowser, type WatchedBrowser } from "../helpers/open-browser.ts";

const SOURCES = 130;
/** Evening in UTC, the next day in the reader's zone. */
const LONG_AGO = new Date("2025-03-01T20:00:00Z");
const RECENT = new Date(Date.now() - 3 * MINUTE_MS);
const READER_ZONE = "Asia/Tokyo";
/** How far a column is dragged, pixels. */
const DRAGGED = 80;

let database: TestDatabase;
let app: FastifyInstance;
let chromium: WatchedBrowser;
let page: Page;
let address: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("tables");
  await store.collections.sources.insertMany(
    Array.from({ length: SOURCES }, (_, n) =>
      makeSource(`s-${n}`, {
        name: `City ${n}`,
        lastNewArticleAt: LONG_AGO,
        lastAttemptAt: RECENT,
      }),
    ),
  );
  await join(store, "ann", "admin");
  app = await openGated(store);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  chromium = await openBrowser({ host: "127.0.0.1", port });
  const context = await chromium.browser.newContext({
    viewport: { width: 1000, height: 800 },
    timezoneId: READER_ZONE,
  });
  const [name = "", value = ""] = (await login(app, "ann")).cookie.split("=");
  await context.addCookies([{ name, value, url: address }]);
  page = await context.newPage();
});
afterAll(async () => {
  await chromium?.close();
  await app?.close();
  await database?.close();
});

const head = (name: string) => page.locator("main th", { hasText: name });
const widthOf = async (name: string) => Math.round((await head(name).boundingBox())?.width ?? 0);

test("A column of a table that is wider than its card keeps the width that it was dragged to", async () => {
  await page.goto(`${address}/admin/sources`);
  const before = await widthOf("Source");
  const grip = await head("Source").locator(".grip").boundingBox();
  const [x, y] = [(grip?.x ?? 0) + 2, (grip?.y ?? 0) + 5];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + DRAGGED, y, { steps: 4 });
  await page.mouse.up();
  expect(await widthOf("Source")).toBe(before + DRAGGED);
  await page.goto(`${address}/admin/sources?page=2`);
  await head("Source").locator(".grip").waitFor({ state: "attached" });
  expect(await widthOf("Source")).toBe(before + DRAGGED);
});

test("A click on the heading of a paged list brings the first of all its rows", async () => {
  await page.goto(`${address}/admin/sources?page=2`);
  await head("Source").locator("a").click();
  await page.waitForURL("**sort=name**");
  await head("Source").locator("a").click();
  await page.waitForURL("**sort=-name**");
  expect(await page.locator("main tbody td a").first().innerText()).toBe(`City ${SOURCES - 1}`);
});

test("Times say how long ago; on hover, and where that is long, as a date, in the reader's time zone", async () => {
  await page.goto(`${address}/admin/sources`);
  const [old, recent] = [LONG_AGO, RECENT].map((at) =>
    page.locator(`main time[datetime="${at.toISOString()}"]`).first(),
  );
  expect(await recent?.innerText()).toMatch(/^\d+ min ago$/);
  expect(await old?.innerText()).toBe("2 Mar 2025");
  expect(await old?.getAttribute("title")).toBe("Sunday, 2 March 2025 at 05:00:00 GMT+9");
});
