import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MINUTE_MS } from "../../../../lib/time.ts";
import { emptyCoverage, newCoverage } from "../../../../model/sources/coverage.ts";
import type { Store } from "../../../../store/store.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, login, newKey, openGated } from "../../../helpers/gated.ts";
import { BROWSER, PORTAL_NOW as NOW } from "../../../helpers/portal.ts";

const GAP = {
  key: "k",
  url: "https://town.example/news/tram",
  title: "The tram <returns>",
  announcedAt: NOW,
  namedBy: ["https://town.example/feed"],
  reason: "timeout",
  why: "given up (attempts: 5): timeout",
  backfills: 0,
  backfillAt: NOW,
} as const;

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let headers: { authorization: string };
let cookie: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("coverage");
  const objective = { share: 0.99, within: 30 * MINUTE_MS };
  const blank = newCoverage("town", { since: NOW, nextProbeAt: NOW, objective, now: NOW });
  const total = { ...emptyCoverage(), inTime: 97, late: 1, missing: 2, excluded: { gone: 3 } };
  const days = [{ day: "2026-11-25", ...total }];
  const probe = {
    at: NOW,
    channels: [
      { url: "https://town.example/news.xml", kind: "sitemap" as const, listed: 4, covered: 3 },
    ],
  };
  await store.collections.coverage.insertMany([
    { ...blank, total, days, gaps: [{ ...GAP, namedBy: [...GAP.namedBy] }], probe },
    { ...blank, _id: "wire" },
  ]);
  await join(store, "ann", "analyst");
  app = await openGated(store, { now: () => NOW });
  headers = { authorization: `Bearer ${await newKey(store, "read")}` };
  ({ cookie } = await login(app, "ann"));
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

const page = async (url: string) =>
  (await app.inject({ url, headers: { ...BROWSER, cookie } })).body;

test("The figures of each source come with what is left of its error budget", async () => {
  const { items } = (await app.inject({ url: "/v1/coverage", headers })).json<{
    items: object[];
  }>();
  expect(items).toMatchObject([
    { source: "town", announced: 100, shareInTime: 0.97, shareCovered: 0.98, budgetRemaining: -2 },
    { source: "wire", announced: 0, shareInTime: null, budgetRemaining: 1 },
  ]);
});

test("One source has its days, and what is missing with the reason", async () => {
  const answer = await app.inject({ url: "/v1/coverage/town", headers });
  expect(answer.json()).toMatchObject({
    objective: { share: 0.99, seconds: 1800 },
    days: [{ day: "2026-11-25", announced: 100, missing: 2, excluded: { gone: 3 } }],
    gaps: [{ url: GAP.url, namedBy: GAP.namedBy, reason: "timeout", why: GAP.why }],
  });
});

test("A source that isn't counted is not found", async () => {
  expect((await app.inject({ url: "/v1/coverage/nobody", headers })).statusCode).toBe(404);
});

test("The page of a source that isn't there is not found", async () => {
  const answer = await app.inject({
    url: "/admin/coverage?source=nobody",
    headers: { ...BROWSER, cookie },
  });
  expect(answer.statusCode).toBe(404);
});

test("The page of a source that isn't counted yet says so, in place of all others", async () => {
  await store.collections.sources.insertOne(makeSource("young"));
  const body = await page("/admin/coverage?source=young");
  expect(body).toContain("No announced article of young is counted yet");
  expect(body).not.toContain("source=town");
});

test("The page of all names the worst source first", async () => {
  const body = await page("/admin/coverage");
  expect(body.indexOf("source=town")).toBeLessThan(body.indexOf("source=wire"));
  expect(body).toContain("<strong>97 %</strong> of 100 announced articles");
  expect(body).toContain("1 of 2 sources miss their objective");
  expect(body).toMatch(/data-kind="bars" data-unit="count"/);
});

test("The page of a source lists what is missing, who named it and what its site names besides", async () => {
  const body = await page("/admin/coverage?source=town");
  expect(body).toContain("The tram &lt;returns&gt;");
  expect(body).toContain(GAP.why);
  expect(body).toContain("https://town.example/feed");
  expect(body).toContain("https://town.example/news.xml");
  expect(body).toContain("99 % within 30m");
});
