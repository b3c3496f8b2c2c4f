import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sequence } from "../../../articles/stream/sequencer.ts";
import { createSecrets } from "../../../config/secrets.ts";
import { proxiesIn } from "../../../crawler/http/http.ts";
import { createVisitor, ownPermits } from "../../../crawler/visit.ts";
import { startWorld, type World } from "../../../demo/world.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import { sleep } from "../../../lib/time.ts";
import { createSiteJobs } from "../../../sources/site-jobs.ts";
import { getSource } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { PAGES } from "../../../web/admin/pages.ts";
import { crawl } from "../../../workers/crawl/open-runs.ts";
import { tick } from "../../../workers/schedule/tick.ts";
import { violationsOn } from "../../helpers/axe.ts";
import { startTestDatabase } from "../../helpers/database.ts";
import { join, openGated, PASSWORD } from "../../helpers/gated.ts";
import { openBrowser } from "../../helpers/open-browser.ts";
import { sharedParser } from "../../helpers/parser.ts";
import { startTestRedis } from "../../helpers/redis.ts";
import { startUpstream, type TestUpstream } from "../../helpers/upstream.ts";
import { openWorker, type TestWorker, takeTurns } from "../../helpers/worker.ts";

/** What the site is called that is added, and what the site discovery calls its source. */
const SITE = "civicwire.example";
const ID = "civicwire";
/** The same of one that is asked through a proxy, which lets in who knows its password alone. */
const FAR = { site: "numerique-cite.example", id: "numerique-cite" };
const CREDENTIALS = "ann:correct-horse";
const PATIENCE = 120_000;

const stack = new ReleaseStack();
let world: World;
let store: Store;
let worker: TestWorker;
let app: FastifyInstance;
let page: Page;
let address: string;
let sourcesDir: string;
let previewed: string;
let upstream: TestUpstream;

