import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { shortHash } from "../../lib/text.ts";
import type { Link, LinkKind } from "../../model/crawl/link.ts";
import { ensureHosts, getHost } from "../../store/crawl/hosts.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { readRobots } from "../../workers/fetch/host-files.ts";
import { holdSlot } from "../../workers/fetch/slot.ts";
import { type Canary, openCanary } from "../helpers/canary.ts";
import { makeLink } from "../helpers/links.ts";
import { ATTACKS } from "../helpers/spellings.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
let canary: Canary;
beforeAll(async () => {
  canary = await openCanary();
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(async () => {
  await services?.close();
  await canary?.close();
});

/** The spellings that need no name of their own: the scene has other ones. */
const HOSTS = ATTACKS.filter((host) => !/example/i.test(host));
const KINDS: LinkKind[] = ["feed", "sitemap", "listing", "article"];
const ignoreRobots = { reason: "so that nothing but the guard is in the way" };
const urlOf = (host: string) => `http://${host}:${canary.port}/news/a`;

/** Adds due links, gives their hosts a pace without a delay, and takes all turns. */
async function work({ store, worker }: WatchedSite, links: Link[]): Promise<void> {
  const hosts = [...new Set(links.map(({ host }) => host))];
  await ensureHosts(
    store,
    hosts.map((host) => ({ host, delay: 0, concurrency: 1 })),
  );
  await addLinks(store, links);
  await Promise.all(hosts.map((host) => takeTurns(worker, host)));
}

function linkTo(url: string, kind: LinkKind): Link {
  const dueAt = new Date(Date.now() - 1000);
  const host = new URL(url).host;
  return makeLink(shortHash(`${kind} ${url}`), { kind, url, foundUrl: url, host, dueAt });
}

const count = ({ store }: WatchedSite, filter: object) =>
  store.collections.links.countDocuments(filter);

test("links of every kind to an inner address are left out, with the reason", async () => {
  const watched = await services.watchSite("kinds", [], { source: { ignoreRobots } });
  const links = HOSTS.flatMap((host) => KINDS.map((kind) => linkTo(urlOf(host), kind)));
  await work(watched, links);
  expect(await count(watched, { state: "skipped", reason: "egress-refused" })).toBe(links.length);
  expect(links.length).toBeGreaterThan(4 * 60);
}, 120_000);

test("their robots.txt isn't asked for either: the host is left alone and says why", async () => {
  const watched = await services.watchSite("robots", []);
  const links = HOSTS.map((host) => linkTo(urlOf(host), "article"));
  await work(watched, links);
  expect(await count(watched, { state: "due", reason: "robots-unreachable" })).toBe(links.length);
  const host = await getHost(watched.store, `127.0.0.1:${canary.port}`);
  expect(host?.robots).toMatchObject({ state: "unreachable", detail: expect.any(String) });
});

test("a robots.txt that redirects to an inner address is not followed there", async () => {
  const { site, worker, store } = await services.watchSite("robots-hop", []);
  for (const spelled of HOSTS) {
    site.pages["/robots.txt"] = (_, response) => {
      const location = new URL("/robots.txt", urlOf(spelled)).href;
      response.writeHead(302, { location }).end();
    };
    const host = await getHost(store, site.host);
    const slot = await holdSlot(worker.deps, site.host, {
      token: spelled,
      delay: 0,
      concurrency: 1,
      startGap: 0,
    });
    if (!host || !slot.ok) throw new Error("no turn");
    await readRobots(worker.deps, host, site.at("/a"), { slot, proxy: null });
    const { robots } = (await getHost(store, site.host)) ?? {};
    expect([spelled, robots?.state]).toEqual([spelled, "unreachable"]);
  }
});

test("an article that redirects to an inner address is left out there", async () => {
  const allowHosts = HOSTS.map((host) => new URL(urlOf(host)).hostname);
  const watched = await services.watchSite("hop", [], { source: { ignoreRobots, allowHosts } });
  const links = HOSTS.slice(0, 64).map((host, index) => {
    watched.site.pages[`/${index}`] = (_, response) => {
      const location = `${new URL(urlOf(host)).href}?${index}`;
      response.writeHead(302, { location }).end();
    };
    return linkTo(watched.site.at(`/${index}`), "article");
  });
  await work(watched, links);
  const left = await watched.store.collections.links.find({ state: "due" }).toArray();
  expect(left.map(({ hops }) => hops.length)).toEqual(links.map(() => 1));
  await Promise.all(
    [...new Set(left.map(({ host }) => host))].map((host) => takeTurns(watched.worker, host)),
  );
  expect(await count(watched, { state: "skipped", reason: "egress-refused" })).toBe(links.length);
});

test("the canary heard nothing of all this", () => {
  expect([canary.hits(), canary.packets()]).toEqual([0, 0]);
});
