import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import type { Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "../../../../lib/time.ts";
import type { Export } from "../../../../model/archive/export.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, login, openGated } from "../../../helpers/gated.ts";
import { openBrowser, type WatchedBrowser } from "../../../helpers/open-browser.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { makePreview } from "../../../helpers/previews.ts";
import { makeRun } from "../../../helpers/runs.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let chromium: WatchedBrowser;
let address: string;
let cookie: { name: string; value: string; url: string };
let page: Page;
/** Beginning of the paths whose answers wait. */
let slow = { path: "none", until: Promise.resolve() };
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("scripts");
  await store.collections.sources.insertOne(makeSource("cities"));
  await join(store, "ann", "admin");
  app = await openGated(store, {
    openParser: () => Promise.resolve(sharedParser()),
    behindGate(server) {
      server.addHook("onSend", async ({ url }) => {
        if (url.startsWith(slow.path)) await slow.until;
      });
    },
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  chromium = await openBrowser({ host: "127.0.0.1", port });
  const [name = "", value = ""] = (await login(app, "ann")).cookie.split("=");
  cookie = { name, value, url: address };
});
afterAll(async () => {
  await chromium?.close();
  await app?.close();
  await database?.close();
});

beforeEach(async () => {
  slow = { path: "none", until: Promise.resolve() };
  const context = await chromium.browser.newContext();
  await context.addCookies([cookie]);
  page = await context.newPage();
  return () => context.close();
});

const open = (path: string) => page.goto(address + path);

/** Delays answers for paths with this beginning until the returned function is called. */
function delay(path: string): () => void {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  slow = { path, until };
  return release;
}

/** Presses a key that sends a form, and others before the answer. */
async function pressWhileSending(path: string, first: string, others: readonly string[]) {
  const release = delay(path);
  const request = page.waitForRequest((one) => one.method() === "POST");
  await page.keyboard.press(first);
  await request;
  for (const key of others) await page.keyboard.press(key);
  release();
}

describe("The inbox", () => {
  beforeAll(async () => {
    const now = new Date();
    const editorial = {
      state: "new",
      initialState: "new",
      isDecided: false,
      waitsSince: now,
    } as const;
    const unlisted = { reason: "waits for an editor", detail: "new", at: now } as const;
    const articles = ["w1", "w2", "w3"].map((id, n) =>
      makeArticle(id, {
        status: "unlisted",
        editorial,
        unlisted,
        sortAt: new Date(now.getTime() + n * MINUTE_MS),
      }),
    );
    await publishArticles(store, "created", articles);
  });

  test("takes no key before it shows the result of the last one", async () => {
    await open("/admin/inbox");
    await pressWhileSending("/admin/inbox", "a", ["j", "d"]);
    await page.locator("text=1 article approved").waitFor();
    const corrections = await store.collections.corrections.find().toArray();
    expect(corrections.map(({ word }) => word)).toMatchObject([{ say: "approved" }]);
  });

  test("leaves the user in the box that they typed in before its script was loaded", async () => {
    const release = delay("/assets/inbox");
    await page.goto(`${address}/admin/inbox`, { waitUntil: "commit" });
    await page.locator("form.find input").focus();
    release();
    await page.waitForLoadState();
    await page.keyboard.type("park");
    expect(await page.inputValue("form.find input")).toBe("park");
  });
});

test("A form that is sent twice is taken once", async () => {
  await open("/admin/users");
  const form = page.locator("form[action='/admin/users/keys']");
  await form.locator("[name=name]").fill("a reader");
  await form.locator("[name=scope]").first().check();
  await form.locator("[name=reason]").fill("for tests");
  await pressWhileSending("/admin/users/keys", "Enter", ["Enter"]);
  await page.locator("input.secret").waitFor();
  expect(await store.collections.keys.countDocuments({ name: "a reader" })).toBe(1);
});

describe("A part of a page that is kept up to date", () => {
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
  /** Lets the page's time pass until this holds. */
  const passTime = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await page.clock.runFor(1000);
  };

  function makeExport(n: number): Export {
    const requestedAt = secondsAgo(n + 1);
    const all = { sources: null, where: null, asOf: null, since: new Date(0), until: requestedAt };
    return {
      _id: `e${n}`,
      params: { format: "csv", purpose: "analysis", ...all },
      actor: "user ann",
      requestedAt,
      state: n === 0 ? "running" : "done",
      dueAt: null,
      owner: null,
      written: n,
      leftOut: {},
      failures: 0,
      reason: null,
      finishedAt: null,
      files: [],
      expiresAt: new Date(Date.now() + DAY_MS),
    };
  }

  test("stays while the user types into its filter", async () => {
    await store.collections.exports.insertMany(Array.from({ length: 8 }, (_, n) => makeExport(n)));
    await page.clock.install();
    await open("/admin/exports");
    await page.locator(".table-filter").pressSequentially("csv");
    let requests = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/admin/exports")) requests += 1;
    });
    await passTime(() => requests > 1);
    expect(await page.inputValue(".table-filter")).toBe("csv");
  });

  test("keeps the text that the user selected, and changes afterwards", async () => {
    let sent = 0;
    await page.route("**/admin/live", (route) => {
      sent += 1;
      const body = `retry: 100\ndata: "<h2>Version ${sent}</h2>"\n\n`;
      return route.fulfill({ contentType: "text/event-stream", body });
    });
    await open("/admin");
    const shown = page.locator("#live h2:has-text('Version')");
    await shown.waitFor();
    await page.evaluate('getSelection().selectAllChildren(document.querySelector("#live h2"))');
    const selected = await page.evaluate<string>("String(getSelection())");
    const before = sent;
    await expect.poll(() => sent, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    expect(await page.evaluate("String(getSelection())")).toBe(selected);
    await page.evaluate("getSelection().empty()");
    await expect.poll(() => shown.innerText(), { timeout: 60_000 }).not.toBe(selected);
  });

  test("keeps what was typed when the user returns from another tab", async () => {
    const at = new Date();
    const preview = makePreview("working", at, { sourceId: null });
    await store.collections.previews.insertOne({ ...preview, state: "working", result: null });
    await open("/admin/preview?id=working");
    await page.locator("main progress").waitFor();
    await store.collections.previews.replaceOne({ _id: "working" }, preview);
    await page.locator("main [name=reason]").fill("the publisher wants it");
    await page.locator("main h1").click();
    for (const isHidden of [true, false]) {
      await page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
document.dispatchEvent(new Event("visibilitychange"));`,
      );
    }
    await page.evaluate('fetch("/admin/preview/live?id=working").then((answer) => answer.text())');
    expect(await page.inputValue("main [name=reason]")).toBe("the publisher wants it");
  });

  test("says that it isn't up to date after the session has ended, until it is again", async () => {
    await page.clock.install();
    await page.route("**/admin/live", (route) => route.fulfill({ status: 401 }));
    await open("/admin");
    const warning = page.locator("[role=alert]:has-text('up to date')");
    await passTime(() => warning.isVisible());
    await page.unrouteAll();
    await passTime(() => warning.isHidden());
    expect(await page.locator("#live h2").count()).toBeGreaterThan(1);
  });
});

test("A click in a page of the picker counts for that page, whichever page is chosen next", async () => {
  const pages = [1, 2].map((n) => ({
    url: `https://cities.example/${n}`,
    kind: "article" as const,
    finalUrl: null,
    status: 200,
    headers: { "content-type": "text/html" },
    body: gzipSync(`<html><body><h1>Article ${n}</h1><p>Words of it.</p></body></html>`),
    why: null,
  }));
  await store.collections.previews.insertOne(makePreview("picked", new Date(), { pages }));
  await open("/admin/selector-picker?preview=picked");
  await page.locator("[data-hint]:visible").waitFor();
  await page.selectOption("select[name=n]", "1");
  await page.frameLocator("iframe[data-point]").locator("h1").click();
  await page.waitForURL(/[?&]at=\d+/);
  expect(new URL(page.url()).searchParams.get("n")).toBe("0");
});

