import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Right, USER_ROLES } from "../../../../model/operations/account.ts";
import type { Alarm } from "../../../../model/operations/alarm.ts";
import { newCoverage } from "../../../../model/sources/coverage.ts";
import { articlesByHour } from "../../../../store/articles/articles.ts";
import { newRun } from "../../../../store/crawl/runs.ts";
import type { Store } from "../../../../store/store.ts";
import { PAGES } from "../../../../web/admin/pages.ts";
import { adminRoutes } from "../../../../web/admin/routes.ts";
import { makeAdminDeps } from "../../../helpers/admin.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { stopClock } from "../../../helpers/clock.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, openGated } from "../../../helpers/gated.ts";
import { makeLink } from "../../../helpers/links.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";
import { makePreview } from "../../../helpers/previews.ts";
import { type Session, startSession } from "../../../helpers/session.ts";

const SOURCES = 130;
const now = new Date();
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const idOf = (n: number) => `s-${String(n).padStart(3, "0")}`;
const AUTHORIZATION = "Bearer of-the-publisher";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
/** An administrator's session. */
let ann: Session;
let sourcesDir: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("pages");
  await store.collections.sources.insertMany(
    Array.from({ length: SOURCES }, (_, n) =>
      makeSource(idOf(n), {
        lastAttemptAt: ago(1),
        lastSuccessAt: ago(1),
        headers: { authorization: AUTHORIZATION },
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
  const yaml = `id: secretive\nname: S\nheaders: { authorization: ${AUTHORIZATION} }\n`;
  await store.collections.previews.insertOne(makePreview("p-secret", now, { yaml }));
  await join(store, "ann", "admin");
  sourcesDir = await mkdtemp(joinPath(tmpdir(), "sources-"));
  app = await openGated(store, { sourcesDir });
  ann = await startSession(app, "ann");
});
afterAll(async () => {
  await app?.close();
  await database.close();
  await rm(sourcesDir, { recursive: true });
});

const get: Session["get"] = (url, headers) => ann.get(url, headers);
const page = (url: string) => ann.page(url);
const json = async (url: string) => (await get(url)).json<Record<string, unknown>>();
const rowsOf = (body: string) =>
  [...body.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id);

describe("each page", () => {
  // These are of a preview, a stored page, a declaration and a run.
  const ofOne = /preview|selector-picker$|source\/edit$|\/run$/;
  const routes = PAGES.map(({ path }) => path).filter((route) => !ofOne.test(route));
  const about: Record<string, string> = {
    "/admin/edit": "?article=a-1",
    "/admin/source": `?id=${idOf(1)}`,
  };

  test("There are more than 18 pages", () => {
    expect(routes.length).toBeGreaterThan(18);
  });

  test.each(routes)("%s shows its command and the same as JSON", async (route) => {
    const url = route + (about[route] ?? "");
    const shown = await get(url);
    expect(shown.statusCode).toBe(200);
    expect(shown.body).toMatch(/<code>(newsgather|curl) .*As JSON/);
    const [, link = ""] = /href="([^"]*format=json)">As JSON/.exec(shown.body) ?? [];
    const linked = await get(link.replaceAll("&amp;", "&"));
    expect(linked.headers["content-type"]).toMatch(/json/);
    const negotiated = await get(url, { accept: "application/json" });
    expect(Object.keys(negotiated.json())).toEqual(Object.keys(linked.json()));
    expect(linked.body + negotiated.body).not.toContain(AUTHORIZATION);
  });
});

describe.each(["analyst", "editor", "operator"] as const)("An %s", (role) => {
  const rights: readonly Right[] = USER_ROLES[role];
  const ofPages = new Map(PAGES.map(({ path, right = "read" }) => [path, right]));
  const ofActions = new Map(
    PAGES.flatMap(({ actions = [] }) => actions.map(({ path, right }) => [path, right])),
  );
  const LINK = / href="(\/admin[^"?#]*)/g;
  const FORM = /(?:method="post" | form)action="(\/admin[^"?#]*)/g;
  const subjects: Record<string, string> = {
    "/admin/edit": "?article=a-1",
    "/admin/article": "?article=a-1",
    "/admin/stories": "?id=a-1",
    "/admin/corrections": "?article=a-1",
    "/admin/source": `?id=${idOf(1)}`,
    "/admin/versions": `?source=${idOf(1)}`,
    "/admin/inbox": "?show=published",
    "/admin/preview": "?id=p-role",
    "/admin/run": "?id=run-role",
  };

  test("is shown no link, button or form for what they may not do", async () => {
    await join(store, `one-${role}`, role);
    const { runs, previews } = store.collections;
    const once = { upsert: true };
    await previews.replaceOne({ _id: "p-role" }, makePreview("p-role", now), once);
    const run = newRun(makeSource(idOf(1)), { _id: "run-role", trigger: "manual", startedAt: now });
    await runs.replaceOne({ _id: "run-role" }, { ...run, open: false }, once);
    const session = await startSession(app, `one-${role}`);
    const offered: string[] = [];
    for (const { path, right = "read" } of PAGES) {
      if (!rights.includes(right) || /selector-picker$|source\/edit$/.test(path)) continue;
      const { body, statusCode } = await session.get(path + (subjects[path] ?? ""));
      expect([path, statusCode]).toEqual([path, 200]);
      for (const [pattern, needed] of [
        [LINK, ofPages],
        [FORM, ofActions],
      ] as const) {
        for (const [, to = ""] of body.matchAll(pattern)) {
          const wanted = needed.get(to);
          if (wanted && !rights.includes(wanted)) offered.push(`${path}: ${to}`);
        }
      }
    }
    expect(offered).toEqual([]);
  });
});

