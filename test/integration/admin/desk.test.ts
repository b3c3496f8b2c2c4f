import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deskActions } from "../../../bin/roles/desk-actions.ts";
import { createLogger } from "../../../config/logger.ts";
import { urlKey } from "../../../discover/canonical-url.ts";
import { createGuard } from "../../../fetch/guard.ts";
import { parseHosts } from "../../../fetch/hosts-file.ts";
import { createHttp, type Http } from "../../../fetch/http.ts";
import { sleep } from "../../../lib/time.ts";
import { addRuns, closeRuns, emptyCounts, newRun } from "../../../store/runs.ts";
import { getSource } from "../../../store/sources.ts";
import type { Store } from "../../../store/store.ts";
import { createParser, type Parser } from "../../../workers/extract/parser.ts";
import { createVisitor, ownPlaces } from "../../../workers/reach/visit.ts";
import { makeArticle, makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { codeIn, FORM, join, login, openGated } from "../../helpers/gated.ts";
import { type LayoutSites, serveLayouts } from "../../helpers/layouts/sites.ts";
import { makeLink } from "../../helpers/links.ts";
import { BROWSER } from "../../helpers/portal.ts";
import { makeCapture } from "../../helpers/reading.ts";

let layouts: LayoutSites;
let http: Http;
let parser: Parser;
let database: TestDatabase;
let store: Store;
let sourcesDir: string;
let app: FastifyInstance;
let cookie: string;
const now = () => new Date();
const product = "Newsgather";

beforeAll(async () => {
  layouts = await serveLayouts("127.1.8.3");
  const guard = createGuard({ hosts: parseHosts(layouts.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = createParser(1, []);
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("desk");
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  const visitor = createVisitor({ http, takePlace: ownPlaces(), product, now, delay: 0 });
  const known = () => Promise.resolve(new Set<string>());
  const open = () => Promise.resolve({ visitor, parser, known });
  const log = createLogger({ logLevel: "silent" });
  const desk = deskActions({ store, now, log }, { sourcesDir, topics: new Set(), open });
  await join(store, "oscar", "operator");
  app = await openGated(store, { desk });
  ({ cookie } = await login(app, "oscar"));
});
afterAll(async () => {
  await app.close();
  await Promise.all([layouts.close(), http.close(), parser.close(), database.close()]);
  await rm(sourcesDir, { recursive: true });
});

const page = async (url: string) =>
  (await app.inject({ url, headers: { ...BROWSER, cookie } })).body;
const twin = async <T>(url: string) =>
  (await app.inject({ url, headers: { accept: "application/json", cookie } })).json<T>();
const send = async (url: string, fields: Record<string, string>) => {
  const payload = new URLSearchParams({
    _csrf: codeIn(await page("/admin/add")),
    ...fields,
  }).toString();
  return app.inject({ method: "POST", url, headers: { ...FORM, cookie }, payload });
};

/** The address of a preview, once it is done. */
async function previewOf(fields: Record<string, string>): Promise<string> {
  const { headers, statusCode } = await send("/admin/add", fields);
  expect(statusCode).toBe(303);
  const address = String(headers.location);
  for (let n = 0; n < 200; n++) {
    const { state } = await twin<{ state: string }>(address);
    if (state !== "working") return address;
    await sleep(50);
  }
  throw new Error("the preview takes too long");
}

test("an operator adds a source from its home page: proposed, previewed beside its pages, watched", async () => {
  const site = layouts.sites.find(({ way }) => way === "feed page");
  const address = await previewOf({ home: site?.home ?? "" });
  const shown = await page(address);
  expect(shown).toContain("nothing speaks against it");
  expect(shown).toContain("a feed of readers&#39; comments");
  expect(shown).toMatch(/<iframe sandbox[^>]*src="\/admin\/preview\/page\?id=[^"]+&amp;n=\d"/);
  expect(shown).toContain("Watch this source");

  const [, frame = ""] = /src="(\/admin\/preview\/page[^"]+)"/.exec(shown) ?? [];
  const capture = await app.inject({ url: frame.replace("&amp;", "&"), headers: { cookie } });
  expect(capture.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  expect(capture.body).toContain("<h1>");

  const id = address.split("id=")[1] ?? "";
  const watched = await send("/admin/preview/activate", { id, reason: "" });
  expect([watched.statusCode, watched.headers.location]).toEqual([303, address]);
  expect(await page(address)).toContain("This preview is its fixture");
  const { sourceId } = await twin<{ sourceId: string }>(address);
  expect(await getSource(store, sourceId)).toMatchObject({ active: true });
  expect(await readFile(path(sourcesDir, `${sourceId}.yaml`), "utf8")).toContain(site?.home);
  expect(await page("/admin/add")).toContain(sourceId);
});

test("a red preview is watched with a reason alone; a wrong address is refused", async () => {
  const home = layouts.sites.at(-1)?.home ?? "";
  const yaml = `id: other-site\nname: Other\nhome: ${home}\nlistings: [{ url: ${home}about }]\n`;
  const address = await previewOf({ yaml });
  expect(await page(address)).toMatch(/error<\/strong>: no entry point can be read/);
  const id = address.split("id=")[1] ?? "";
  expect((await send("/admin/preview/activate", { id, reason: "" })).statusCode).toBe(400);
  expect(
    (await send("/admin/preview/activate", { id, reason: "their list comes soon" })).statusCode,
  ).toBe(303);
  expect((await send("/admin/add", { home: "javascript:alert(1)" })).statusCode).toBe(400);
});

test("why: an address is told of as an article, a copy, a refusal, a dead letter, or unknown", async () => {
  const at = (name: string) => `https://cities.example/news/${name}`;
  await store.collections.sources.insertOne(
    makeSource("cities", { home: "https://cities.example/", exclude: ["/intern/**"] }),
  );
  const links = [
    makeLink(urlKey(at("shown")), {
      foundUrl: at("shown"),
      articleId: "a-1",
      state: "done",
      dueAt: null,
      outcome: "new",
    }),
    makeLink(urlKey(at("copy")), {
      foundUrl: at("copy"),
      articleId: "a-2",
      state: "done",
      dueAt: null,
      outcome: "copy",
    }),
    makeLink(urlKey(at("old")), {
      foundUrl: at("old"),
      state: "skipped",
      dueAt: null,
      reason: "too-old",
      detail: "older than 30 days",
    }),
    makeLink(urlKey(at("dead")), {
      foundUrl: at("dead"),
      state: "dead",
      dueAt: null,
      reason: "timeout",
      attempts: 5,
    }),
    makeLink(urlKey(at("next")), { foundUrl: at("next"), url: at("next"), host: "cities.example" }),
  ];
  await store.collections.links.insertMany(links);
  await store.collections.articles.insertMany([
    makeArticle("a-1", { url: at("shown") }),
    makeArticle("a-2", { url: at("copy"), duplicateOf: "a-1" }),
  ]);
  const why = async (url: string) => {
    const { answer, todo, listed } = await twin<{
      answer: string;
      todo: string | null;
      listed: boolean;
    }>(`/admin/why?url=${encodeURIComponent(url)}`);
    return `${listed ? "yes" : "no"}: ${answer}${todo ? ` | ${todo}` : ""}`;
  };
  expect(await why(`${at("shown")}?utm_source=x`)).toMatch(/^yes: it is on the portal, since/);
  expect(await why(at("copy"))).toMatch(/^no: it is a copy; readers see the first one, a-1/);
  expect(await why(at("old"))).toMatch(/first run.*older than 30 days.*newsgather backfill cities/);
  expect(await why(at("dead"))).toMatch(
    /given up after 5 tries: timeout \| newsgather dead replay/,
  );
  expect(await why(at("next"))).toMatch(/it waits to be fetched/);
  expect(await why("https://cities.example/intern/1")).toMatch(
    /cities leaves it out: .*exclude \/intern/,
  );
  expect(await why(at("never"))).toMatch(/no entry point of cities has named it/);
  expect(await why("https://unknown.example/a")).toMatch(
    /no source covers this site \| newsgather discover/,
  );
  const shown = await page(`/admin/why?url=${encodeURIComponent(at("old"))}`);
  expect(shown).toMatch(/<span class="state bad">No<\/span>/);
});

test("runs of a source show what each cost and the fate of its links", async () => {
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
  const list = await page("/admin/runs?source=cities");
  expect(list).toMatch(
    /manual.*<td class="n">3<\/td>.*<td class="n">1<\/td>.*<td class="n">4321<\/td>/s,
  );
  expect(list).toContain("/admin/run?id=cities-1");
  expect(await page("/admin/runs")).toMatch(
    /runs of all sources.*\/admin\/run\?id=cities-1.*\/admin\/runs\?source=cities.*manual/s,
  );
  const one = await page("/admin/run?id=cities-1");
  expect(one).toMatch(
    /\/admin\/why\?url=https%3A%2F%2Fcities.example%2Fleft.*include\/exclude patterns.*exclude \/x/s,
  );
  expect(one).toMatch(/cities.example\/rss.*4321/s);
  const { runs } = await twin<{ runs: object[] }>("/admin/runs?source=cities");
  expect(runs).toMatchObject([{ traffic: { requests: 1, bytes: 4321 } }]);

  const declared = makeSource("cities", {
    headers: { "X-Key": "s3cret" },
    proxy: "env:SECRET_PROXY",
    held: { reason: "they asked", by: "user oscar", at: now() },
  });
  await store.collections.sources.replaceOne({ _id: "cities" }, declared, { upsert: true });
  const own = await page("/admin/source?id=cities");
  expect(own).toMatch(/state idle">paused<\/span>: they asked<br>To do: newsgather sources resume/);
  expect(own).toMatch(/through the proxy env:SECRET_PROXY; with X-Key.*\/admin\/run\?id=cities-1/s);
  expect(own).toMatch(/<button formaction="\/admin\/sources\/resume">Let it go on/);
  const told = await twin<object>("/admin/source?id=cities");
  expect(told).toMatchObject({ _id: "cities", health: { state: "paused" }, runs: [{}] });
  expect(own + JSON.stringify(told)).not.toContain("s3cret");
  const missing = await app.inject({ url: "/admin/source?id=nobody", headers: { cookie } });
  expect(missing.statusCode).toBe(404);
});
