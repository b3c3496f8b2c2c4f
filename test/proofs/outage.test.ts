import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import type { Link } from "../../model/crawl/link.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { takeTurn } from "../../workers/flow.ts";
import { makeLink } from "../helpers/links.ts";
import { type Loopback, listen } from "../helpers/loopback.ts";
import { articlePage } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";

/** Unrelated sites: more than have to fail for an outage of our own. */
const SITES = 12;
const NAMES = Array.from({ length: SITES }, (_, n) => `town-${n}.example`);
const ADDRESS = "127.1.77.1";
const sites = Object.fromEntries(NAMES.map((name) => [name, ADDRESS]));

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** One server that stands for unrelated sites; it can go away and come back on its port. */
async function openWorld(name: string): Promise<{ watched: WatchedSite; world: World }> {
  const watched = await services.watchSite(name, [], { sites });
  const server = await serve(0);
  const hosts = NAMES.map((site) => `${site}:${server.port}`);
  await ensureHosts(
    watched.store,
    hosts.map((host) => ({ host, delay: 10, concurrency: 1 })),
  );
  const links = hosts.flatMap((host) =>
    ["/a", "/b"].map((path) => {
      const url = `http://${host}${path}`;
      return makeLink(urlKey(url), { url, host, dueAt: new Date(Date.now() - 1000) });
    }),
  );
  await addLinks(watched.store, links);
  return { watched, world: { hosts, server } };
}

interface World {
  hosts: string[];
  server: Loopback;
}

const serve = (port: number) =>
  listen(
    ADDRESS,
    (request, response) => {
      const page = request.url === "/robots.txt" ? "" : articlePage(`At ${request.headers.host}`);
      response.setHeader("content-type", "text/html").end(page);
    },
    port,
  );

/** One turn of each host. */
async function round({ worker }: WatchedSite, hosts: string[]) {
  const next = [];
  for (const host of hosts) next.push(await takeTurn(worker.deps, "http", { host, turn: 0 }));
  return next;
}

const waits = ({ store }: WatchedSite) => store.collections.links.find({ state: "due" }).toArray();

describe("our own network goes away", () => {
  describe("and comes back", () => {
    let problem: string | null;
    let links: Link[];
    let blamed: object[];
    let after: { problem: string | null; done: number; retried: number };
    beforeAll(async () => {
      const { watched, world } = await openWorld("away");
      const { worker, store } = watched;
      const { hosts, server } = world;
      await round(watched, hosts); // robots.txt
      await round(watched, hosts); // tdmrep.json
      await server.close();
      for (let turn = 0; turn < 3; turn++) {
        await round(watched, hosts);
        worker.advance(20_000);
      }
      problem = worker.deps.outage.problem();
      links = await waits(watched);
      const blame = { $or: [{ failures: { $gt: 0 } }, { openUntil: { $ne: null } }] };
      blamed = await store.collections.hosts.find(blame).toArray();

      const again = await serve(server.port);
      for (let turn = 0; turn < 6; turn++) {
        worker.advance(20_000);
        await round(watched, hosts);
      }
      await again.close();
      after = {
        problem: worker.deps.outage.problem(),
        done: await store.collections.links.countDocuments({ state: "done" }),
        retried: await store.collections.links.countDocuments({ attempts: { $gt: 1 } }),
      };
    });

    test("the worker says since when it is away", () => {
      expect(problem).toMatch(/^our own network has been down since .* \d+ unrelated/);
    });

    test("all links wait and no try of theirs counts", () => {
      expect(links).toHaveLength(2 * SITES);
      expect(links.filter(({ attempts }) => attempts > 0)).toEqual([]);
    });

    test("no host is blamed", () => {
      expect(blamed).toEqual([]);
    });

    test("all links are fetched by their first try once it is back", () => {
      expect(after).toEqual({ problem: null, done: 2 * SITES, retried: 0 });
    });
  });

  test("also before any robots.txt is known; then only one request at a time is tried", async () => {
    const { watched, world } = await openWorld("start");
    const { worker, store } = watched;
    await world.server.close();
    await round(watched, world.hosts);
    expect(worker.deps.outage.problem()).not.toBeNull();
    let tried = 0;
    const { http } = worker.deps;
    worker.deps.http = { ...http, get: (request) => (tried++, http.get(request)) };
    worker.advance(10_000);
    const before = worker.deps.now();
    const next = await round(watched, world.hosts);
    expect(tried).toBe(1);
    const paused = next.filter((one) => one !== "done" && one.at > before);
    expect(paused.length).toBeGreaterThanOrEqual(NAMES.length - 1);
    const unreachable = await store.collections.hosts.countDocuments({
      "robots.state": "unreachable",
    });
    expect(unreachable).toBeLessThan(8);
  });

  test("hosts that fail while another answers are to blame themselves", async () => {
    const { watched, world } = await openWorld("theirs");
    const { worker, store } = watched;
    const { hosts, server } = world;
    const fine = await watched.openOther("two.example");
    await ensureHosts(store, [{ host: fine.host, delay: 1, concurrency: 1 }]);
    const urls = NAMES.map((_, n) => fine.at(`/${n}`));
    await addLinks(
      store,
      urls.map((url) =>
        makeLink(urlKey(url), { url, host: fine.host, dueAt: new Date(Date.now() - 1000) }),
      ),
    );
    await round(watched, hosts); // robots.txt
    await round(watched, hosts); // tdmrep.json
    await server.close();
    for (const host of hosts) await round(watched, [host, fine.host]);
    expect(worker.deps.outage.problem()).toBeNull();
    expect(await store.collections.hosts.countDocuments({ failures: 1 })).toBe(hosts.length);
  });
});
