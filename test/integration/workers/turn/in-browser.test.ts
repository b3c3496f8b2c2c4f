import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { BrowserPool } from "../../../../crawler/browser/browser.ts";
import { takeTurn } from "../../../../workers/flow.ts";
import { createBrowserSessions } from "../../../../workers/render/browser-sessions.ts";
import { articlePage } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A browser whose pages are articles at once; `opened` counts its contexts, `rendered` has the addresses. */
function makeBrowser(pages: number) {
  const rendered: string[] = [];
  let opened = 0;
  const open: BrowserPool["open"] = async () => {
    opened += 1;
    return {
      async render({ url, start }) {
        (await start?.())?.();
        rendered.push(new URL(url).pathname);
        const decoded = Buffer.from(articlePage(`Report on ${url}`));
        const now = new Date();
        return {
          url,
          status: 200,
          headers: { "content-type": "text/html" },
          requestHeaders: {},
          location: null,
          address: "127.1.9.1",
          startedAt: now,
          endedAt: now,
          ms: 1,
          wire: decoded,
          encoding: null,
          decoded,
          truncated: false,
        };
      },
      worn: () => false,
      close: () => Promise.resolve(),
    };
  };
  const pool = {
    open,
    enter: () => Promise.resolve([]),
    inspect: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
  return { sessions: createBrowserSessions(pool, pages), rendered, opened: () => opened };
}

const IN_BROWSER = { source: { render: "auto" }, link: { lane: "browser" } } as const;

test("while a turn waits for a place in the browser, its host can be asked over HTTP", async () => {
  const watched = await services.watchSite("place", ["/a", "/b"], IN_BROWSER);
  const { worker, site, store, link } = watched;
  const { sessions, rendered } = makeBrowser(1);
  worker.deps.browser = sessions;
  await takeTurns(worker, site.host, 0, "browser");
  await store.collections.links.updateMany(
    {},
    { $set: { state: "due", dueAt: new Date(Date.now() - 1000), claim: null } },
  );
  await store.collections.links.updateOne({ url: site.at("/b") }, { $set: { lane: "http" } });
  const other = await watched.openAnotherWorker();
  other.deps.browser = sessions;
  const leave = await sessions.permits.acquire();
  const waiting = takeTurns(other, site.host, 0, "browser");
  await takeTurns(worker, site.host, 0, "http");
  expect(await link("/b")).toMatchObject({ state: "done", captureId: expect.any(String) });
  expect(await link("/a")).toMatchObject({ state: "due", claim: null });
  expect(rendered).toHaveLength(2);
  leave();
  await waiting;
  expect(rendered).toEqual(["/a", "/b", "/a"]);
});

test("a further turn of a host opens a context for many links, and leaves a few to the first turn", async () => {
  const paths = Array.from({ length: 12 }, (_, n) => `/p${n}`);
  const watched = await services.watchSite("further", paths, { ...IN_BROWSER, concurrency: 2 });
  const { worker, site, store } = watched;
  const { sessions, opened } = makeBrowser(8);
  worker.deps.browser = sessions;
  const few = { url: { $in: paths.slice(0, 6).map((path) => site.at(path)) } };
  await store.collections.links.updateMany(few, { $set: { dueAt: null, state: "done" } });
  // The files of the host first, which need no page.
  while (
    !(await store.collections.hosts.findOne({
      _id: site.host,
      "tdm.expiresAt": { $gt: new Date() },
    }))
  ) {
    await takeTurn(worker.deps, "browser", { host: site.host, turn: 0 });
  }
  const before = opened();
  expect(await takeTurn(worker.deps, "browser", { host: site.host, turn: 1 })).toBe("done");
  expect(opened()).toBe(before);
  await store.collections.links.updateMany(few, {
    $set: { dueAt: new Date(Date.now() - 1000), state: "due" },
  });
  worker.deps.links.forget({ host: site.host, lane: "browser" });
  await takeTurn(worker.deps, "browser", { host: site.host, turn: 1 });
  expect(opened()).toBe(before + 1);
});
