import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ReleaseStack } from "../../lib/async.ts";
import type { Lane } from "../../model/crawl/link.ts";
import { takeTurn } from "../../workers/flow.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import { openSiteBrowser } from "../helpers/site-browser.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";

const TRIES = 4;
const bomb = "<script>const all = []; for(;;) all.push(new Array(1e6).fill({}))</script>";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** Takes the host's turns, an hour passing where nothing is due soon. */
async function exhaust(
  { worker, site, link }: WatchedSite,
  lane: Lane,
  path: string,
): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    if ((await link(path))?.state === "dead-letter") return;
    const next = await takeTurn(worker.deps, lane, { host: site.host, turn: 0 });
    const wait =
      next === "done" ? 3_600_000 : Math.max(0, Number(next.at) - Number(worker.deps.now()));
    worker.advance(wait);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

describe("a poisonous page", () => {
  test("that breaks each connection is a dead letter after four tries, and its neighbours are stored", async () => {
    const watched = await services.watchSite("reset", ["/breaks", "/fine"]);
    const { site, link, store } = watched;
    site.pages["/breaks"] = (request) => void request.socket.resetAndDestroy();
    await exhaust(watched, "http", "/breaks");
    expect(site.requests.filter((path) => path === "/breaks")).toHaveLength(TRIES);
    const deadLetter = await link("/breaks");
    expect(deadLetter).toMatchObject({ state: "dead-letter", reason: "reset", attempts: TRIES });
    expect(deadLetter?.detail).toContain(`after ${TRIES} tries`);
    expect(await link("/fine")).toMatchObject({ state: "done", outcome: "new" });
    const host = await store.collections.hosts.findOne({ _id: site.host });
    expect(host).toMatchObject({ openUntil: null });
  });

  test("that exhausts the browser's memory too, in a real browser", async () => {
    const stack = new ReleaseStack();
    const browser = createBrowserSessions(await openSiteBrowser(stack, { stable: 1000 }), 1);
    stack.add("browser", () => browser.close());
    try {
      const source = { render: "browser" } as const;
      const link = { lane: "browser" } as const;
      const watched = await services.watchSite("bomb", ["/bomb", "/fine"], { source, link });
      watched.site.pages["/bomb"] = bomb;
      watched.worker.deps.browser = browser;
      await exhaust(watched, "browser", "/bomb");
      expect(watched.site.requests.filter((path) => path === "/bomb")).toHaveLength(TRIES);
      const deadLetter = await watched.link("/bomb");
      expect(deadLetter).toMatchObject({
        state: "dead-letter",
        reason: "browser",
        attempts: TRIES,
      });
      expect(deadLetter?.detail).toMatch(/\/bomb failed: .*(crash|timed out)/i);
      expect(await watched.link("/fine")).toMatchObject({ state: "done", outcome: "new" });
      const host = await watched.store.collections.hosts.findOne({ _id: watched.site.host });
      expect(host).toMatchObject({ failures: 0, openUntil: null });
    } finally {
      await stack.close(20_000);
    }
  });
});
