import { textContent } from "domutils";
import { parseFeed } from "feedsmith";
import { parseDocument } from "htmlparser2";
import type { BrowserContext, Page, Response } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TrueArticle } from "../../demo/truth.ts";
import { brokenRules } from "../helpers/mongo-rules.ts";
import { newsgather } from "../helpers/newsgather.ts";
import { openBrowser, type WatchedBrowser } from "../helpers/open-browser.ts";
import { countersOf, itemsOf, vitalsOf } from "../helpers/portal-page.ts";
import { startTree, type Tree } from "../helpers/tree.ts";

const SOURCES = [
  "civic-wire",
  "gemeentekrant",
  "harbour-agency",
  "machikado-gyosei",
  "metro-ledger",
  "plaza-digital",
  "rathaus-digital",
  "stadtnetz-wien",
  "tramite-abierto",
  "vestnik-goroda",
  "zhihui-lingnan",
];

interface Titled {
  title?: string | { value?: string };
}

const picture = { url: "", alt: "A", caption: null, credit: null, width: null, height: null };

let tree: Tree;
let chromium: WatchedBrowser;
let stored: Pick<TrueArticle, "url" | "sourceId" | "title" | "duplicateOf">[];
let reader: BrowserContext | undefined;
let page: Page;

beforeAll(async () => {
  tree = await startTree(SOURCES);
  const run = newsgather(["run", "--all"], tree.place);
  const { code } = await run.ended(280_000);
  if (code !== 0) throw new Error(`the pass ended with ${code}: ${run.err()}`);
  const { articles, announced } = tree.world.truth;
  const short = announced.map((one) => ({ ...one, duplicateOf: null }));
  stored = [...articles, ...short].filter(({ sourceId }) => SOURCES.includes(sourceId));
  const { address, port } = tree.world;
  picture.url = `http://${address}:${port}/img/1.jpg`;
  await tree.store.collections.articles.updateMany({}, { $set: { image: picture } });
  chromium = await openBrowser({ host: address, port });
});

afterAll(async () => {
  await chromium?.close();
  await tree?.close();
});

afterEach(async () => {
  await reader?.close();
  reader = undefined;
});

/** The address by which an article and its copies are one; lists show one of them. */
function storyOf(original: string): string {
  const one = stored.find(({ url }) => url === original);
  return one ? (one.duplicateOf ?? one.url) : `unknown: ${original}`;
}

/** A title as it is shown: any white space as one blank. */
const titleOf = (original: string) =>
  stored.find(({ url }) => url === original)?.title.replace(/\s+/g, " ");

const sorted = (texts: Iterable<string>) => [...texts].toSorted((a, b) => (a < b ? -1 : 1));

/** Opens a page of the portal in a browser without scripts, the test's own. */
async function open(path: string): Promise<void> {
  if (!reader) {
    reader = await chromium.browser.newContext({ javaScriptEnabled: false });
    page = await reader.newPage();
  }
  const answer = await page.goto(tree.address + path);
  expect(answer?.status()).toBe(200);
}

test("the front page lists the newest articles by day, each with place, title and the way to its original", async () => {
  await open("/");
  const items = await itemsOf(page);
  expect(items).toHaveLength(30);
  const days = items.map(({ day }) => day ?? "no day");
  expect(days).toEqual(sorted(days).toReversed());
  for (const { heading, place, more, original, source, time } of items) {
    const title = titleOf(original);
    expect(place).toMatch(/^[A-Z]{2}:/);
    expect({ original, heading, more }).toEqual({
      original,
      heading: `${place} ${title}`,
      more: `Read more: ${title}`,
    });
    expect(source).not.toBe("");
    expect(time).toMatch(/^\d{4}-\d\d-\d\d/);
  }
});

test("Read more opens the publisher's own page", async () => {
  await open("/");
  // The site of an article that is only announced refuses its page.
  const whole = new Set(tree.world.truth.articles.map(({ url }) => url));
  const items = await itemsOf(page);
  const index = items.findIndex(({ original }) => whole.has(original));
  const original = items[index]?.original ?? "";
  await page.locator("article.item").nth(index).locator(".more a").click();
  await page.waitForURL(original);
  const title = titleOf(original) ?? "no such article";
  expect((await page.title()).replace(/\s+/g, " ")).toContain(title);
});

