import { afterAll, beforeAll, expect, test } from "vitest";
import { adminRoutes } from "../../../admin/routes.ts";
import type { Link } from "../../../model/link.ts";
import { ensureHosts, saveBreaker } from "../../../store/hosts.ts";
import { saveLie } from "../../../store/lies.ts";
import { emptyCounts } from "../../../store/runs.ts";
import { makeArticle, makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { BROWSER, makePortal, PORTAL_NOW } from "../../helpers/portal.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ago = (minutes: number) => new Date(PORTAL_NOW.getTime() - minutes * 60_000);

async function operations(name: string) {
  const store = await database.open(name);
  const plugins = [adminRoutes({ store, timezone: "Europe/Berlin", now: () => PORTAL_NOW })];
  const app = await makePortal(store, { plugins });
  return { store, app, get: () => app.inject({ url: "/admin", headers: BROWSER }) };
}

test("an operator sees why each source stands as it does, what runs left out, what was given up", async () => {
  const { store, app, get } = await operations("overview");
  await store.collections.sources.insertMany([
    makeSource("fine", { lastAttemptAt: ago(5), lastSuccessAt: ago(5), lastNewArticleAt: ago(65) }),
    makeSource("held", { paused: { reason: "the publisher asked for it" } }),
    makeSource("broken", { lastAttemptAt: ago(3), lastProblem: "<b>503</b> three times" }),
  ]);
  const current = { articles: 8, completeness: 6, fields: { title: 8, publishedAt: 4 } };
  const previous = { articles: 0, completeness: 0, fields: {} };
  await store.collections.quality.insertOne({ _id: "fine", current, previous });
  await store.collections.runs.insertOne({
    _id: "run",
    sourceId: "fine",
    sourceVersion: 1,
    trigger: "manual",
    first: false,
    open: false,
    startedAt: ago(6),
    finishedAt: ago(5),
    counts: { ...emptyCounts(), links: 9, stored: 4, skipped: { robots: 3 }, dead: { timeout: 2 } },
    problems: ["broken XML repaired after item 12"],
  });
  const link: Partial<Link> & { _id: string } = {
    _id: "dead",
    url: "https://broken.example/a",
    sourceId: "broken",
    state: "dead",
    attempts: 5,
    doneAt: ago(9),
    reason: "timeout",
    detail: "no answer within 30 s",
  };
  await store.db.collection<typeof link>("links").insertOne(link);
  await store.db.collection<{ _id: string }>("hosts").insertOne({
    _id: "broken.example:443",
    failures: 6,
    openUntil: ago(-10),
    openReason: "6 failures in a row",
  } as { _id: string });

  const answer = await get();
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.body).toMatch(/The fine.*class="state fine">ok<.*25 Nov(?: 2026)?, 12:55:00/s);
  expect(answer.body).toMatch(/class="state idle">paused<.*the publisher asked for it/s);
  expect(answer.body).toContain("&lt;b&gt;503&lt;/b&gt; three times");
  expect(answer.body).toMatch(/title="8 articles: title 100 %.*publishedAt 50 %.*>75 %</s);
  expect(answer.body).toContain("3 robots.txt forbids this page");
  expect(answer.body).toContain("2 given up: timeout");
  expect(answer.body).toContain("broken XML repaired after item 12");
  expect(answer.body).toMatch(
    /broken\.example:443.*25 Nov(?: 2026)?, 13:10:00.*6 failures in a row/s,
  );
  expect(answer.body).toMatch(/https:\/\/broken\.example\/a.*timeout: no answer within 30 s/s);
  expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  await app.close();
});

test("without anything, each part says so and the next step", async () => {
  const { app, get } = await operations("nothing");
  const { body } = await get();
  expect(body).toMatch(/No source is configured.*config\/sources/s);
  expect(body).toMatch(/No run yet.*newsgather run --all --once/s);
  expect(body).toContain("every host is being visited");
  expect((await app.inject("/admin/style.css")).headers["content-type"]).toMatch(/^text\/css/);
  await app.close();
});

test("an operator finds what isn't listed, with the reason", async () => {
  const { store, app, get } = await operations("unlisted");
  const because = { reason: "below relevance" as const, detail: "0.12 of 0.3: topics 0" };
  await store.collections.articles.insertMany([
    makeArticle("low", { status: "unlisted", unlisted: { ...because, at: ago(50) } }),
    makeArticle("shown", { unlisted: null }),
  ]);
  const { body } = await get();
  expect(body).toContain("Title of low");
  expect(body).toContain("below relevance: 0.12 of 0.3: topics 0");
  expect(body).not.toContain("Title of shown");
  await app.close();
});

test("an operator sees who corrected what, why, and what was undone", async () => {
  const { store, app, get } = await operations("corrections");
  const word = { field: "topics" as const, add: ["ai"], remove: ["iot"] };
  const made = { articleId: "a", word, by: "user ada", reason: "about <b>models</b>" };
  const undone = { by: "user bob", at: ago(10), reason: "mistaken" };
  await store.collections.corrections.insertMany([
    { ...made, _id: "c1", at: ago(50), undone: null },
    { ...made, _id: "c2", at: ago(20), undone },
  ]);
  const { body } = await get();
  expect(body).toMatch(/\/article\/a.*\+ai -iot.*user ada.*about &lt;b&gt;models/s);
  expect(body).toMatch(/undone by user bob.*mistaken/s);
  await app.close();
});

test("an operator sees which processes were started again, and which hosts fail and why", async () => {
  const { store, app, get } = await operations("parts");
  const counts = { restarts: 2, replaced: 1, lastExit: "replaced: its event loop stood still" };
  const about = { machine: "box", pid: 4711, since: ago(1), problem: null, at: PORTAL_NOW };
  await store.collections.parts.insertOne({ _id: "box/1/http", name: "http", ...about, ...counts });
  await ensureHosts(store, [
    { host: "down.example:443", delay: 1, concurrency: 1 },
    { host: "late.example:443", delay: 1, concurrency: 1 },
    { host: "fine.example:443", delay: 1, concurrency: 1 },
    { host: "liar.example:443", delay: 1, concurrency: 1 },
  ]);
  const openReason = "ECONNREFUSED: no";
  await saveBreaker(store, "down.example:443", {
    failures: 6,
    openUntil: ago(-10),
    openReason,
  });
  await saveBreaker(store, "late.example:443", { failures: 5, openUntil: ago(1), openReason });
  const evidence = 'ETag "1" stands for two contents';
  const lie = { count: 3, firstAt: ago(9), lastAt: ago(2), until: ago(-60), evidence };
  await saveLie(store, "liar.example:443", "validators", lie);
  expect((await get()).body).toMatch(/http.*box.*4711.*its event loop stood still/s);
  const hosts = (await app.inject({ url: "/admin/hosts", headers: BROWSER })).body;
  expect(hosts).toMatch(/down\.example:443.*>open<.*25 Nov(?: 2026)?, 13:10:00.*ECONNREFUSED: no/s);
  expect(hosts).toMatch(/late\.example:443.*>half-open<.*now/s);
  expect(hosts).toMatch(/liar\.example:443.*did change.*>3<.*stands for two contents/s);
  expect(hosts).not.toContain("fine.example");
  await app.close();
});
