import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Parser } from "../../../../articles/reading/parser.ts";
import { createLogger } from "../../../../config/logger.ts";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { createVisitor, ownPermits } from "../../../../crawler/visit.ts";
import type { Link } from "../../../../model/crawl/link.ts";
import { PREVIEW_STEP_TIMEOUT_MS } from "../../../../model/sources/preview.ts";
import type { SourceDraft } from "../../../../sources/files/form.ts";
import { createSiteJobs } from "../../../../sources/site-jobs.ts";
import { addRuns, closeRuns, emptyCounts, newRun } from "../../../../store/crawl/runs.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { NO_QUEUES } from "../../../helpers/admin.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { codeIn, FORM, join, newKey, openGated } from "../../../helpers/gated.ts";
import { type LayoutSites, serveLayouts } from "../../../helpers/layouts/sites.ts";
import { makeLink } from "../../../helpers/links.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { makePreview } from "../../../helpers/previews.ts";
import { makeCapture } from "../../../helpers/reading.ts";
import { type Session, startSession } from "../../../helpers/session.ts";

let layouts: LayoutSites;
let http: Http;
let parser: Parser;
let database: TestDatabase;
let store: Store;
let sourcesDir: string;
let app: FastifyInstance;
/** An operator's session. */
let oscar: Session;
const now = () => new Date();
const product = "Newsgather";

