import { afterAll, beforeAll, expect, test } from "vitest";
import { restOf } from "../../../fetch/browser-rest.ts";
import { watchTraffic } from "../../../fetch/browser-traffic.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import { sleep } from "../../../lib/time.ts";
import { type Loopback, listen } from "../../helpers/loopback.ts";
import { openBrowser, type WatchedBrowser } from "../../helpers/open-browser.ts";

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
  await sleep(100);
  const kept = restOf({ page, session, traffic }, { rest, call: 5000 });
  await kept.begin();
  return {
    page,
    kept,
    ticks: () => page.evaluate("document.getElementById('ticks')?.textContent"),
  };
}

test("a page stands still while it rests, and goes on for the next address", async () => {
  const { page, kept, ticks } = await resting("/plain", 60_000);
  const before = await ticks();
  expect(before).not.toBe("0");
  await sleep(200);
  expect(await ticks()).toBe(before);
  await kept.end(`${site.origin}/next`);
  await page.goto(`${site.origin}/next`);
  await sleep(200);
  expect(await ticks()).not.toBe("0");
});

test("a page is left at once where frames would go on, for the same document, and after a while", async () => {
  const framed = await resting("/frames", 60_000);
  await expect.poll(() => framed.page.url()).toBe("about:blank");
  const same = await resting("/plain", 60_000);
  expect(same.page.url()).toBe(`${site.origin}/plain`);
  await same.kept.end(`${site.origin}/plain#part`);
  await expect.poll(() => same.page.url()).toBe("about:blank");
  const late = await resting("/plain", 50);
  await expect.poll(() => late.page.url(), { timeout: 5000 }).toBe("about:blank");
});