test("what a source announces is listed, with how much of it there is and why not more", async () => {
  const wanted = tree.world.truth.announced.filter(({ sourceId }) => SOURCES.includes(sourceId));
  const shown = new Map<string, string>();
  await open("/");
  for (;;) {
    for (const item of await page.locator("article.item").all()) {
      const original = await item.locator(".more a").getAttribute("data-original");
      if ((await item.locator(".extent").count()) > 0 && original)
        shown.set(original, await item.locator(".extent").innerText());
    }
    if ((await page.locator(".pager a[rel=next]").count()) === 0) break;
    await page.locator(".pager a[rel=next]").click();
  }
  const words = { announced: "Announced by the source", partial: "First lines only" };
  const begins = wanted.map(({ url, completeness }) => [url, words[completeness]]);
  const found = [...shown].map(([url, text]) => [url, text.split(":")[0]]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(begins));
  expect([...shown.values()]).toContain("First lines only: the rest is for subscribers");
});

test("older and newer pages show every article once", async () => {
  await open("/");
  const first = await itemsOf(page);
  const shown = [...first];
  while ((await page.locator(".pager a[rel=next]").count()) > 0) {
    await page.locator(".pager a[rel=next]").click();
    const items = await itemsOf(page);
    expect(items.length).toBeGreaterThan(0);
    shown.push(...items);
  }
  const stories = shown.map(({ original }) => storyOf(original));
  expect(sorted(stories)).toEqual(sorted(new Set(stored.map(({ url }) => storyOf(url)))));
  const newer = page.locator(".pager a[rel=prev]");
  while ((await newer.count()) > 0) await newer.click();
  expect(await itemsOf(page)).toEqual(first);
});

test("counters tell today, yesterday and all, and their days hold as many articles", async () => {
  await open("/");
  const today = () => page.locator(".counters dd a").first().getAttribute("href");
  const began = await today();
  const counters = await countersOf(page);
  expect(counters["All"]).toBe(new Set(stored.map(({ url }) => storyOf(url))).size);
  const headings = await page.locator("section.day h2").allTextContents();
  for (const day of ["Today", "Yesterday"]) {
    await open("/");
    // At midnight, the numbers become those of other days.
    if ((await today()) !== began) return;
    await page
      .locator(".counters dd a")
      .nth(day === "Today" ? 0 : 1)
      .click();
    expect(new URL(page.url()).pathname).toMatch(/^\/day\/\d{4}-\d\d-\d\d$/);
    const items = await itemsOf(page);
    expect(items).toHaveLength(counters[day] ?? -1);
    const heading = headings.find((text) => text.includes(day)) ?? "0 articles";
    expect(heading).toMatch(new RegExp(`\\b${items.length} articles?`));
  }
  expect((counters["Today"] ?? 0) + (counters["Yesterday"] ?? 0)).toBeGreaterThan(0);
});

test("a category page holds the articles of its category alone", async () => {
  await open("/source/civic-wire");
  const items = await itemsOf(page);
  expect(items.length).toBeGreaterThan(3);
  const own = stored.filter(({ sourceId }) => sourceId === "civic-wire").map(({ url }) => url);
  expect(own).toEqual(expect.arrayContaining(items.map(({ original }) => original)));
  expect(await page.locator(".heading p").textContent()).toBe(`${items.length} articles`);
  await open("/language/ja");
  const hosts = (await itemsOf(page)).map(({ original }) => new URL(original).hostname);
  expect(hosts).toHaveLength(5);
  expect(new Set(hosts).size).toBe(1);
});

test("an article's page says what is known of it and leads to its original", async () => {
  await open("/source/rathaus-digital");
  const [item] = await itemsOf(page);
  await page.locator("article.item h3 a").first().click();
  expect(new URL(page.url()).pathname).toMatch(/^\/article\/./);
  const title = titleOf(item?.original ?? "") ?? "no such article";
  expect(await page.locator("h1").textContent()).toBe(`${item?.place} ${title}`);
  const onward = page.locator(".onward a");
  expect(await onward.getAttribute("data-original")).toBe(item?.original);
  expect(await onward.textContent()).toBe(item?.more);
  const facts = await page.locator("dl.facts dt").allTextContents();
  expect(facts).toEqual(expect.arrayContaining(["Source", "Published", "First seen", "Language"]));
});

