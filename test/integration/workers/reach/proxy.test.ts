import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSecrets } from "../../../../config/secrets.ts";
import { createBrowser } from "../../../../fetch/browser.ts";
import { createGuard } from "../../../../fetch/guard.ts";
import { startProxy } from "../../../../fetch/proxy.ts";
import { chainedProxies } from "../../../../fetch/proxy-chain.ts";
import { ReleaseStack } from "../../../../lib/stack.ts";
import { createBrowserSessions } from "../../../../workers/reach/browser-sessions.ts";
import { proxiesIn } from "../../../../workers/reach/proxy-of.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { type Canary, openCanary } from "../../../helpers/canary.ts";
import { chromiumPath, systemUser } from "../../../helpers/chromium.ts";
import { articlePage } from "../../../helpers/site.ts";
import { startUpstream, type TestUpstream } from "../../../helpers/upstream.ts";
import {
  type Services,
  SITES,
  startServices,
  type WatchedSite,
} from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

const CREDENTIALS = "ann:correct-horse";
const SOURCE = { proxy: "env:SECRET_PROXY" };

const all = new ReleaseStack();
let services: Services;
let upstream: TestUpstream;
let canary: Canary;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
  all.add("stage", () => services.close());
  upstream = await startUpstream(CREDENTIALS);
  all.add("upstream", () => upstream.close());
  canary = await openCanary();
  all.add("canary", () => canary.close());
});
afterEach(async () => {
  upstream.asked.length = 0;
  await services.closeSites();
});
afterAll(() => all.close());

function useProxy({ worker }: WatchedSite, credentials = CREDENTIALS): void {
  const secrets = createSecrets({ SECRET_PROXY: `http://${credentials}@${upstream.at}` }, null);
  worker.deps.proxyOf = proxiesIn(secrets);
}

/** Addresses that the proxy was asked for, each once. */
const led = () => [...new Set(upstream.asked)];
const DONE = { state: "done", outcome: "new" };

test("a source's pages and its host's files come through its proxy, those of others don't", async () => {
  const watched = await services.watchSite("through", ["/a", "/b"], { source: SOURCE });
  const { store, site, worker, link } = watched;
  useProxy(watched);
  await store.collections.sources.insertOne(makeSource("others", { home: site.at("/") }));
  const { _id } = (await link("/b")) ?? { _id: "" };
  await store.collections.links.updateOne({ _id }, { $set: { sourceId: "others" } });
  await takeTurns(worker, site.host);
  expect([await link("/a"), await link("/b")]).toMatchObject([DONE, DONE]);
  expect(site.asked).toEqual(["/robots.txt", "/a", "/b"]);
  expect(led()).toEqual([site.host.replace("one.example", SITES["one.example"])]);
  expect(site.hits()).toBeGreaterThan(upstream.asked.length);
  const kept = await Promise.all(
    Object.values(store.collections).map((collection) => collection.find({}).toArray()),
  );
  expect(JSON.stringify(kept)).not.toContain("correct-horse");
});

test("a proxy that lets nobody through is told as such, and blames neither the host nor what else it has", async () => {
  const watched = await services.watchSite("refused", ["/a", "/b"], { source: SOURCE });
  const { store, site, worker, link } = watched;
  useProxy(watched, "ann:wrong");
  await store.collections.sources.insertOne(makeSource("others", { home: site.at("/") }));
  const { _id } = (await link("/b")) ?? { _id: "" };
  await store.collections.links.updateOne({ _id }, { $set: { sourceId: "others" } });
  await takeTurns(worker, site.host);
  const dead = await link("/a");
  expect(dead).toMatchObject({ state: "dead", reason: "proxy", attempts: 1 });
  expect(dead?.detail).toMatch(/env:SECRET_PROXY .*407/);
  expect(await link("/b")).toMatchObject(DONE);
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({
    failures: 0,
    robots: { state: "none" },
  });
  useProxy(watched);
  const again = { state: "due", dueAt: new Date(), attempts: 0, reason: null } as const;
  await store.collections.links.updateOne({ _id: dead?._id ?? "" }, { $set: again });
  await takeTurns(worker, site.host);
  expect(await link("/a")).toMatchObject(DONE);
});

test("in the browser all that a page asks for goes through it, and nothing to where the guard lets nobody", async () => {
  const watched = await services.watchSite("browser", ["/a"], {
    source: { ...SOURCE, render: "browser" },
    link: { lane: "browser" },
  });
  const { site, worker, link, openOther } = watched;
  useProxy(watched);
  const other = await openOther("two.example");
  other.pages["/x.js"] = (_, response) =>
    void response.setHeader("content-type", "text/javascript").end("1");
  const inside = ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost"].map(
    (host) => `http://${host}:${canary.port}/x.js`,
  );
  const scripts = [other.at("/x.js"), ...inside].map((url) => `<script src="${url}"></script>`);
  site.pages["/a"] = articlePage("Behind a proxy").replace("</article>", scripts.join(""));
  const hosts = new Map(Object.entries(SITES).map(([name, address]) => [name, [address]]));
  const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  const stack = new ReleaseStack();
  try {
    const proxy = await startProxy(guard);
    stack.add("proxy", () => proxy.close());
    const chained = chainedProxies((one) => startProxy(guard, undefined, one));
    stack.add("chained", () => chained.close());
    const browser = createBrowser({
      executablePath: await chromiumPath(),
      user: systemUser(),
      sandbox: true,
      proxy,
      through: chained.through,
      userAgent: "Newsgather/test",
    });
    stack.add("browser", () => browser.close());
    worker.deps.browser = createBrowserSessions(browser, 1);
    await takeTurns(worker, site.host, 0, "browser");
    expect(await link("/a")).toMatchObject(DONE);
    expect([site.host, other.host].map(proxy.addressOf)).toEqual([null, null]);
    expect(site.hits()).toBeGreaterThan(0);
    expect(other.asked).toEqual(["/x.js"]);
    const own = site.host.replace("one.example", SITES["one.example"]);
    const others = other.host.replace("two.example", SITES["two.example"]);
    expect(led().toSorted()).toEqual([own, others].toSorted());
    expect(canary.hits()).toBe(0);
    useProxy(watched, "ann:wrong");
    const due = { state: "due", dueAt: new Date(), attempts: 0, reason: null } as const;
    const { _id } = (await link("/a")) ?? { _id: "" };
    await watched.store.collections.links.updateOne({ _id }, { $set: due });
    await takeTurns(worker, site.host, 0, "browser");
    expect(await link("/a")).toMatchObject({ state: "dead", reason: "proxy" });
  } finally {
    await stack.close();
  }
});
