import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOUR_MS } from "../../../../lib/time.ts";
import type { Store } from "../../../../store/store.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal, PORTAL_NOW as NOW } from "../../../helpers/portal.ts";

const CONFIG = {
  portalTitle: "City Portal",
  baseUrl: "http://portal.example",
  timezone: "Europe/Berlin",
  topicNames: {},
  version: "0.0.0",
};
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);
const SECRET = "given up: 1 × timeout at https://inner.example/feed";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("status");
  const fine = { lastSuccessAt: ago(1), lastNewArticleAt: ago(2) };
  await store.collections.sources.insertMany([
    { ...makeSource("alpha"), ...fine },
    { ...makeSource("beta"), ...fine, failures: 4, lastProblem: SECRET },
    { ...makeSource("gamma"), ...fine, paused: { reason: "a private reason" } },
    { ...makeSource("gone"), ...fine, active: false },
  ]);
  app = await makePortal(store, { config: { ...CONFIG, showStatus: true } });
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

const page = async (url: string) => (await app.inject({ url, headers: BROWSER })).body;

test("The state of the sources is a page of its own only where it is switched on", async () => {
  const without = await makePortal(store, { config: CONFIG });
  const answer = await without.inject({ url: "/status", headers: BROWSER });
  const home = await without.inject({ url: "/", headers: BROWSER });
  await without.close();
  expect(answer.statusCode).toBe(404);
  expect(home.body).not.toContain('href="/status"');
  expect(await page("/")).toContain('href="/status"');
});

test("It names each source with its state and its last article, what fails first", async () => {
  const rows = (await page("/status")).match(/<li><div>.*?<\/li>/gs) ?? [];
  expect(
    rows.map((row) =>
      row
        .replaceAll(/<[^>]*>|\s+/g, " ")
        .trim()
        .replaceAll(/ +/g, " "),
    ),
  ).toEqual([
    "The beta cannot be read at present last new article: 25 November 2026, 11:00",
    "The gamma paused last new article: 25 November 2026, 11:00",
    "The alpha works last new article: 25 November 2026, 11:00",
  ]);
});

test("It tells nothing of causes, reasons, URLs or hosts", async () => {
  const body = await page("/status");
  expect(body).toMatch(/The beta.*The gamma.*The alpha/s);
  expect(body).not.toMatch(
    /timeout|given up|private reason|(?:inner|alpha|beta|gamma|gone)\.example/,
  );
});

test("It is in each language of the portal, and may be kept for a minute", async () => {
  const answer = await app.inject({ url: "/de/status", headers: BROWSER });
  expect(answer.body).toContain("1 von 3 Quellen in Betrieb.");
  expect(answer.headers["cache-control"]).toBe("public, max-age=60");
});