test("The results of a search stay closed when the user has left the box", async () => {
  await open("/admin/users");
  const release = delay("/admin/find");
  const [request] = await Promise.all([
    page.waitForRequest("**/admin/find?*"),
    page.fill("form.find input", "sources"),
  ]);
  await page.locator("main h1").click();
  release();
  await (await request.response())?.finished();
  await page.locator(".found a").first().waitFor({ state: "attached" });
  expect(await page.locator(".found").isVisible()).toBe(false);
});

test("A table sorts sizes and durations with different units", async () => {
  const sizes = [900_000, 3_400_000, 20_000];
  const runs = sizes.map((bytes, n) =>
    makeRun(`r${n}`, { traffic: { requests: 1, bytes }, open: false }),
  );
  await store.collections.runs.insertMany(runs);
  await open("/admin/runs?source=cities");
  await page.click("main th:has-text('Size') button");
  const column = page.locator("main tbody tr td:nth-child(6)");
  expect(await column.allInnerTexts()).toEqual(["20 kB", "900 kB", "3.4 MB"]);
});

describe("A table whose rows can be ticked", () => {
  beforeAll(async () => {
    const cities = ["aachen", "bergen", "bern", "brno", "bruges", "cadiz", "cork", "delft"];
    await store.collections.sources.insertMany(cities.map((id) => makeSource(id)));
  });
  const ticked = () =>
    page
      .locator("main form")
      .locator("tbody input:checked:enabled")
      .evaluateAll((boxes) => boxes.map((box) => box.getAttribute("value")));

  test("ticks all rows at once, and none again", async () => {
    await open("/admin/sources");
    await page.check("main thead input");
    expect(await ticked()).toHaveLength(9);
    await page.uncheck("main thead input");
    expect(await ticked()).toEqual([]);
  });

  test("forgets a choice that its filter hides", async () => {
    const names = ["bea", "cem", "dora", "eli", "finn", "gul", "hana"];
    await Promise.all(names.map((name) => join(store, name, "editor")));
    await open("/admin/users");
    await page.check("input[type=radio][value=bea]");
    await page.locator(".table-filter").first().fill("cem");
    await page.locator(".table-filter").first().fill("");
    expect(await page.isChecked("input[type=radio][value=bea]")).toBe(false);
    await page.check("input[type=radio][value=bea]");
  });

  test("sends only the rows that its filter shows", async () => {
    await open("/admin/sources");
    await page.check("tbody input[value=cork]");
    await page.fill(".table-filter", "ber");
    await page.check("main thead input");
    expect(await ticked()).toEqual(["bergen", "bern"]);
  });
});
