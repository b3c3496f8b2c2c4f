import { afterAll, beforeAll, expect, test } from "vitest";
import { watchTraffic } from "../../crawler/browser/stable.ts";
import { restOf } from "../../crawler/browser/turn.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import { type Loopback, listen } from "../helpers/loopback.ts";
import { openBrowser, type WatchedBrowser } from "../helpers/open-browser.ts";

/** A bound that only a hang crosses. */
const WITHIN = { timeout: 30_000 };
const stack = new ReleaseStack();
let site: Loopback;
let watched: WatchedBrowser;

beforeAll(async () => {
  site = await listen("127.0.0.1", (request, response) => {
    const page = request.url === "/frames" ? "<iframe src=/plain></iframe>" : "";
    const tick =
      "<p id=ticks>0</p><script>let at = 0; setInterval(() => { ticks.textContent = ++at; }, 20)</script>";
    response.setHeader("content-type", "text/html").end(`${page}${tick}`);
  });
  stack.add("site", () => site.close());
  watched = await openBrowser({ host: "127.0.0.1", port: 9 });
  stack.add("browser", () => watched.close());
});
afterAll(() => stack.close());

/** A page that has read an address and rests. */
async function resting(path: string, rest: number) {
  const page = await watched.browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const traffic = watchTraffic(session);
  await page.goto(`${site.origin}${path}`, { waitUntil: "load" });
  const ticks = () => page.evaluate(`document.getElementById("ticks")?.textContent`);
  await expect.poll(ticks, WITHIN).not.toBe("0");
  const rested = restOf({ page, session, traffic }, { rest, call: 5000 });
  await rested.begin();
  return { page, rested, ticks };
}

test("A page stands still while it rests", async () => {
  const { ticks } = await resting("/plain", 60_000);
  const before = await ticks();
  expect(before).not.toBe("0");
  // Its scripts would go on every 20 ms.
  await sleep(200);
  expect(await ticks()).toBe(before);
});

test("A page goes on for the next address", async () => {
  const { page, rested, ticks } = await resting("/plain", 60_000);
  await rested.end(`${site.origin}/next`);
  await page.goto(`${site.origin}/next`);
  await expect.poll(ticks, WITHIN).not.toBe("0");
});

test("A page is left at once where its frames would go on", async () => {
  const { page } = await resting("/frames", 60_000);
  await expect.poll(() => page.url(), WITHIN).toBe("about:blank");
});

test("A page that rests keeps its document", async () => {
  const { page } = await resting("/plain", 60_000);
  expect(page.url()).toBe(`${site.origin}/plain`);
});

test("A page is left for another part of the same document", async () => {
  const { page, rested } = await resting("/plain", 60_000);
  await rested.end(`${site.origin}/plain#part`);
  await expect.poll(() => page.url(), WITHIN).toBe("about:blank");
});

test("A page that has rested long enough is left", async () => {
  const { page } = await resting("/plain", 50);
  await expect.poll(() => page.url(), WITHIN).toBe("about:blank");
});