test.each([
  "/admin/preview",
  "/admin/preview/page?id=x&n=-1",
  "/admin/runs?source=".padEnd(99, "a"),
])("A wrong request is answered with what is wrong: %s", async (url) => {
  const { statusCode, body } = await get(url, { accept: "application/json" });
  expect([statusCode, body]).toEqual([400, expect.stringContaining("invalid-request")]);
});

test("HEAD is answered with the type of GET, whatever the client accepts", async () => {
  for (const accept of ["*/*", "text/html", "application/json"]) {
    const request = { url: "/admin/sources", headers: { accept, cookie: ann.cookie } };
    const [got, head] = [
      await app.inject(request),
      await app.inject({ ...request, method: "HEAD" }),
    ];
    expect(head.headers["content-type"]).toBe(got.headers["content-type"]);
  }
});

test("The declaration of a preview hides the values of its headers from who reads the API", async () => {
  const { declaration } = await json("/v1/previews/p-secret");
  expect(declaration).toContain("authorization:");
  expect(declaration).not.toContain(AUTHORIZATION);
});

test.each(["?", "--", "«»"])("A search for %s, which names nothing, finds nothing", async (q) => {
  expect(await json(`/admin/find?format=json&q=${encodeURIComponent(q)}`)).toMatchObject({
    finds: [],
  });
});

test("The box above a page is filled on the page of its finds alone", async () => {
  const boxOf = (body: string) =>
    /name="q"[^>]*aria-label="Find a source[^>]*value="([^"]*)"/.exec(body)?.[1];
  expect(boxOf(await page("/admin/find?q=riverside"))).toBe("riverside");
  expect(boxOf(await page("/admin/sources?q=riverside"))).toBe("");
});

test("Settings are read once while somebody types a search", async () => {
  let reads = 0;
  const settings = () => {
    reads += 1;
    return Promise.resolve([{ name: "TOKEN", value: null, from: "default", about: "a word" }]);
  };
  const about = () => Promise.resolve({ versions: {}, licence: "MIT", attribution: "" });
  const own = await database.open("settings");
  const deps = makeAdminDeps(own, { installation: { settings, about } });
  const open = await makePortal(own, { plugins: [adminRoutes(deps)] });
  // The clock stands still: names are cached for 5 s.
  stopClock();
  for (const q of ["to", "tok", "token"]) {
    const answer = await open.inject({ url: `/admin/find?format=json&q=${q}` });
    expect(answer.json()).toMatchObject({ finds: [{ kind: "Setting", name: "TOKEN" }] });
  }
  await open.close();
  expect(reads).toBe(1);
});

describe("the switch of the appearance", () => {
  const nextOf = (body: string) =>
    /name="next" value="([^"]*)"/.exec(body)?.[1]?.replaceAll("&amp;", "&");

  test("leads back to the page that it stands on", async () => {
    expect(nextOf(await page("/admin/sources?state=ok&q=a"))).toBe("/admin/sources?state=ok&q=a");
  });

  test("leads to a page from what an action shows", async () => {
    const fields = { name: "new", role: "editor", reason: "as agreed" };
    const shown = await ann.send("/admin/users/invite", fields, "/admin/users");
    expect(shown.statusCode).toBe(200);
    const next = nextOf(shown.body) ?? "";
    expect((await get(next)).statusCode).toBe(200);
  });

  test.each(["//evil.example/admin", "https://evil.example/admin", "/administrator", "/"])(
    "never leads to %s",
    async (next) => {
      const { headers } = await ann.send("/admin/theme", { theme: "dark", next }, "/admin");
      expect(headers.location).toBe("/admin");
    },
  );
});

