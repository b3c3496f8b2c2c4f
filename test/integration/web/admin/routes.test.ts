import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Link } from "../../../../model/crawl/link.ts";
import {
  ensureHosts,
  saveBreaker,
  saveFacts,
  saveUnreliability,
  wakeHosts,
} from "../../../../store/crawl/hosts.ts";
import { emptyCounts } from "../../../../store/crawl/runs.ts";
import type { Store } from "../../../../store/store.ts";
import { adminRoutes } from "../../../../web/admin/routes.ts";
import { makeAdminDeps } from "../../../helpers/admin.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { stopClock } from "../../../helpers/clock.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal, PORTAL_NOW } from "../../../helpers/portal.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ago = (minutes: number) => new Date(PORTAL_NOW.getTime() - minutes * 60_000);

const openAdmin = (store: Store) =>
  makePortal(store, {
    plugins: [adminRoutes(makeAdminDeps(store))],
  });

test("All who watch the overview are shown what was read once", async () => {
  let reads = 0;
  const counts = () => {
    reads++;
    return Promise.resolve({ runs: { active: 7, waiting: 0 } });
  };
  const { producer, ...deps } = makeAdminDeps(await database.open("watched"));
  const app = await makePortal(deps.store, {
    plugins: [adminRoutes({ ...deps, producer: { ...producer, counts } })],
  });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const leaving = new AbortController();
  const readFirst = async () => {
    const { body } = await fetch(`${address}/admin/live`, { signal: leaving.signal });
    const { value } = (await body?.getReader().read()) ?? {};
    return new TextDecoder().decode(value);
  };
  // The clock stands still: what was read is cached for 5 s.
  stopClock();
  const shown = await Promise.all([readFirst(), readFirst(), readFirst()]);
  leaving.abort();
  await app.close();
  expect(shown[0]).toMatch(/^data: .*7 jobs at work/);
  expect(new Set(shown).size).toBe(1);
  expect(reads).toBe(1);
});