test("no page of the portal is wider than a phone", async () => {
  for (const path of ["/", "/topics", "/source/zhihui-lingnan", "/source/vestnik-goroda"]) {
    await open(path);
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect({ path, width }).toEqual({ path, width: 360 });
  }
  await page.locator("article.item h3 a").first().click();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
});

test("nothing but the portal itself is asked for, and no picture comes from elsewhere", async () => {
  const pictured = await tree.store.collections.articles.countDocuments({ image: picture });
  expect(pictured).toBeGreaterThan(30);
  chromium.requests();
  for (const path of ["/", "/topics", "/admin"]) await open(path);
  await open("/");
  await page.locator("article.item h3 a").first().click();
  const asked = chromium.requests();
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((url) => !url.startsWith(`${tree.address}/`))).toEqual([]);
  expect(await page.locator("img").count()).toBe(0);
});

test("pages are light and steady: their largest element is in the first answer, nothing moves", async () => {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  for (const width of [360, 1280]) {
    const visitor = await chromium.browser.newPage({ viewport: { width, height: 800 } });
    const answers: Response[] = [];
    visitor.on("response", (response) => void answers.push(response));
    for (const path of ["/", "/de/sources"]) {
      answers.length = 0;
      const answer = await visitor.goto(tree.address + path, { waitUntil: "networkidle" });
      const vitals = await vitalsOf(visitor);
      const first = textContent(parseDocument((await answer?.text()) ?? ""));
      expect(plain(vitals.largest)).not.toBe("");
      expect(plain(first)).toContain(plain(vitals.largest));
      expect({ path, shift: vitals.shift }).toEqual({ path, shift: 0 });
      // Unpacked, so more than what is transferred.
      const bytes = Buffer.concat(await Promise.all(answers.map((one) => one.body()))).length;
      expect(bytes).toBeGreaterThan(2000);
      expect(bytes).toBeLessThan(100_000);
    }
    await visitor.close();
  }
});

test("the API's documentation opens and lists its operations", async () => {
  const visitor = await chromium.browser.newPage();
  chromium.requests();
  await visitor.goto(`${tree.address}/docs`);
  const operation = visitor.locator(".opblock-summary-path", { hasText: "/v1/changes" });
  await operation.first().waitFor({ timeout: 60_000 });
  expect(chromium.requests().filter((url) => !url.startsWith(`${tree.address}/`))).toEqual([]);
  await visitor.close();
});

test("feeds carry the newest articles in all three formats", async () => {
  const titles = stored.map(({ url }) => titleOf(url) ?? "");
  for (const ending of ["atom", "rss", "json"]) {
    const text = await (await fetch(`${tree.address}/feeds/all.${ending}`)).text();
    const parsed = parseFeed(text);
    expect(parsed.format).toBe(ending);
    const feed = parsed.feed as { items?: Titled[]; entries?: Titled[] };
    const found = (feed.items ?? feed.entries ?? []).map(({ title }) =>
      typeof title === "object" ? title.value : title,
    );
    expect(found.length).toBeGreaterThan(20);
    const strange = found.filter((title) => !titles.some((one) => title?.endsWith(one)));
    expect(strange).toEqual([]);
  }
});

test("the operators' list shows every source with its last success", async () => {
  await open("/admin/sources");
  const table = page.locator("table", { hasText: "Last success" });
  expect(await table.locator("tbody tr").count()).toBe(SOURCES.length);
  expect(await table.getByRole("link", { name: "Civic Wire" }).count()).toBe(1);
  const heads = await table.locator("thead th").allTextContents();
  const column = heads.findIndex((head) => head.includes("Last success")) + 1;
  const successes = table.locator(`tbody td:nth-child(${column}) time[datetime]`);
  expect(await successes.count()).toBe(SOURCES.length);
});

test("articles that only scripts show were fetched by Chromium", async () => {
  const { captures } = tree.store.collections;
  expect(await captures.countDocuments({ lane: "browser" })).toBeGreaterThan(0);
});

test("MongoDB would take every document that the pass stored in the embedded database", async () => {
  const broken: string[] = [];
  let documents = 0;
  for (const name of Object.keys(tree.store.collections)) {
    for await (const document of tree.store.db.collection(name).find()) {
      documents++;
      broken.push(...brokenRules(name, document));
    }
  }
  expect(broken).toEqual([]);
  expect(documents).toBeGreaterThan(500);
});