test("The form to edit an article links to its revisions", async () => {
  const [, link = ""] =
    /href="(\/admin\/revisions\?[^"]+)"/.exec(await page("/admin/edit?article=a-1")) ?? [];
  expect(await json(`${link}&format=json`)).toMatchObject({ article: "a-1" });
});

describe("the list of sources", () => {
  test("The list of sources says how many there are", async () => {
    expect(await page("/admin/sources")).toContain(`Sources (${SOURCES})`);
  });

  test("The list of sources has pages of 100", async () => {
    const first = await page("/admin/sources");
    expect(rowsOf(first)).toHaveLength(100);
    expect(first).toMatch(/Page 1 of 2.*page=2" rel="next"/s);
    const second = await page("/admin/sources?page=2");
    expect(new Set([...rowsOf(first), ...rowsOf(second)]).size).toBe(SOURCES);
  });

  test("The list of sources begins with those that fail", async () => {
    expect(rowsOf(await page("/admin/sources"))[0]).toBe(idOf(77));
  });

  test("The list is sorted as a whole before its page is cut, and its pages stay sorted", async () => {
    const up = rowsOf(await page("/admin/sources?sort=name"));
    const down = await page("/admin/sources?sort=-name");
    expect([up[0], up.at(-1)]).toEqual([idOf(0), idOf(99)]);
    expect(rowsOf(down)[0]).toBe(idOf(SOURCES - 1));
    const [, next = ""] = /href="([^"]+)" rel="next"/.exec(down) ?? [];
    expect(rowsOf(await page(next.replaceAll("&amp;", "&"))).at(-1)).toBe(idOf(0));
  });

  test("The heading of a sorted column leads to the reverse order", async () => {
    expect(await page("/admin/sources?sort=name")).toMatch(
      /aria-sort="ascending"><a class="table-sort asc" href="[^"]*sort=-name">Source</,
    );
  });

  test("Sources are filtered by their state", async () => {
    expect(rowsOf(await page("/admin/sources?state=failing&q="))).toEqual([idOf(77)]);
  });

  test("Sources are filtered by their name", async () => {
    expect(rowsOf(await page("/admin/sources?state=&q=S-005"))).toEqual([idOf(5)]);
  });

  test("A filtered list of sources can be read as JSON", async () => {
    expect(await json("/admin/sources?q=s-005&format=json")).toMatchObject({
      total: 1,
      sources: [{ _id: idOf(5), health: { state: "ok" } }],
    });
  });

  test("A source shows its articles of each of the last seven days", async () => {
    const days = /articles a day: ([\d, ]+)"/.exec(await page("/admin/sources?q=s-005"));
    const counts = (days?.[1] ?? "").split(", ").map(Number);
    expect(counts).toHaveLength(7);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  });
});

describe("other lists", () => {
  const rows = async (url: string) => [...(await page(url)).matchAll(/<tr><td>/g)].length;
  beforeAll(async () => {
    const deadLetter = { state: "dead-letter", reason: "timeout", dueAt: null } as const;
    await store.collections.links.insertMany(
      Array.from({ length: SOURCES }, (_, n) =>
        makeLink(`dead-${n}`, { ...deadLetter, doneAt: ago(1 + n / 10) }),
      ),
    );
    const objective = { share: 0.99, within: 1 };
    const begin = { since: now, nextProbeAt: now, objective, now };
    await store.collections.coverage.insertMany(
      Array.from({ length: SOURCES }, (_, n) => {
        return { ...newCoverage(idOf(n), begin), unlistedGaps: [{ key: "k", announcedAt: now }] };
      }),
    );
  });
  afterAll(async () => {
    const { links, coverage } = store.collections;
    await Promise.all([links.deleteMany({}), coverage.deleteMany({})]);
  });

  test("Dead letters come in pages of 100", async () => {
    const first = await page("/admin/dead-letters");
    expect(rowsOf(first)).toHaveLength(100);
    const [, older = ""] = /href="(\/admin\/dead-letters\?before=[^"]+)"/.exec(first) ?? [];
    const others = rowsOf(await page(older));
    expect(new Set([...rowsOf(first), ...others]).size).toBe(SOURCES);
  });

  test("The coverage of sources comes in pages of 100", async () => {
    expect([await rows("/admin/coverage"), await rows("/admin/coverage?page=2")]).toEqual([
      100, 30,
    ]);
  });

  test("The coverage of a source as JSON lists no gaps beyond the 1,000 latest", async () => {
    const coverage = await json(`/admin/coverage?format=json&source=${idOf(1)}`);
    expect(coverage).toMatchObject({ _id: idOf(1), gaps: [] });
    expect(coverage).not.toHaveProperty("unlistedGaps");
  });

  test("The plan comes in pages of 100", async () => {
    // No file names any of them.
    expect([await rows("/admin/plan"), await rows("/admin/plan?page=2")]).toEqual([100, 30]);
  });
});