beforeAll(async () => {
  layouts = await serveLayouts("127.1.8.3");
  const guard = createGuard({ hosts: parseHosts(layouts.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = sharedParser();
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("sources");
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  const visitor = createVisitor({ http, acquirePermit: ownPermits(), product, now, delay: 0 });
  const known = () => Promise.resolve(new Set<string>());
  const open = () => Promise.resolve({ visitor, parser, known });
  const log = createLogger({ logLevel: "silent" });
  const deps = { store, now, log };
  const sites = createSiteJobs({
    ...deps,
    topics: new Set(),
    producer: NO_QUEUES,
    openSites: open,
  });
  await join(store, "oscar", "operator");
  app = await openGated(store, { sites, sourcesDir });
  oscar = await startSession(app, "oscar");
});
afterAll(async () => {
  await app.close();
  await Promise.all([layouts.close(), http.close(), parser.close(), database.close()]);
  await rm(sourcesDir, { recursive: true });
});

type Answer = Awaited<ReturnType<Session["send"]>>;

/** The URL of a preview, once it is done. */
async function previewOf(fields: Record<string, string>): Promise<string> {
  const { headers, statusCode } = await oscar.send("/admin/add", fields);
  expect(statusCode).toBe(303);
  const url = String(headers.location);
  await vi.waitUntil(async () => (await oscar.json<{ state: string }>(url)).state !== "working", {
    timeout: 60_000,
    interval: 50,
  });
  return url;
}

const watch = (id: string, reason: string) =>
  oscar.send("/admin/preview/activate", { id, reason }, "/admin/add");

const idIn = (url: string) => url.split("id=")[1] ?? "";

describe("a source is added from its home page", () => {
  let home: string;
  let url: string;
  let preview: string;
  let capture: Answer;
  let watched: Answer;
  let sourceId: string;
  beforeAll(async () => {
    home = layouts.sites.find(({ way }) => way === "feed page")?.home ?? "no such site";
    url = await previewOf({ home });
    preview = await oscar.page(url);
    const [, frame = ""] = /src="(\/admin\/preview\/page[^"]+)"/.exec(preview) ?? [];
    capture = await oscar.get(frame.replace("&amp;", "&"), {});
    watched = await watch(idIn(url), "");
    ({ sourceId } = await oscar.json<{ sourceId: string }>(url));
  });

  test("A preview without a problem says so and offers to watch the source", () => {
    expect(preview).toContain("Green: the source can be watched");
    expect(preview).toContain("Watch this source");
  });

  test("A preview says why a feed was not taken", () => {
    expect(preview).toContain("a feed of readers&#39; comments");
  });

  test("A preview shows each article's page in a sandbox", () => {
    expect(preview).toMatch(/<iframe sandbox[^>]*src="\/admin\/preview\/page\?id=[^"]+&amp;n=\d"/);
  });

  test("A page of a preview is the publisher's own and can load nothing", () => {
    expect(capture.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
    expect(capture.body).toContain("<h1>");
  });

  test("To watch a source leads back to its preview", () => {
    expect([watched.statusCode, watched.headers.location]).toEqual([303, url]);
  });

  test("The preview of a watched source becomes its fixture", async () => {
    expect(await oscar.page(url)).toContain("This preview is now the source's fixture");
  });

  test("A watched source is active", async () => {
    expect(await getSource(store, sourceId)).toMatchObject({ active: true });
  });

  test("A watched source is written to a file", async () => {
    expect(await readFile(path(sourcesDir, `${sourceId}.yaml`), "utf8")).toContain(home);
  });

  test("The page to add a source lists earlier previews", async () => {
    expect(await oscar.page("/admin/add")).toContain(sourceId);
  });
});

describe("a source whose preview has an error", () => {
  let url: string;
  let preview: string;
  let withoutReason: Answer;
  let withReason: Answer;
  beforeAll(async () => {
    const home = layouts.sites.at(-1)?.home ?? "";
    const yaml = `id: other-site\nname: Other\nhome: ${home}\nlistings: [{ url: ${home}about }]\n`;
    url = await previewOf({ yaml });
    preview = await oscar.page(url);
    withoutReason = await watch(idIn(url), "");
    withReason = await watch(idIn(url), "their list comes soon");
  });

  test("A preview says that no entry point can be read", () => {
    expect(preview).toMatch(/error<\/strong>: no entry point can be read/);
  });

  test("A source with an error isn't watched without a reason", () => {
    expect(withoutReason.statusCode).toBe(400);
  });

  test("A source with an error is watched for a reason", () => {
    expect(withReason.statusCode).toBe(303);
  });
});

test("A home page that isn't an HTTP URL is refused", async () => {
  expect((await oscar.send("/admin/add", { home: "javascript:alert(1)" })).statusCode).toBe(400);
});

describe("why a URL is on the portal or not", () => {
  const at = (name: string) => `https://villages.example/news/${name}`;
  beforeAll(async () => {
    await store.collections.sources.insertOne(
      makeSource("villages", { home: "https://villages.example/", exclude: ["/intern/**"] }),
    );
    const linkOf = (name: string, overrides: Partial<Link>) =>
      makeLink(urlKey(at(name)), {
        sourceId: "villages",
        foundUrl: at(name),
        dueAt: null,
        ...overrides,
      });
    await store.collections.links.insertMany([
      linkOf("shown", { articleId: "a-1", state: "done", outcome: "new" }),
      linkOf("copy", { articleId: "a-2", state: "done", outcome: "copy" }),
      linkOf("old", { state: "skipped", reason: "too-old", detail: "older than 30 days" }),
      linkOf("dead", { state: "dead-letter", reason: "timeout", attempts: 5 }),
      makeLink(urlKey(at("next")), {
        sourceId: "villages",
        foundUrl: at("next"),
        url: at("next"),
        host: "villages.example",
      }),
    ]);
    await store.collections.articles.insertMany([
      makeArticle("a-1", { sourceId: "villages", url: at("shown") }),
      makeArticle("a-2", { sourceId: "villages", url: at("copy"), duplicateOf: "a-1" }),
    ]);
  });

  const pageOf = (url: string) => `/admin/why?url=${encodeURIComponent(url)}`;
  /** Whether it is listed, the answer, and what can be done. */
  async function why(url: string): Promise<string> {
    const { answer, todo, listed } = await oscar.json<{
      answer: string;
      todo: string | null;
      listed: boolean;
    }>(pageOf(url));
    return `${listed ? "yes" : "no"}: ${answer}${todo ? ` | ${todo}` : ""}`;
  }

  test.each([
    {
      what: "A published article",
      url: `${at("shown")}?utm_source=x`,
      answer: /^yes: the article is on the portal, since/,
    },
    {
      what: "A copy",
      url: at("copy"),
      answer: /^no: the article is a copy; readers see the first article, a-1/,
    },
    {
      what: "A link that was too old for the first run",
      url: at("old"),
      answer: /first run.*older than 30 days.*newsgather backfill villages/,
    },
    {
      what: "A dead letter",
      url: at("dead"),
      answer:
        /gave up on this URL \(attempts: 5\): timeout: its host.*newsgather dead-letters replay/,
    },
    { what: "A link that is due", url: at("next"), answer: /this URL waits to be fetched/ },
    {
      what: "A URL that the source excludes",
      url: "https://villages.example/intern/1",
      answer: /villages excludes this URL: .*exclude \/intern/,
    },
    {
      what: "A URL that no entry point lists",
      url: at("never"),
      answer: /no entry point of villages listed this URL/,
    },
    {
      what: "A URL of an unknown site",
      url: "https://unknown.example/a",
      answer: /no source covers this site \| newsgather discover/,
    },
  ])("$what is explained", async ({ url, answer }) => {
    expect(await why(url)).toMatch(answer);
  });

  test("A pause that has ended is no reason", async () => {
    const until = new Date(0);
    const pausedByOperator = { reason: "moves", actor: "user ada", at: until, until };
    const { sources } = store.collections;
    await sources.updateOne({ _id: "villages" }, { $set: { pausedByOperator } });
    expect(await why(at("next"))).toMatch(/this URL waits to be fetched/);
    await sources.updateOne({ _id: "villages" }, { $set: { pausedByOperator: null } });
  });

  test("The page marks a URL that isn't listed", async () => {
    expect(await oscar.page(pageOf(at("old")))).toMatch(
      /<span class="status status-red">No<\/span>/,
    );
  });
});

describe("a run and its source", () => {
  beforeAll(async () => {
    const startedAt = new Date(Date.now() - 30_000);
    const run = newRun(
      { _id: "cities", version: 3 },
      { _id: "cities-1", trigger: "manual", startedAt },
    );
    await addRuns(store, [run]);
    const capture = {
      ...makeCapture("https://cities.example/rss"),
      sourceId: "cities",
      runId: "cities-1",
      fetchedAt: now(),
      bytes: 4321,
    };
    await store.collections.captures.insertMany([
      { ...capture, _id: "c-1" },
      { ...capture, _id: "c-2", runId: "another" },
    ]);
    await store.collections.links.insertOne(
      makeLink("l-1", {
        runId: "cities-1",
        foundUrl: "https://cities.example/left",
        state: "skipped",
        dueAt: null,
        reason: "filtered",
        detail: "exclude /x",
      }),
    );
    const counts = { ...emptyCounts(), links: 1, skipped: { filtered: 1 } };
    await closeRuns(store, [{ run, counts }], now());
    await store.collections.sources.insertOne(
      makeSource("cities", {
        headers: { "X-Key": "s3cret" },
        proxy: "env:SECRET_PROXY",
        pausedByOperator: { reason: "they asked", actor: "user oscar", at: now() },
      }),
    );
  });

  test("The runs of a source are listed with what each cost", async () => {
    const list = await oscar.page("/admin/runs?source=cities");
    expect(list).toMatch(
      /manual.*<td class="n">3<\/td>.*<td class="n">1<\/td>.*<td class="n" data-value="4321">4.32 kB<\/td>/s,
    );
    expect(list).toContain("/admin/run?id=cities-1");
  });

  test("The runs of all sources are listed", async () => {
    expect(await oscar.page("/admin/runs")).toMatch(
      /runs of all sources.*\/admin\/run\?id=cities-1.*\/admin\/runs\?source=cities.*manual/s,
    );
  });

  test("A run's page says why links were left out", async () => {
    expect(await oscar.page("/admin/run?id=cities-1")).toMatch(
      /\/admin\/why\?url=https%3A%2F%2Fcities.example%2Fleft.*include\/exclude patterns.*exclude \/x/s,
    );
  });

  test("A run's page lists its requests with their size", async () => {
    expect(await oscar.page("/admin/run?id=cities-1")).toMatch(/cities.example\/rss.*4.32 kB/s);
  });

  test("A run's traffic counts its own requests alone", async () => {
    const { runs } = await oscar.json<{ runs: object[] }>("/admin/runs?source=cities");
    expect(runs).toMatchObject([{ traffic: { requests: 1, bytes: 4321 } }]);
  });

  const url = "/admin/source?id=cities";

  test("A source's page says why it is paused and how it is resumed", async () => {
    const source = await oscar.page(url);
    expect(source).toMatch(
      /status status-secondary">paused<\/span> they asked, by [^<]+<br>To do: newsgather sources resume/,
    );
    expect(source).toMatch(/<button class="btn" formaction="\/admin\/sources\/resume">Resume it/);
  });

  test("A source's page names its proxy, its headers and its runs", async () => {
    expect(await oscar.page(url)).toMatch(
      /through the proxy env:SECRET_PROXY; with X-Key.*\/admin\/run\?id=cities-1/s,
    );
  });

  test("A source's health and runs can be read as JSON", async () => {
    expect(await oscar.json<object>(url)).toMatchObject({
      _id: "cities",
      health: { state: "paused" },
      runs: [{}],
    });
  });

  test("A source's page says why its next run is when it is, and shows its captures", async () => {
    expect(await oscar.page(url)).toMatch(
      /Next run.*The source is paused: no run follows until it is resumed.*Captures.*cities\.example/s,
    );
  });

  test("A source without a fixture says how one is made", async () => {
    const { statusCode, body } = await oscar.send("/admin/source/test", { id: "cities" }, url);
    expect([statusCode, body]).toEqual([400, expect.stringContaining("has no fixture")]);
  });

  test("A source's page shows no secret", async () => {
    const shown = (await oscar.page(url)) + JSON.stringify(await oscar.json<object>(url));
    expect(shown).not.toContain("s3cret");
  });

  test("An unknown source has no page", async () => {
    expect((await oscar.get("/admin/source?id=nobody", {})).statusCode).toBe(404);
  });
});

describe("sources over the API", { shuffle: false }, () => {
  const DECLARATION = {
    id: "riverside",
    name: "Riverside",
    feeds: ["https://riverside.example/rss"],
    schedule: { every: "15m" },
    headers: { "x-key": "SECRET" },
  };
  let headers: { authorization: string };
  const ask = async (
    method: "GET" | "POST" | "PATCH",
    url: string,
    payload?: object,
    overrides: Record<string, string> = {},
  ) => {
    const sent = payload && { payload };
    const answer = await app.inject({
      method,
      url,
      headers: { ...headers, ...overrides },
      ...sent,
    });
    return {
      status: answer.statusCode,
      etag: String(answer.headers["etag"]),
      headers: answer.headers,
      body: answer.json(),
    };
  };
  const file = () => readFile(path(sourcesDir, "riverside.yaml"), "utf8");
  let answers: Awaited<ReturnType<typeof ask>>[];

  beforeAll(async () => {
    headers = { authorization: `Bearer ${await newKey(store, "write")}` };
    const key = { "idempotency-key": "make-riverside" };
    const made = { source: DECLARATION, reason: "asked for by readers" };
    answers = [
      await ask("POST", "/v1/sources", made, key),
      await ask("POST", "/v1/sources", made, key),
    ];
  });

  test("A source that is made twice with one idempotency key is made once", () => {
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [first, second] = answers;
    expect(first).toMatchObject({ etag: '"1"', headers: { location: "/v1/sources/riverside" } });
    expect(second?.headers["idempotency-replayed"]).toBe("true");
  });

  test("A source that was made is watched, has a file, and shows no value of its headers", async () => {
    expect(await file()).toContain("every: 15m");
    const { body } = await ask("GET", "/v1/sources/riverside");
    expect(body).toMatchObject({
      state: "watched",
      version: 1,
      declaration: { schedule: { every: "15m" }, headers: { "x-key": "***" } },
    });
    const { body: all } = await ask("GET", "/v1/sources");
    expect(all.items).toContainEqual(expect.objectContaining({ id: "riverside" }));
    expect(JSON.stringify([body, all])).not.toContain("SECRET");
  });

  test("A change of some fields leaves the others and the comments of the file", async () => {
    await writeFile(path(sourcesDir, "riverside.yaml"), `# by the river\n${await file()}`);
    const source = { name: "The Riverside", pace: { delay: "5s" }, headers: null };
    const read = await ask("GET", "/v1/sources/riverside");
    const changed = await ask(
      "PATCH",
      "/v1/sources/riverside",
      { source, reason: "they ask for it" },
      { "if-match": read.etag },
    );
    expect([changed.status, changed.etag]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({ name: "The Riverside", version: 2 });
    const text = await file();
    expect(text).toMatch(/^# by the river\n/);
    expect(text).toContain("delay: 5s");
    expect(text).not.toContain("SECRET");
    const late = await ask(
      "PATCH",
      "/v1/sources/riverside",
      { source: { name: "Late" }, reason: "too late" },
      { "if-match": read.etag },
    );
    expect([late.status, late.body.code]).toEqual([412, "changed-meanwhile"]);
  });

  test("A source is paused for a time with a reason, and resumed", async () => {
    const paused = await ask("POST", "/v1/sources/riverside/pause", {
      reason: "its site moves",
      until: "7d",
    });
    expect(paused.body).toMatchObject({
      state: "paused",
      paused: { reason: "its site moves", until: expect.stringMatching(/Z$/) },
    });
    const resumed = await ask("POST", "/v1/sources/riverside/resume", { reason: "it has moved" });
    expect(resumed.body).toMatchObject({ state: "watched", paused: null });
    const log = await store.collections.audit.find({ subject: "riverside" }).toArray();
    expect(log.map(({ action }) => action).toSorted()).toEqual(
      expect.arrayContaining(["source.add", "source.change", "source.pause", "source.resume"]),
    );
    expect(log.every(({ actor, reason }) => actor.startsWith("key ") && reason !== null)).toBe(
      true,
    );
  });

  test.each([
    ["POST", "/v1/sources", { source: DECLARATION, reason: "once more" }, 409, /already/],
    ["POST", "/v1/sources", { source: DECLARATION }, 400, /"reason" is missing/],
    [
      "POST",
      "/v1/sources",
      { source: { ...DECLARATION, id: "../x" }, reason: "odd" },
      400,
      /^id: use a-z/,
    ],
    [
      "POST",
      "/v1/sources",
      { source: { ...DECLARATION, id: "other", contry: "DE" }, reason: "odd" },
      400,
      /no field "contry" here; did you mean country\?/,
    ],
    ["PATCH", "/v1/sources/riverside", { source: { id: "other" }, reason: "odd" }, 400, /^id: /],
    [
      "PATCH",
      "/v1/sources/riverside",
      { source: { feeds: [] }, reason: "odd" },
      400,
      /^feeds: give at least one/,
    ],
    [
      "PATCH",
      "/v1/sources/rivrside",
      { source: {}, reason: "odd" },
      404,
      /did you mean riverside\?/,
    ],
    [
      "POST",
      "/v1/sources/riverside/pause",
      { reason: "why", until: "2020" },
      400,
      /"2020" is in the past/,
    ],
    ["POST", "/v1/sources/riverside/resume", { reason: "why" }, 400, /No operator has paused/],
    ["POST", "/v1/previews", {}, 400, /home page or a source/],
  ] as const)(
    "%s %s is refused with the reason: %j",
    async (method, url, payload, status, detail) => {
      const answer = await ask(method, url, payload);
      expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
    },
  );

  const auditOf = (reason: string) => store.collections.audit.findOne({ reason });

  describe("and in the form beside its file", () => {
    const editUrl = "/admin/source/edit?id=riverside";
    const open = () => oscar.json<SourceDraft & { version: number }>(editUrl);
    const typed = async (values: Record<string, string>, changes: Record<string, string> = {}) => {
      const { yaml, values: before, version } = await open();
      const named = Object.entries({ ...before, ...values }).map(([key, value]) => [
        `f.${key}`,
        value,
      ]);
      return {
        id: "riverside",
        version: String(version),
        yaml,
        base: yaml,
        ...changes,
        ...Object.fromEntries(named),
      };
    };

    test("each key stands with its meaning, its default and its value", async () => {
      expect(await oscar.page(editUrl)).toMatch(
        /name="f\.name"[^]*name="f\.pace\.delay"[^]*Time to wait from the end of one request to the start of the next\.[^<]*Default: <code>2s/,
      );
    });

    test("a mistake is told beside its field, and nothing is previewed", async () => {
      const fields = await typed({ "pace.delay": "soon" });
      const { statusCode, body } = await oscar.send("/admin/source/review", fields, editUrl);
      expect([statusCode, body]).toEqual([
        200,
        expect.stringMatching(/is-invalid[^>]*f\.pace\.delay[^]*500ms, 2s, 15m/),
      ]);
    });

    test("what is changed is previewed, listed and saved with a reason", async () => {
      const fields = await typed({ language: "fr" });
      const begun = await oscar.send("/admin/source/review", fields, editUrl);
      const url = String(begun.headers.location);
      expect(url).toMatch(/^\/admin\/preview\?id=/);
      await vi.waitUntil(
        async () => (await oscar.json<{ state: string }>(url)).state !== "working",
        { timeout: 60_000, interval: 100 },
      );
      const page = await oscar.page(url);
      expect(page).toMatch(/Changes to [^]*language: [^]*<ins>fr<\/ins>[^]*Reason for the change/);
      expect((await watch(idIn(url), "")).statusCode).toBe(400);
      expect((await watch(idIn(url), "they are French")).statusCode).toBe(303);
      expect(await file()).toMatch(/^# by the river\n[^]*language: fr/);
      expect(await auditOf("they are French")).toMatchObject({ action: "source.change" });
    });
  });

  describe("and by two editors at once", () => {
    const editUrl = "/admin/source/edit?id=riverside";
    let fields: Record<string, string>;
    let refused: string;
    let merged: string;
    beforeAll(async () => {
      const { yaml, values, version } = await oscar.json<SourceDraft & { version: number }>(
        editUrl,
      );
      const boxes = { ...values, name: "Riverside Post", "pace.delay": "4s" };
      const named = Object.entries(boxes).map(([key, value]) => [`f.${key}`, value]);
      const commented = `${yaml}# mine\n`;
      fields = { id: "riverside", version: String(version), yaml: commented, base: commented };
      Object.assign(fields, Object.fromEntries(named));
      const theirs = { source: { pace: { delay: "6s" }, trust: 0.7 }, reason: "they asked us" };
      await ask("PATCH", "/v1/sources/riverside", theirs);
      refused = (await oscar.send("/admin/source/review", fields, editUrl)).body;
      merged = (await oscar.send("/admin/source/merge", fields, editUrl)).body;
    });

    test("Who saves last is shown what the other one changed, and why", () => {
      expect(refused).toMatch(/role="alert"[^]*they asked us[^]*trust: [^]*<ins>0\.7<\/ins>/);
    });

    test("Nothing that was typed is lost, and nothing is saved", async () => {
      expect(refused).toContain('value="Riverside Post"');
      expect(refused).toContain("# mine");
      expect(await file()).not.toContain("Riverside Post");
    });

    test("A program that saves a form of before is refused", async () => {
      const { body } = await oscar.get(editUrl);
      const payload = new URLSearchParams({ ...fields, _csrf: codeIn(body) }).toString();
      const { accept: _, ...form } = FORM;
      const asProgram = { ...form, accept: "application/json", cookie: oscar.cookie };
      const url = "/admin/source/review";
      const answer = await app.inject({ method: "POST", url, headers: asProgram, payload });
      expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: "stale-version" }]);
    });

    test("The other one's changes can be added to what was typed", () => {
      expect(merged).toMatch(/name: Riverside Post[^]*delay: 4s[^]*trust: 0\.7/);
      expect(merged).toContain("# mine");
    });

    test("A key that both changed stays as it was typed, and the other value is shown", () => {
      expect(merged).toMatch(/<code>pace\.delay<\/code>: the other value is <del>6s<\/del>/);
    });
  });

  test("What both changed is shown for as long as the form is open", async () => {
    const editUrl = "/admin/source/edit?id=riverside";
    const { yaml, values, version } = await oscar.json<SourceDraft & { version: number }>(editUrl);
    const boxes = Object.entries(values).map(([key, value]) => [`f.${key}`, value]);
    const conflicts = JSON.stringify([{ path: "pace.delay", theirs: "9s" }]);
    const fields = { id: "riverside", version: String(version), yaml, base: yaml, conflicts };
    const checked = async (typed: Record<string, string>) =>
      (
        await oscar.send(
          "/admin/source/check",
          { ...fields, ...Object.fromEntries(boxes), ...typed },
          editUrl,
        )
      ).body;
    expect(await checked({})).toContain("the other value is <del>9s</del>");
    expect(await checked({ "f.pace.delay": "9s" })).not.toContain("the other value is");
  });

  describe("and whose header has a secret", () => {
    const secretOf = async () => (await getSource(store, "guarded"))?.headers;
    const change = async (key: string, reason: string) =>
      expect(
        (
          await ask("PATCH", "/v1/sources/guarded", {
            source: { headers: { "x-key": key } },
            reason,
          })
        ).status,
      ).toBe(200);
    /** The fields of a form as it is shown. */
    const fieldsAt = async (url: string) => {
      const { yaml, values, version } = await oscar.json<SourceDraft & { version: number }>(url);
      const boxes = Object.entries(values).map(([key, value]) => [`f.${key}`, value]);
      return { version: String(version), yaml, base: yaml, ...Object.fromEntries(boxes) };
    };
    const saved = async (form: Record<string, string>, from: string) => {
      const begun = await oscar.send("/admin/source/review", form, from);
      const url = String(begun.headers.location);
      expect(url).toMatch(/^\/admin\/preview\?id=/);
      await vi.waitUntil(
        async () => (await oscar.json<{ state: string }>(url)).state !== "working",
        { timeout: 60_000, interval: 100 },
      );
      return idIn(url);
    };
    beforeAll(async () => {
      const guarded = { id: "guarded", name: "Guarded", headers: { "x-key": "lock-one" } };
      const source = { ...DECLARATION, ...guarded };
      await ask("POST", "/v1/sources", { source, reason: "wanted" });
    });

    test("A merge keeps the secret that another user changed meanwhile", async () => {
      const editUrl = "/admin/source/edit?id=guarded";
      const fields = { id: "guarded", ...(await fieldsAt(editUrl)), "f.name": "Guarded Post" };
      await change("lock-two", "a new key");
      const merged = await oscar.send("/admin/source/merge", fields, editUrl);
      expect(merged.body).not.toMatch(/lock-/);
      const { version = 0 } = (await getSource(store, "guarded")) ?? {};
      const id = await saved({ ...fields, version: String(version) }, editUrl);
      expect((await watch(id, "merged")).statusCode).toBe(303);
      expect(await secretOf()).toEqual({ "x-key": "lock-two" });
    });

    test("so does one into the declaration of a preview that was made before", async () => {
      const editUrl = "/admin/source/edit?id=guarded";
      const id = await saved({ id: "guarded", ...(await fieldsAt(editUrl)) }, editUrl);
      const previewUrl = `/admin/source/edit?preview=${id}`;
      const fields = { preview: id, ...(await fieldsAt(previewUrl)), "f.name": "Guarded Times" };
      await change("lock-three", "one more key");
      const { version = 0 } = (await getSource(store, "guarded")) ?? {};
      const next = await saved({ ...fields, version: String(version) }, previewUrl);
      expect((await watch(next, "merged again")).statusCode).toBe(303);
      expect(await secretOf()).toEqual({ "x-key": "lock-three" });
    });
  });

  describe("A preview whose process died", () => {
    const url = "/admin/preview?id=p-dead";
    beforeAll(async () => {
      const began = new Date(Date.now() - PREVIEW_STEP_TIMEOUT_MS - 1000);
      const yaml = "id: dead\nname: Dead\nfeeds: [https://dead.example/rss]\n";
      const dead = { yaml, sourceId: null, state: "working", step: "asks for rss" } as const;
      await store.collections.previews.insertOne(
        makePreview("p-dead", began, { ...dead, result: null }),
      );
    });

    test("counts as failed and says at which step it was", async () => {
      expect(await oscar.json(url)).toMatchObject({ state: "failed" });
      expect((await ask("GET", "/v1/previews/p-dead")).body).toMatchObject({
        state: "failed",
        step: expect.stringContaining("last step: asks for rss"),
      });
    });

    test("can be made again from its page", async () => {
      expect(await oscar.page(url)).toContain("Try again");
      const answer = await oscar.send("/admin/preview/again", { id: "p-dead" }, url);
      const again = String(answer.headers.location);
      expect(again).not.toBe(url);
      expect(await oscar.json(again)).toMatchObject({
        home: null,
        yaml: expect.stringMatching(/^id: dead/),
      });
    });
  });

  test("The form of a preview whose source was retired since makes a new source", async () => {
    const yaml = "id: retired\nname: Retired\nfeeds: [https://retired.example/rss]\n";
    await store.collections.sources.insertOne(makeSource("retired", { active: false, version: 4 }));
    const of = { yaml, sourceId: "retired", sourceVersion: 3 };
    await store.collections.previews.insertOne(makePreview("p-retired", now(), of));
    const form = await oscar.json<{ version: number }>("/admin/source/edit?preview=p-retired");
    expect(form).toMatchObject({ version: 0, problems: [] });
  });

  test("A source whose file says something that isn't applied is not changed", async () => {
    const slower = { source: { pace: { delay: "7s" } }, reason: "slower" };
    expect((await ask("PATCH", "/v1/sources/riverside", slower)).status).toBe(200);
    const before = await file();
    await writeFile(path(sourcesDir, "riverside.yaml"), before.replace("7s", "9s"));
    const { status, body } = await ask("PATCH", "/v1/sources/riverside", {
      source: { name: "Other" },
      reason: "try it",
    });
    await writeFile(path(sourcesDir, "riverside.yaml"), before);
    expect([status, body.code]).toEqual([409, "not-applied"]);
  });

  test("Who may only read sees sources and changes none", async () => {
    const reader = { authorization: `Bearer ${await newKey(store, "read")}` };
    const read = await app.inject({ url: "/v1/sources/riverside", headers: reader });
    const url = "/v1/sources/riverside/pause";
    const payload = { reason: "why not" };
    const paused = await app.inject({ method: "POST", url, headers: reader, payload });
    expect([read.statusCode, paused.statusCode]).toEqual([200, 403]);
  });

  test("A preview of a site tells what would come, and that a source has its feed already", async () => {
    const home = layouts.sites.find(({ way }) => way === "usual feed")?.home ?? "no such site";
    const source = { id: "usual-feed", name: "Usual", feeds: [new URL("/feed/", home).href] };
    await ask("POST", "/v1/sources", { source, reason: "asked for by readers" });
    const begun = await ask("POST", "/v1/previews", { home });
    expect([begun.status, begun.body.state]).toEqual([202, "working"]);
    const url = String(begun.headers["location"]);
    const found = async () => (await ask("GET", url)).body;
    await vi.waitUntil(async () => (await found()).state !== "working", { timeout: 60_000 });
    expect(await found()).toMatchObject({
      state: "done",
      verdict: "amber",
      problems: [{ level: "warning", text: expect.stringContaining("already has this feed") }],
    });
    expect((await found()).articles.length).toBeGreaterThan(0);
  });
});
