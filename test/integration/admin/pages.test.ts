import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROUTES } from "../../../access/routes.ts";
import { adminRoutes } from "../../../admin/routes.ts";
import type { Alarm } from "../../../model/alarm.ts";
import { articlesByHour } from "../../../store/hours.ts";
import type { Store } from "../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { codeIn, FORM, join, login, openGated } from "../../helpers/gated.ts";
import { makeLink } from "../../helpers/links.ts";
import { BROWSER, makePortal } from "../../helpers/portal.ts";

const SOURCES = 130;
const now = new Date();
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const idOf = (n: number) => `s-${String(n).padStart(3, "0")}`;

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let cookie: string;
let sourcesDir: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("pages");
  await store.collections.sources.insertMany(
    Array.from({ length: SOURCES }, (_, n) =>
      makeSource(idOf(n), {
        lastAttemptAt: ago(1),
        lastSuccessAt: ago(1),
        headers: { authorization: "Bearer of-the-publisher" },
        ...(n === 77 && { failures: 4, lastProblem: "503 three times" }),
      }),
    ),
  );
  const times = [0.5, 0.6, 3.5, 30];
  await publishArticles(
    store,
    "created",
    times.map((hours, n) =>
      makeArticle(`a-${n}`, { sourceId: idOf(5), sortAt: ago(hours), publishedAt: ago(hours) }),
    ),
  );
  await join(store, "ann", "admin");
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  app = await openGated(store, { sourcesDir });
  ({ cookie } = await login(app, "ann"));
});
afterAll(async () => {
  await app?.close();
  await database.close();
  await rm(sourcesDir, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = BROWSER) =>
  app.inject({ url, headers: { ...headers, cookie } });
const page = async (url: string) => (await get(url)).body;
const twin = async (url: string) => (await get(url)).json<Record<string, unknown>>();
const rowsOf = (body: string) =>
  [...body.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id);

test("each page says its command, and has its twin by format=json and for who takes JSON alone", async () => {
  const files = /login|preview|point$|\/page$|\.opml|\.js|\.css|\/run$/;
  const pages = Object.keys(ROUTES)
    .filter((route) => route.startsWith("GET /admin") && !files.test(route))
    .map((route) => route.slice("GET ".length));
  expect(pages.length).toBeGreaterThan(18);
  const about: Record<string, string> = {
    "/admin/edit": "?article=a-1",
    "/admin/source": `?id=${idOf(1)}`,
  };
  for (const route of pages) {
    const url = route + (about[route] ?? "");
    const shown = await get(url);
    expect([route, shown.statusCode]).toEqual([route, 200]);
    const mark = /<code>(newsgather|curl) .*As JSON/;
    expect([route, mark.test(shown.body)]).toEqual([route, true]);
    const [, link = ""] = /href="([^"]*format=json)">As JSON/.exec(shown.body) ?? [];
    const asked = await get(link.replaceAll("&amp;", "&"));
    expect([route, asked.headers["content-type"]]).toEqual([route, expect.stringMatching(/json/)]);
    const taken = await get(url, { accept: "application/json" });
    expect([route, Object.keys(taken.json())]).toEqual([route, Object.keys(asked.json())]);
    expect(asked.body + taken.body).not.toContain("of-the-publisher");
  }
});

test("a page that is asked wrongly says what is wrong", async () => {
  for (const url of [
    "/admin/preview",
    "/admin/preview/page?id=x&n=-1",
    "/admin/runs?source=".padEnd(99, "a"),
  ]) {
    const { statusCode, body } = await get(url, { accept: "application/json" });
    expect([url, statusCode, body]).toEqual([url, 400, expect.stringContaining("invalid-request")]);
  }
});

test("an article's revisions are reached from where it is edited", async () => {
  const [, link = ""] =
    /href="(\/admin\/revisions\?[^"]+)"/.exec(await page("/admin/edit?article=a-1")) ?? [];
  expect(await twin(`${link}&format=json`)).toMatchObject({ article: "a-1" });
});