describe("ticked sources are paused", () => {
  const [one, two, three, four] = [idOf(1), idOf(2), idOf(3), idOf(4)] as const;
  type Answer = Awaited<ReturnType<typeof get>>;
  let withUnknown: Answer;
  let pausedThen: string[];
  let withoutAny: Answer;
  let all: Answer;
  let paused: string;
  beforeAll(async () => {
    const pause = (id: string[]) =>
      ann.send("/admin/sources/pause", { id, reason: "they move their site" }, "/admin/sources");
    withUnknown = await pause([one, "unknown", two]);
    const held = await store.collections.sources
      .find({ pausedByOperator: { $ne: null } })
      .toArray();
    pausedThen = held.map(({ _id }) => _id).toSorted();
    withoutAny = await pause([]);
    all = await pause([three, four]);
    paused = await page("/admin/sources?state=paused");
  });
  afterAll(() => store.collections.sources.updateMany({}, { $set: { pausedByOperator: null } }));

  test("An unknown source among the ticked ones is reported", () => {
    expect(withUnknown.statusCode).toBeGreaterThanOrEqual(400);
    expect(withUnknown.body).toContain("unknown: not done");
  });

  test("The known ones among the ticked sources are paused", () => {
    expect(pausedThen).toEqual([one, two]);
  });

  test("Without a ticked source nothing is done", () => {
    expect(withoutAny.body).toContain("tick a source");
  });

  test("All ticked sources are paused at once", () => {
    expect(all.statusCode).toBe(303);
    expect(rowsOf(paused)).toHaveLength(4);
  });
});

describe("the overview", () => {
  const queues = () =>
    Promise.resolve({ fetch: { waiting: 41, active: 2, delayed: 0, failed: 0 } });
  let overview: string;
  let overviewJson: unknown;
  beforeAll(async () => {
    const alarm: Alarm = {
      _id: "source/s-077/server",
      kind: "source",
      subject: idOf(77),
      cause: "server-error",
      state: "failing",
      words: "its server fails",
      todo: null,
      openedAt: ago(1),
      closedAt: null,
      tellAt: ago(1),
      notified: { opened: true, closed: false },
    };
    const over = { ...alarm, _id: "over", closedAt: ago(0.5) };
    await store.collections.alarms.insertMany([alarm, over]);
    const producer = { counts: queues, add: async () => {}, queues: () => [] };
    const deps = makeAdminDeps(store, { now: () => now, producer });
    const open = await makePortal(store, { plugins: [adminRoutes(deps)] });
    overview = (await open.inject({ url: "/admin", headers: BROWSER })).body;
    overviewJson = (await open.inject({ url: "/admin?format=json" })).json();
    await open.close();
    await store.collections.alarms.deleteMany({});
  });

  test("The overview draws the articles of each of the last 24 hours", () => {
    const [, day = ""] = /last 24 hours"><details>.*?<tbody>(.*?)<\/tbody>/s.exec(overview) ?? [];
    const counts = [...day.matchAll(/<\/th><td class="n" data-value="(\d+)">/g)].map(([, n]) =>
      Number(n),
    );
    expect(counts).toHaveLength(24);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(overview).toContain("3 articles in the last 24 hours");
  });

  test("The overview lists open alarms alone, the worst first, with a way to the source", () => {
    expect(overview).toMatch(
      /Something is wrong.*Needs attention \(1\).*status-red">failing<.*its server fails/s,
    );
    expect(overview).toContain(`href="/admin/source?id=${idOf(77)}">Open the source`);
  });

  test("The overview shows how many jobs are at work and wait", () => {
    expect(overview).toContain("2 jobs at work, 41 waiting");
  });

  test("What needs somebody is counted beside its section and tab", () => {
    expect(overview).toMatch(/nav-link-title">Overview<\/span><span class="badge[^>]*>\d</);
    expect(overview).toMatch(/href="\/admin\/alarms">Alarms<span class="badge[^>]*>1</);
  });

  test("The overview has open alarms and queues as JSON", async () => {
    expect(overviewJson).toMatchObject({
      alarms: [{ subject: idOf(77) }],
      queues: await queues(),
    });
  });
});

test("Articles are counted by hour", async () => {
  expect(await articlesByHour(store, now, { hours: 5, most: 4 })).toEqual([0, 1, 0, 0, 2]);
});

test("Hours of which not all articles are read are left out", async () => {
  expect(await articlesByHour(store, now, { hours: 5, most: 3 })).toEqual([0, 0, 2]);
  expect(await articlesByHour(store, now, { hours: 5, most: 2 })).toEqual([]);
});
