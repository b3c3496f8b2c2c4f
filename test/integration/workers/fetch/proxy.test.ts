import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSecrets } from "../../../../config/secrets.ts";
import { createBrowser } from "../../../../crawler/browser/browser.ts";
import { chainedProxies, startProxy } from "../../../../crawler/browser/proxy.ts";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { proxiesIn } from "../../../../crawler/http/http.ts";
import { ReleaseStack } from "../../../../lib/async.ts";
import { createBrowserSessions } from "../../../../workers/render/browser-sessions.ts";
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
  all.add("services", () => services.close());
  upstream = await startUpstream(CREDENTIALS);
  all.add("upstream", () => upstream.close());
  canary = await openCanary();
  all.add("canary", () => canary.close());
});
afterEach(() => services.closeSites());
afterAll(() => all.close());

function useProxy({ worker }: WatchedSite, credentials = CREDENTIALS): void {
  const secrets = createSecrets({ SECRET_PROXY: `http://${credentials}@${upstream.at}` }, null);
  worker.deps.proxyOf = proxiesIn(secrets);
}

/** A site of which `/a` belongs to a source with a proxy, and `/b` to one without. */
async function openTwoSources(name: string): Promise<WatchedSite> {
  upstream.requests.length = 0;
  const watched = await services.watchSite(name, ["/a", "/b"], { source: SOURCE });
  const { store, site, link } = watched;
  await store.collections.sources.insertOne(makeSource("others", { home: site.at("/") }));
  const { _id } = (await link("/b")) ?? { _id: "" };
  await store.collections.links.updateOne({ _id }, { $set: { sourceId: "others" } });
  return watched;
}

/** Addresses that the proxy was asked for, each once. */
const proxied = () => [...new Set(upstream.requests)];
const DONE = { state: "done", outcome: "new" };
const DUE_AGAIN = { state: "due", attempts: 0, reason: null } as const;

describe("a source with a proxy, beside one without on the same host", () => {
  const fetchBoth = async () => {
    const watched = await openTwoSources("through");
    const { store, site, worker, link } = watched;
    useProxy(watched);
    await takeTurns(worker, site.host);
    const stored = await Promise.all(
      Object.values(store.collections).map((collection) => collection.find({}).toArray()),
    );
    return {
      links: [await link("/a"), await link("/b")],
      paths: [...site.requests],
      hits: site.hits(),
      address: site.host.replace("one.example", SITES["one.example"]),
      proxied: proxied(),
      requests: upstream.requests.length,
      stored: JSON.stringify(stored),
    };
  };
  let fetched: Awaited<ReturnType<typeof fetchBoth>>;
  beforeAll(async () => {
    fetched = await fetchBoth();
  });

  test("The pages of both are fetched", () => {
    expect(fetched.links).toMatchObject([DONE, DONE]);
    expect(fetched.paths).toEqual(["/robots.txt", "/a", "/b"]);
  });

  test("Pages of the source come through its proxy", () => {
    expect(fetched.proxied).toEqual([fetched.address]);
  });

  test("Pages of other sources don't come through it", () => {
    expect(fetched.hits).toBeGreaterThan(fetched.requests);
  });

  test("The database doesn't hold the proxy's password", () => {
    expect(fetched.stored).not.toContain("correct-horse");
  });
});

describe("a proxy that refuses its credentials", () => {
  const fetchTwice = async () => {
    const watched = await openTwoSources("refused");
    const { store, site, worker, link } = watched;
    useProxy(watched, "ann:wrong");
    await takeTurns(worker, site.host);
    const [deadLetter, others] = [await link("/a"), await link("/b")];
    const host = await store.collections.hosts.findOne({ _id: site.host });
    useProxy(watched);
    const set = { ...DUE_AGAIN, dueAt: new Date() };
    await store.collections.links.updateOne({ _id: deadLetter?._id ?? "" }, { $set: set });
    await takeTurns(worker, site.host);
    return { deadLetter, others, host, repaired: await link("/a") };
  };
  let refused: Awaited<ReturnType<typeof fetchTwice>>;
  beforeAll(async () => {
    refused = await fetchTwice();
  });

  test("A page of its source is a dead letter that names the proxy's secret and its answer", () => {
    expect(refused.deadLetter).toMatchObject({
      state: "dead-letter",
      reason: "proxy",
      attempts: 1,
    });
    expect(refused.deadLetter?.detail).toMatch(/env:SECRET_PROXY .*407/);
  });

  test("Pages of other sources of the host are fetched", () => {
    expect(refused.others).toMatchObject(DONE);
  });

  test("It doesn't count as a failure of the host", () => {
    expect(refused.host).toMatchObject({ failures: 0, robots: { state: "none" } });
  });

  test("The page is fetched once the credentials are right", () => {
    expect(refused.repaired).toMatchObject(DONE);
  });
});

describe("a source with a proxy in the browser", () => {
  const renderTwice = async (stack: ReleaseStack) => {
    upstream.requests.length = 0;
    const watched = await services.watchSite("browser", ["/a"], {
      source: { ...SOURCE, render: "browser" },
      link: { lane: "browser" },
    });
    const { store, site, worker, link, openOther } = watched;
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
    const proxy = await startProxy(guard);
    stack.add("proxy", () => proxy.close());
    const chained = chainedProxies((one) => startProxy(guard, one));
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
    const rendered = {
      link: await link("/a"),
      direct: [site.host, other.host].map(proxy.addressOf),
      hits: site.hits(),
      requestsOfOther: [...other.requests],
      own: site.host.replace("one.example", SITES["one.example"]),
      others: other.host.replace("two.example", SITES["two.example"]),
      proxied: proxied(),
      inside: canary.hits(),
    };
    useProxy(watched, "ann:wrong");
    const { _id = "" } = rendered.link ?? {};
    const set = { ...DUE_AGAIN, dueAt: new Date() };
    await store.collections.links.updateOne({ _id }, { $set: set });
    await takeTurns(worker, site.host, 0, "browser");
    return { ...rendered, refused: await link("/a") };
  };
  let page: Awaited<ReturnType<typeof renderTwice>>;
  beforeAll(async () => {
    const stack = new ReleaseStack();
    try {
      page = await renderTwice(stack);
    } finally {
      await stack.close();
    }
  });

  test("The page and what it loads from other hosts come through the proxy", () => {
    expect(page.link).toMatchObject(DONE);
    expect(page.hits).toBeGreaterThan(0);
    expect(page.requestsOfOther).toEqual(["/x.js"]);
    expect(page.proxied.toSorted()).toEqual([page.own, page.others].toSorted());
  });

  test("Nothing of it comes past the proxy", () => {
    expect(page.direct).toEqual([null, null]);
  });

  test("What it loads from our own network is not asked for", () => {
    expect(page.inside).toBe(0);
  });

  test("A proxy that refuses its credentials makes the page a dead letter", () => {
    expect(page.refused).toMatchObject({ state: "dead-letter", reason: "proxy" });
  });
});