beforeAll(async () => {
  world = await startWorld();
  stack.add("world", () => world.close());
  const [database, redis] = await Promise.all([
    startTestDatabase(import.meta.filename),
    startTestRedis(),
  ]);
  stack.add("database", () => database.close());
  stack.add("redis", () => redis.close());
  store = await database.open("desk");
  const parser = sharedParser();
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  stack.add("sources", () => rm(sourcesDir, { recursive: true }));
  const sites = Object.fromEntries(
    world.hosts.split("\n").map((row) => row.split(" ").toReversed() as [string, string]),
  );
  worker = await openWorker({ store, redisUrl: redis.url, parser, sites, name: "desk" });
  stack.add("line", () => worker.close());
  const { http, now, log, producer } = worker.deps;
  const product = "Newsgather";
  upstream = await startUpstream(CREDENTIALS);
  stack.add("upstream", () => upstream.close());
  const SECRET_FAR = `http://${CREDENTIALS}@${upstream.at}`;
  const proxyOf = proxiesIn(createSecrets({ SECRET_FAR }, null));
  worker.deps.proxyOf = proxyOf;
  const acquirePermit = ownPermits();
  const visitor = createVisitor({ http, acquirePermit, product, now, delay: 0, proxyOf });
  const known = () => Promise.resolve(new Set<string>());
  const openSites = () => Promise.resolve({ visitor, parser, known });
  const siteJobs = createSiteJobs({ store, now, log, topics: new Set(), producer, openSites });
  await join(store, "ann", "admin");
  app = await openGated(store, {
    sites: siteJobs,
    sourcesDir,
    producer,
    openParser: () => Promise.resolve(parser),
    now,
  });
  stack.add("app", () => app.close());
  await app.listen({ host: "127.0.0.1", port: 0 });
  address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const chromium = await openBrowser({ host: world.address, port: world.port });
  stack.add("chromium", () => chromium.close());
  page = await chromium.browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${address}/admin/login`);
  await page.fill("input[name=name]", "ann");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("main form button");
  await page.waitForURL("**/admin");
}, 180_000);

afterAll(() => stack.close());

async function open(where: string): Promise<void> {
  const answer = await page.goto(address + where);
  expect([where, answer?.status()]).toEqual([where, 200]);
}

/** Clicks since the overview was opened. */
let clicks = 0;

async function startAtOverview(): Promise<void> {
  await open("/admin");
  clicks = 0;
}

async function click(what: string): Promise<void> {
  clicks += 1;
  await page.locator(what).first().click();
}

/** Opens the page of a source as an operator does who is at the overview. */
async function openSource(id: string): Promise<void> {
  await startAtOverview();
  await click(".navbar-collapse a[href='/admin/sources']");
  await click(`main table a[href='/admin/source?id=${id}']`);
  await page.waitForURL("**/admin/source?id=*");
}

/** Waits for a state; a busy machine takes longer. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it took too long");
    await sleep(100);
  }
}

/** Adds a site from its home page, watches what is proposed, and has it run once; answers the preview's address. */
async function add({ site, id, proxy = "" }: { site: string; id: string; proxy?: string }) {
  await startAtOverview();
  await click(".navbar-collapse a[href='/admin/sources']");
  await click("main a[href='/admin/add']");
  await page.fill("input[name=home]", `http://${site}:${world.port}/`);
  await page.fill("input[name=proxy]", proxy);
  await click("text=Find feeds, sitemaps and lists");
  await page.waitForURL("**/admin/preview?id=*");
  const preview = page.url().slice(address.length);
  await page.locator("button:text-is('Watch this source')").waitFor();
  await page.locator("main input[name=reason]").fill("looked at, and wanted");
  await click("text=Watch this source");
  await page.locator("text=This preview is now the source's fixture").waitFor();
  expect(clicks).toBeLessThanOrEqual(5);

  await store.collections.sources.updateOne({ _id: id }, { $set: { "pace.delay": 0 } });
  await crawl(worker.deps, [{ sourceId: id }]);
  await takeTurns(worker, `${site}:${world.port}`);
  await tick(worker.deps);
  await sequence(store, worker.deps.now());
  expect(await getSource(store, id)).toMatchObject({ active: true, openRunId: null });
  return preview;
}

/** Waits for an article of a source on the portal. */
const onPortal = (hasText: string) =>
  until(async () => {
    await open("/");
    return (await page.locator("article.item .source").filter({ hasText }).count()) > 0;
  });

test("an operator adds a source from its home page; its first article is on the portal", async () => {
  previewed = await add({ site: SITE, id: ID });
  await onPortal("Civic Wire");
  expect(upstream.requests).toEqual([]);
});

test("one that is asked through a proxy is found, previewed, watched and read through it", async () => {
  const at = world.hosts.split("\n").find((row) => row.endsWith(FAR.site)) ?? "";
  const preview = await add({ ...FAR, proxy: "env:SECRET_FAR" });
  await onPortal("Numérique");
  expect(await getSource(store, FAR.id)).toMatchObject({ proxy: "env:SECRET_FAR" });
  expect(await readFile(path(sourcesDir, `${FAR.id}.yaml`), "utf8")).toContain("env:SECRET_FAR");
  // Each kept connection is asked for once: the desk's and the run's are one pool here.
  expect(new Set(upstream.requests)).toEqual(new Set([`${at.split(" ")[0]}:${world.port}`]));
  await open(preview);
  expect(await page.content()).not.toContain("correct-horse");
});

test("a field and the text beside it stay in step while one types, and what is saved is previewed", async () => {
  await openSource(ID);
  await click("main a:text-is('Edit')");
  const yaml = page.locator("textarea[name=yaml]");
  await page.fill("[name='f.name']", "The Civic Wire");
  await until(async () => (await yaml.inputValue()).includes("name: The Civic Wire"));
  await yaml.fill(`${await yaml.inputValue()}trust: 0.8\n`);
  await until(async () => (await page.inputValue("[name='f.trust']")) === "0.8");
  await page.locator("[name='f.country']").fill("Atlantis");
  await page.locator("#f-country-problem:has-text('no country')").waitFor();
  await page.locator("[name='f.country']").fill("");
  await page.locator("#report:has-text('What would change')").waitFor();
  await click("text=Preview, then save");
  await page.locator("button:text-is('Save these changes')").waitFor();
  await page.locator("main input[name=reason]").fill("they say so");
  await click("text=Save these changes");
  await page.locator("text=This preview is now the source's fixture").waitFor();
  expect(clicks).toBe(5);
  expect(await getSource(store, ID)).toMatchObject({ name: "The Civic Wire", trust: 0.8 });
});

describe("The form of a source beside its YAML", () => {
  const yaml = () => page.locator("textarea[name=yaml]");
  const editor = `/admin/source/edit?id=${ID}`;

  /** Holds requests that match until the returned function is called. */
  async function hold(what: string): Promise<() => Promise<void>> {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(what, async (route) => {
      await held;
      await route.continue();
    });
    return async () => {
      release();
      await page.unrouteAll({ behavior: "wait" });
    };
  }

  /** Changes something and holds the check that this causes; returns what lets the check go on. */
  async function holdCheck(change: () => Promise<void>): Promise<() => Promise<void>> {
    const release = await hold("**/admin/source/check");
    const request = page.waitForRequest("**/admin/source/check");
    await change();
    await request;
    return release;
  }

  test("checks what was typed before its script was loaded", async () => {
    const release = await hold("**/assets/source-form*");
    await page.goto(address + editor, { waitUntil: "commit" });
    await page.fill("[name='f.name']", "The Early Wire");
    await release();
    await until(async () => (await yaml().inputValue()).includes("name: The Early Wire"));
    expect(await page.inputValue("[name='f.name']")).toBe("The Early Wire");
  });

  test("keeps a value whose check is answered when the user is in the YAML", async () => {
    await open(editor);
    const release = await holdCheck(() => page.fill("[name='f.name']", "The Daily Wire"));
    await yaml().focus();
    await release();
    await until(async () => (await yaml().inputValue()).includes("name: The Daily Wire"));
    expect(await page.inputValue("[name='f.name']")).toBe("The Daily Wire");
  });

  test("keeps a change of the YAML whose check is answered when the user is in its field", async () => {
    await open(editor);
    await page.fill("[name='f.name']", "The Noon Wire");
    await until(async () => (await yaml().inputValue()).includes("name: The Noon Wire"));
    const changed = (await yaml().inputValue()).replace(/^name: .*$/m, "name: The Night Wire");
    const release = await holdCheck(() => yaml().fill(changed));
    await page.focus("[name='f.name']");
    await release();
    await until(async () => (await page.inputValue("[name='f.name']")) === "The Night Wire");
    expect(await yaml().inputValue()).toContain("name: The Night Wire");
  });

  test("keeps the caret of the YAML in its place when text above it changes", async () => {
    await open(editor);
    const release = await holdCheck(() => page.fill("[name='f.name']", "The Wire of the Evening"));
    await yaml().focus();
    await page.keyboard.press("Control+End");
    await release();
    await until(async () => (await yaml().inputValue()).includes("The Wire of the Evening"));
    await page.keyboard.type("# typed at the end");
    expect(await yaml().inputValue()).toMatch(/# typed at the end$/);
  });

  test("keeps what was typed in the YAML while the check of a field was under way", async () => {
    await open(editor);
    const release = await holdCheck(() => page.fill("[name='f.name']", "The Weekly Wire"));
    await yaml().fill(`${await yaml().inputValue()}country: US\n`);
    await release();
    await until(async () => (await page.inputValue("[name='f.country']")) === "US");
    expect(await page.inputValue("[name='f.name']")).toBe("The Weekly Wire");
    await page.locator("main h1").click();
    await until(async () => (await yaml().inputValue()).includes("name: The Weekly Wire"));
  });
});

test("a selector that broke is repaired by a click in an archived page", async () => {
  const before = (await getSource(store, ID))?.version ?? 0;
  await open("/admin/import-export");
  const edit = page.locator("form[action='/admin/import-export/edit']");
  await edit.locator("[name=where]").fill(`id=${ID}`);
  await edit.locator("[name=set]").fill("select=[{ title: h1.as-it-was }]");
  await edit.locator("[value=do]").check();
  await edit.locator("[name=reason]").fill("the publisher says so");
  await edit.locator("button").click();
  await until(async () => (await getSource(store, ID))?.version === before + 1);

  await openSource(ID);
  await click("main a:text-is('Pick selectors')");
  await page.frameLocator("iframe[data-point]").locator("h1").first().click();
  await page.waitForURL(/[?&]at=\d+/);
  await page.locator("form:has(table) button.btn").click();
  await page.locator("h2:has-text('before and after')").waitFor();
  await page.fill("input[name=reason]", "they were redesigned");
  await page.click("text=Write the selector into the source");
  await page.waitForURL("**/admin/versions?source=*");
  expect((await getSource(store, ID))?.version).toBe(before + 2);
  const file = await readFile(path(sourcesDir, `${ID}.yaml`), "utf8");
  expect(file).toMatch(/title: h1.as-it-was[^]*title: (?!h1.as-it-was)/);
});

test("bull-board shows the queues, by its own scripts alone", async () => {
  await open("/admin/queues");
  await page.click("text=Each job, in bull-board");
  await page.locator("text=render").first().waitFor();
  const paused = await page.request.put(`${address}/admin/queues/board/api/queues/fetch/pause`);
  expect(paused.status()).toBeGreaterThanOrEqual(400);
  const asked = (below: string, accept: string) =>
    app.inject({ url: `/admin/queues/board${below}`, headers: { accept } });
  const stranger = await asked("", "text/html");
  const login: unknown = expect.stringContaining("/admin/login");
  expect([stranger.statusCode, stranger.headers.location]).toEqual([303, login]);
  const program = await asked("/api/queues", "application/json");
  expect([program.statusCode, program.json()]).toMatchObject([401, { code: "login-needed" }]);
});

/** Every operators' page, with what it has to be asked about. */
async function everyPage(): Promise<string[]> {
  const article = await store.collections.articles.findOne({ sourceId: ID });
  const run = await store.collections.runs.findOne({ sourceId: ID });
  const about: Record<string, string> = {
    "/admin/preview": previewed.slice("/admin/preview".length),
    "/admin/source": `?id=${ID}`,
    "/admin/source/edit": `?id=${ID}`,
    "/admin/selector-picker": `?source=${ID}`,
    "/admin/runs": `?source=${ID}`,
    "/admin/run": `?id=${run?._id}`,
    "/admin/versions": `?source=${ID}`,
    "/admin/coverage": `?source=${ID}`,
    "/admin/revisions": `?article=${article?._id}`,
    "/admin/stories": `?id=${article?._id}`,
    "/admin/edit": `?article=${article?._id}`,
    "/admin/why": "?url=http://nowhere.example/",
  };
  return PAGES.map(({ path: where }) => where + (about[where] ?? ""));
}

describe("every page of the admin", () => {
  const violations: Record<string, string[]> = {};
  const sideways: string[] = [];
  beforeAll(async () => {
    for (const where of await everyPage()) {
      await open(where);
      for (const colorScheme of ["light", "dark"] as const) {
        // Colours that are still on their way to those of the other scheme have no contrast.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const found = await violationsOn(page);
        if (found.length > 0) violations[`${where} (${colorScheme})`] = found;
      }
      for (const width of [390, 768, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const over = await page.evaluate<number>(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        if (over > 0) sideways.push(`${where} at ${width}: ${over} px`);
      }
    }
  }, 600_000);

  test("axe-core finds nothing, light or dark", () => {
    expect(violations).toEqual({});
  });

  test("No page scrolls sideways, on a phone, a tablet or a desk", () => {
    expect(sideways).toEqual([]);
  });
});
