import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { shortHash } from "../../../lib/hash.ts";
import type { Link, LinkKind } from "../../../model/link.ts";
import { ensureHosts, getHost } from "../../../store/hosts.ts";
import { addLinks } from "../../../store/links.ts";
import { holdSlot } from "../../../workers/turn/hold-slot.ts";
import { readRobots } from "../../../workers/turn/read-robots.ts";
import { type Canary, openCanary } from "../../helpers/canary.ts";
import { drive } from "../../helpers/line.ts";
import { makeLink } from "../../helpers/links.ts";
import { openStage, type Scene, type Stage } from "../../helpers/scene.ts";
import { ATTACKS } from "../../helpers/spellings.ts";

let stage: Stage;
let canary: Canary;
beforeAll(async () => {
  canary = await openCanary();
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage?.close();
  await canary?.close();
});

/** The spellings that need no name of their own: the scene has other ones. */
const HOSTS = ATTACKS.filter((host) => !/example/i.test(host));
const KINDS: LinkKind[] = ["feed", "sitemap", "listing", "article"];
const ignoreRobots = { reason: "so that nothing but the guard is in the way" };
const urlOf = (host: string) => `http://${host}:${canary.port}/news/a`;

/** Adds due links, gives their hosts a pace without a delay, and takes all turns. */
async function work({ store, line }: Scene, links: Link[]): Promise<void> {
  const hosts = [...new Set(links.map(({ host }) => host))];
  await ensureHosts(
    store,
    hosts.map((host) => ({ host, delay: 0, concurrency: 1 })),
  );
  await addLinks(store, links);
  await Promise.all(hosts.map((host) => drive(line, host)));
}

function linkTo(url: string, kind: LinkKind): Link {
  const dueAt = new Date(Date.now() - 1000);
  const host = new URL(url).host;
  return makeLink(shortHash(`${kind} ${url}`), { kind, url, foundUrl: url, host, dueAt });
}

const count = ({ store }: Scene, filter: object) => store.collections.links.countDocuments(filter);

test("links of every kind to an inner address are left out, with the reason", async () => {
  const scene = await stage.open("kinds", [], { source: { ignoreRobots } });
  const links = HOSTS.flatMap((host) => KINDS.map((kind) => linkTo(urlOf(host), kind)));
  await work(scene, links);
  expect(await count(scene, { state: "skipped", reason: "egress-refused" })).toBe(links.length);
  expect(links.length).toBeGreaterThan(4 * 60);
}, 120_000);

test("their robots.txt isn't asked for either: the host is left alone and says why", async () => {
  const scene = await stage.open("robots", []);
  const links = HOSTS.map((host) => linkTo(urlOf(host), "article"));
  await work(scene, links);
  expect(await count(scene, { state: "due", reason: "robots-unreachable" })).toBe(links.length);
  const host = await getHost(scene.store, `127.0.0.1:${canary.port}`);
  expect(host?.robots).toMatchObject({ state: "unreachable", detail: expect.any(String) });
});

test("a robots.txt that redirects to an inner address is not followed there", async () => {
  const { site, line, store } = await stage.open("robots-hop", []);
  for (const spelled of HOSTS) {
    site.pages["/robots.txt"] = (_, response) => {
      const location = new URL("/robots.txt", urlOf(spelled)).href;
      response.writeHead(302, { location }).end();
    };
    const host = await getHost(store, site.host);
    const slot = await holdSlot(line.deps, site.host, { token: spelled, delay: 0, concurrency: 1 });
    if (!host || !slot.ok) throw new Error("no turn");
    await readRobots(line.deps, host, site.at("/a"), { slot, proxy: null });
    const { robots } = (await getHost(store, site.host)) ?? {};
    expect([spelled, robots?.state]).toEqual([spelled, "unreachable"]);
  }
});

test("an article that redirects to an inner address is left out there", async () => {
  const allowHosts = HOSTS.map((host) => new URL(urlOf(host)).hostname);
  const scene = await stage.open("hop", [], { source: { ignoreRobots, allowHosts } });
  const links = HOSTS.slice(0, 64).map((host, index) => {
    scene.site.pages[`/${index}`] = (_, response) => {
      const location = `${new URL(urlOf(host)).href}?${index}`;
      response.writeHead(302, { location }).end();
    };
    return linkTo(scene.site.at(`/${index}`), "article");
  });
  await work(scene, links);
  const left = await scene.store.collections.links.find({ state: "due" }).toArray();
  expect(left.map(({ hops }) => hops.length)).toEqual(links.map(() => 1));
  await Promise.all(
    [...new Set(left.map(({ host }) => host))].map((host) => drive(scene.line, host)),
  );
  expect(await count(scene, { state: "skipped", reason: "egress-refused" })).toBe(links.length);
});

test("the canary heard nothing of all this", () => {
  expect([canary.hits(), canary.packets()]).toEqual([0, 0]);
});
