import { afterAll, beforeAll, expect, test } from "vitest";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { openBrowser, type WatchedBrowser } from "../../../helpers/open-browser.ts";
import { makePortal, PORTAL_NOW } from "../../../helpers/portal.ts";

let database: TestDatabase;
let chromium: WatchedBrowser;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  chromium = await openBrowser({ host: "127.0.0.1", port: 9 });
});
afterAll(async () => {
  await chromium?.close();
  await database.close();
});

/** Of each counter: what it says, on how many lines, and whether its words stand within the box of all. */
const COUNTERS = `(() => {
  const box = document.querySelector(".counters").getBoundingClientRect();
  return [...document.querySelectorAll(".counters > div > *")].map((part) => {
    const words = document.createRange();
    words.selectNodeContents(part);
    const lines = new Set([...words.getClientRects()].map(({ bottom }) => Math.round(bottom)));
    const { left, right } = words.getBoundingClientRect();
    return [part.textContent, lines.size, left >= box.left && right <= box.right];
  });
})()`;

test("counters with millions stand on one line each, within their box, on every phone", async () => {
  const store = await database.open("phone");
  await publishArticles(store, "created", [
    makeArticle("one"),
    makeArticle("two", { sortAt: new Date("2026-11-24T08:00:00Z"), day: "2026-11-24" }),
  ]);
  const { days, clicks } = store.collections;
  const day = PORTAL_NOW.toISOString().slice(0, 10);
  await days.updateMany({}, { $set: { articles: 123_456 } });
  await days.updateOne({ _id: "2026-11-24" }, { $set: { articles: 98_765 } });
  await clicks.insertOne({ _id: day, day, articleId: null, count: 1_234_567, at: PORTAL_NOW });
  const settings = {
    portalTitle: "P",
    baseUrl: "http://p.example",
    timezone: "UTC",
    topicNames: {},
  };
  const config = { ...settings, version: "1", countedBefore: 39_000_000, showClicks: true };
  const portal = await makePortal(store, { config });
  const address = await portal.listen({ host: "127.0.0.1", port: 0 });
  const page = await chromium.browser.newPage();
  for (const path of ["/", "/de"]) {
    await page.goto(address + path);
    for (const width of [320, 360, 412, 960, 1280]) {
      await page.setViewportSize({ width, height: 740 });
      const boxes = await page.evaluate<[string, number, boolean][]>(COUNTERS);
      expect(boxes.map(([text]) => text?.replaceAll(/\D/g, ""))).toEqual(
        expect.arrayContaining(["123456", "98765", "39123456", "1234567"]),
      );
      const odd = boxes.filter(([, lines, within]) => lines !== 1 || !within);
      expect({ path, width, odd }).toEqual({ path, width, odd: [] });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    }
  }
  await portal.close();
});