describe("the overview of an installation at work", () => {
  let app: FastifyInstance;
  let answer: Awaited<ReturnType<FastifyInstance["inject"]>>;
  const page = async (url: string) => (await app.inject({ url, headers: BROWSER })).body;
  beforeAll(async () => {
    const store = await database.open("overview");
    await Promise.all([
      storeSources(store),
      storeRun(store),
      storeDeadLetter(store),
      storeHosts(store),
      storeArticles(store),
      storeCorrections(store),
      storeProcess(store),
    ]);
    app = await openAdmin(store);
    answer = await app.inject({ url: "/admin", headers: BROWSER });
  });
  afterAll(() => app?.close());

  test("The overview is never cached", () => {
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("The overview lets a browser load nothing from elsewhere", () => {
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("The overview says in one sentence how things are, and what comes in", () => {
    expect(answer.body).toContain("Newsgather works, with some problems");
    expect(answer.body).toMatch(
      /thing(s need| needs) attention<\/h2>.*\d+ articles? in the last 24 hours\. 3 active sources/s,
    );
  });

  test("What needs somebody has a reason and leads to where it is dealt with", () => {
    expect(answer.body).toMatch(
      /1 link was given up in the last 24 hours.*href="\/admin\/dead-letters">Fetch again/s,
    );
  });

  test("The overview counts sources by their state", () => {
    expect(answer.body).toMatch(/href="\/admin\/sources\?state=paused">1 paused</);
  });

  test("The overview is asked for again by itself where no script keeps it fresh", () => {
    expect(answer.body).toContain('<noscript><meta http-equiv="refresh" content="30"></noscript>');
  });

  test("A source that works is ok since its last success", async () => {
    expect(await page("/admin/sources")).toMatch(
      /The fine.*class="status status-green">ok<.*25 Nov(?: 2026)?, 12:55:00/s,
    );
  });

  test("A paused source shows why it is paused", async () => {
    expect(await page("/admin/sources")).toMatch(
      /class="status status-secondary">paused<.*the publisher asked for it/s,
    );
  });

  test("The problem of a source is shown as text", async () => {
    expect(await page("/admin/sources")).toContain("&lt;b&gt;503&lt;/b&gt; three times");
  });

  test("The field score of a source is shown with the share of each field", async () => {
    expect(await page("/admin/sources")).toMatch(
      /title="8 articles: title 100 %.*publishedAt 50 %.*>75 %</s,
    );
  });

  test("A run shows how many links it left out and gave up, why, and its problems", async () => {
    const run = await page("/admin/run?id=run");
    expect(run).toContain("3 robots.txt forbids this page");
    expect(run).toContain("2 given up: timeout");
    expect(run).toContain("broken XML repaired after item 12");
  });

  test("A dead letter shows its cause and detail", async () => {
    expect(await page("/admin/dead-letters")).toMatch(
      /https:\/\/broken\.example\/a.*timeout: no answer within 30 s/s,
    );
  });

  test("An article that isn't listed shows why", async () => {
    expect(await page("/admin/articles")).toMatch(
      /Stored, but not listed.*Title of low.*below relevance: 0\.12 of 0\.3: topics 0/s,
    );
  });

  test("An article that is listed isn't among those that are not", async () => {
    const [, notListed = "Title of shown"] = (await page("/admin/articles")).split("not listed");
    expect(notListed).not.toContain("Title of shown");
  });

  test("A correction shows what was changed, by whom and why", async () => {
    expect(await page("/admin/corrections")).toMatch(/\+ai -iot.*user ada.*about &lt;b&gt;models/s);
  });

  test("An undone correction shows who undid it and why", async () => {
    expect(await page("/admin/corrections")).toMatch(/undone by user bob.*mistaken/s);
  });

  test("A process that was started again shows why", async () => {
    expect(await page("/admin/health")).toMatch(/http.*its event loop stood still.*box.*4711/s);
  });

  test("A host with an open breaker shows until when and why", async () => {
    expect(await page("/admin/hosts")).toMatch(
      /down\.example:443.*>open<.*25 Nov(?: 2026)?, 13:10:00.*ECONNREFUSED: no/s,
    );
  });

  test("A host whose breaker has expired is tried now", async () => {
    expect(await page("/admin/hosts")).toMatch(/late\.example:443.*>half-open<.*now/s);
  });

  test("A host with unreliable validators shows the evidence", async () => {
    expect(await page("/admin/hosts")).toMatch(
      /liar\.example:443.*although it changed.*>3<.*belongs to two different contents/s,
    );
  });

  test("A host without a failure isn't listed", async () => {
    expect(await page("/admin/hosts")).not.toContain("fine.example");
  });

  test.each([
    ["calm.example", "calm.example"],
    ["CALM.example", "calm.example"],
    ["calm.example:443", "calm.example"],
    ["fine.example:443", "fine.example:443"],
  ])("A host is found by its name: %s", async (asked, name) => {
    const { finds } = (await app.inject(`/admin/find?format=json&q=${asked}`)).json();
    const path = `/admin/hosts?host=${encodeURIComponent(name)}`;
    expect(finds).toEqual([{ kind: "Host", name, path }]);
  });

  test("A healthy host that is named is shown with its pace, next request and robots.txt", async () => {
    const shown = await page("/admin/hosts?host=calm.example");
    expect(shown).toMatch(
      /calm\.example.*>closed<.*2\.5 s between requests, at most 3 at once.*http.*25 Nov(?: 2026)?, 13:05:00.*none/s,
    );
    expect(shown).not.toMatch(/down\.example|Unreliable hosts/);
    expect(shown).toContain("<code>newsgather hosts show calm.example</code>");
  });

  test("An unreliable host that is named shows the evidence", async () => {
    expect(await page("/admin/hosts?host=liar.example:443")).toContain(
      "belongs to two different contents",
    );
  });

  test("The page of a host that isn't known says so", async () => {
    const url = "/admin/hosts?host=none.example";
    const { statusCode, body } = await app.inject({ url, headers: BROWSER });
    expect([statusCode, body]).toEqual([404, expect.stringContaining("no host none.example")]);
  });
});

describe("the overview of a new installation", () => {
  let app: FastifyInstance;
  let overview: string;
  beforeAll(async () => {
    app = await openAdmin(await database.open("nothing"));
    overview = (await app.inject({ url: "/admin", headers: BROWSER })).body;
  });
  afterAll(() => app?.close());

  test("Without a source the overview says where sources are configured", () => {
    expect(overview).toMatch(/No source is configured.*config\/sources/s);
  });

  test("Without a run the overview says how to start one", () => {
    expect(overview).toMatch(/No run yet.*newsgather run --all --once/s);
  });

  test("A page loads its style sheets by a hash of their content", () => {
    expect(overview).toMatch(
      /"\/assets\/tabler\.[0-9a-f]{12}\.css".*"\/assets\/admin\.[0-9a-f]{12}\.css"/s,
    );
  });
});

async function storeSources({ collections }: Store): Promise<void> {
  await collections.sources.insertMany([
    makeSource("fine", { lastAttemptAt: ago(5), lastSuccessAt: ago(5), lastNewArticleAt: ago(65) }),
    makeSource("held", { paused: { reason: "the publisher asked for it" } }),
    makeSource("broken", { lastAttemptAt: ago(3), lastProblem: "<b>503</b> three times" }),
  ]);
  const current = { articles: 8, fieldScore: 6, fields: { title: 8, publishedAt: 4 } };
  const previous = { articles: 0, fieldScore: 0, fields: {} };
  await collections.quality.insertOne({ _id: "fine", current, previous });
}

async function storeRun({ collections }: Store): Promise<void> {
  await collections.runs.insertOne({
    _id: "run",
    sourceId: "fine",
    sourceVersion: 1,
    trigger: "manual",
    first: false,
    open: false,
    startedAt: ago(6),
    finishedAt: ago(5),
    counts: {
      ...emptyCounts(),
      links: 9,
      stored: 4,
      skipped: { robots: 3 },
      deadLetters: { timeout: 2 },
    },
    problems: ["broken XML repaired after item 12"],
  });
}

async function storeDeadLetter({ db }: Store): Promise<void> {
  const link: Partial<Link> & { _id: string } = {
    _id: "dead",
    url: "https://broken.example/a",
    sourceId: "broken",
    state: "dead-letter",
    attempts: 5,
    doneAt: ago(9),
    reason: "timeout",
    detail: "no answer within 30 s",
  };
  await db.collection<typeof link>("links").insertOne(link);
}

async function storeHosts(store: Store): Promise<void> {
  await store.db.collection<{ _id: string }>("hosts").insertOne({
    _id: "broken.example:443",
    failures: 6,
    openUntil: ago(-10),
    openReason: "6 failures in a row",
  } as { _id: string });
  const names = ["down", "late", "fine", "liar"];
  await ensureHosts(
    store,
    names.map((name) => ({ host: `${name}.example:443`, delay: 1, concurrency: 1 })),
  );
  const openReason = "ECONNREFUSED: no";
  await ensureHosts(store, [{ host: "calm.example", delay: 2500, concurrency: 3 }]);
  await wakeHosts(store, [{ host: "calm.example", lane: "http", at: ago(-5) }]);
  const copy = { text: "", status: 404, fetchedAt: ago(9), goodAt: ago(9), detail: null };
  const robots = { ...copy, state: "none" as const, expiresAt: ago(-60) };
  await saveFacts(store, [{ id: "calm.example", set: { robots } }]);
  await saveBreaker(store, "down.example:443", { failures: 6, openUntil: ago(-10), openReason });
  await saveBreaker(store, "late.example:443", { failures: 5, openUntil: ago(1), openReason });
  const evidence = 'ETag "1" belongs to two different contents';
  const unreliable = { count: 3, firstAt: ago(9), lastAt: ago(2), until: ago(-60), evidence };
  await saveUnreliability(store, "liar.example:443", "validators", unreliable);
}

async function storeArticles({ collections }: Store): Promise<void> {
  const because = { reason: "below relevance" as const, detail: "0.12 of 0.3: topics 0" };
  await collections.articles.insertMany([
    makeArticle("low", { status: "unlisted", unlisted: { ...because, at: ago(50) } }),
    makeArticle("shown", { unlisted: null }),
  ]);
}

async function storeCorrections({ collections }: Store): Promise<void> {
  const word = { field: "topics" as const, add: ["ai"], remove: ["iot"] };
  const made = { articleId: "a", word, actor: "user ada", reason: "about <b>models</b>" };
  const undone = { actor: "user bob", at: ago(10), reason: "mistaken" };
  await collections.corrections.insertMany([
    { ...made, _id: "c1", at: ago(50), undone: null },
    { ...made, _id: "c2", at: ago(20), undone },
  ]);
}

async function storeProcess({ collections }: Store): Promise<void> {
  const counts = { restarts: 2, replaced: 1, lastExit: "replaced: its event loop stood still" };
  const about = { machine: "box", pid: 4711, since: ago(1), problem: null, at: PORTAL_NOW };
  await collections.processes.insertOne({ _id: "box/1/http", name: "http", ...about, ...counts });
}