test("sources come in pages of 100, the worst first, by name and state, with seven days as bars", async () => {
  const first = await page("/admin/sources");
  expect(first).toContain(`Sources (${SOURCES})`);
  expect(rowsOf(first)).toHaveLength(100);
  expect(rowsOf(first)[0]).toBe(idOf(77));
  expect(first).toMatch(/Page 1 of 2.*page=2" rel="next"/s);
  const second = await page("/admin/sources?page=2");
  expect(new Set([...rowsOf(first), ...rowsOf(second)]).size).toBe(SOURCES);
  expect(rowsOf(await page("/admin/sources?state=failing&q="))).toEqual([idOf(77)]);
  expect(rowsOf(await page("/admin/sources?state=&q=S-005"))).toEqual([idOf(5)]);
  expect(await twin("/admin/sources?q=s-005&format=json")).toMatchObject({
    total: 1,
    sources: [{ _id: idOf(5), health: { state: "ok" } }],
  });
  const days = /articles a day: ([\d, ]+)"/.exec(await page("/admin/sources?q=s-005"));
  const counts = (days?.[1] ?? "").split(", ").map(Number);
  expect(counts).toHaveLength(7);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
});

test("links that were given up, recall and the plan come in pages of 100 too", async () => {
  const { links, recalls } = store.collections;
  const dead = { state: "dead", reason: "timeout", dueAt: null } as const;
  await links.insertMany(
    Array.from({ length: SOURCES }, (_, n) =>
      makeLink(`dead-${n}`, { ...dead, doneAt: ago(1 + n / 10) }),
    ),
  );
  const first = await page("/admin/dead");
  expect(rowsOf(first)).toHaveLength(100);
  const [, older = ""] = /href="(\/admin\/dead\?before=[^"]+)"/.exec(first) ?? [];
  const others = rowsOf(await page(older));
  expect(new Set([...rowsOf(first), ...others]).size).toBe(SOURCES);
  const figures = { at: now, days: 7, stored: 9, published: 10, left: {}, channels: [] };
  await recalls.insertMany(
    Array.from({ length: SOURCES }, (_, n) => ({ _id: idOf(n), ...figures, missed: [] })),
  );
  const rows = async (url: string) => [...(await page(url)).matchAll(/<tr><td>/g)].length;
  expect([await rows("/admin/recall"), await rows("/admin/recall?page=2")]).toEqual([100, 30]);
  // No file names any of them.
  expect([await rows("/admin/plan"), await rows("/admin/plan?page=2")]).toEqual([100, 30]);
  await Promise.all([links.deleteMany({}), recalls.deleteMany({})]);
});

test("what is asked for ticked sources is done to each that it can be done to, and told of the others", async () => {
  const fields = new URLSearchParams({
    _csrf: codeIn(await page("/admin/sources")),
    reason: "they move their site",
  });
  for (const id of [idOf(1), "unknown", idOf(2)]) fields.append("id", id);
  const hold = (payload: URLSearchParams) =>
    app.inject({
      method: "POST",
      url: "/admin/sources/hold",
      headers: { ...FORM, cookie },
      payload: payload.toString(),
    });
  const partly = await hold(fields);
  expect(partly.statusCode).toBeGreaterThanOrEqual(400);
  expect(partly.body).toContain("unknown: not done");
  const held = await store.collections.sources.find({ held: { $ne: null } }).toArray();
  expect(held.map(({ _id }) => _id).toSorted()).toEqual([idOf(1), idOf(2)]);
  fields.delete("id");
  expect((await hold(fields)).body).toContain("tick a source");
  for (const id of [idOf(3), idOf(4)]) fields.append("id", id);
  expect((await hold(fields)).statusCode).toBe(303);
  expect(rowsOf(await page("/admin/sources?state=paused"))).toHaveLength(4);
});

test("the first page plots articles an hour, tells of open alarms and of what waits in queues", async () => {
  const alarm: Alarm = {
    _id: "source/s-077/server",
    kind: "source",
    subject: idOf(77),
    cause: "server",
    state: "failing",
    words: "its server fails",
    todo: null,
    openedAt: ago(1),
    closedAt: null,
    tellAt: ago(1),
    told: { opened: true, closed: false },
  };
  await store.collections.alarms.insertMany([alarm, { ...alarm, _id: "over", closedAt: ago(0.5) }]);
  const queues = () =>
    Promise.resolve({ fetch: { waiting: 41, active: 2, delayed: 0, failed: 0 } });
  const about = { store, timezone: "Europe/Berlin", now: () => now };
  const open = await makePortal(store, { plugins: [adminRoutes({ ...about, queues })] });
  const { body } = await open.inject({ url: "/admin", headers: BROWSER });
  expect(body).toContain("3 in the last 24 hours");
  expect(body).toMatch(/aria-label="Articles an hour[^"]*0, 1, 0, 0, 2"/);
  expect(body).toContain("1 alarm is open");
  expect(body).toMatch(/fetch<\/td><td class="n">41<\/td><td class="n">2</);
  expect(body).toMatch(new RegExp(`<tbody>\\s*<tr><td><a href="/admin/source\\?id=${idOf(77)}"`));
  expect(body).toContain('href="/admin/sources?page=2"');
  const told = await open.inject({ url: "/admin?format=json" });
  expect(told.json()).toMatchObject({ alarms: [{ subject: idOf(77) }], queues: await queues() });
  await open.close();
});

test("hours of which not all articles are read are left out", async () => {
  expect(await articlesByHour(store, now, { hours: 5, most: 4 })).toEqual([0, 1, 0, 0, 2]);
  expect(await articlesByHour(store, now, { hours: 5, most: 3 })).toEqual([0, 0, 2]);
  expect(await articlesByHour(store, now, { hours: 5, most: 2 })).toEqual([]);
});
