import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { scaled } from "../../../bench/world/scaled.ts";
import { startWorld, type World } from "../../../demo/world.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import type { Role } from "../../../queues/queues.ts";
import type { Store } from "../../../store/store.ts";
import { chromiumPath } from "../../helpers/chromium.ts";
import { measured } from "../../helpers/measured.ts";
import type { Place } from "../../helpers/newsgather.ts";
import { differencesOf, streamProblems } from "../../helpers/outcome.ts";
import { followPortals, type Portals } from "../../helpers/portals.ts";
import { openRoles, type RoleProcess, startRole } from "../../helpers/roles.ts";
import { isVerify } from "../../helpers/size.ts";

const executablePath = await chromiumPath();
/** Processes of each role, upgraded one by one in this order. */
const ROLES: Role[] = [
  "scheduler",
  "http",
  "browser",
  "api",
  "http",
  "scheduler",
  "browser",
  "http",
  "api",
];
/** One site is read in the midst of each upgrade, every third one in the browser. */
const ARTICLES = 20;
const isRendered = (index: number) => index % 3 === 1;

const LONG = { timeout: 300_000, interval: 200 };

const stack = new ReleaseStack();
let world: World;
let store: Store;
let portals: Portals;
/** Exit codes of the processes that were replaced. */
const ended: (number | null)[] = [];

/** A browser on a machine of its own, which all browser workers share. */
async function startBrowser(): Promise<string> {
  const remote = await chromium.launchServer({ executablePath, chromiumSandbox: false });
  stack.add("browser", () => remote.close());
  return remote.wsEndpoint();
}

/** Replaces each process by one of a later version, while a site that has just become known is read. */
async function upgradeAll(place: Place): Promise<void> {
  const running: RoleProcess[] = [];
  stack.add("roles", () => Promise.all(running.map((one) => one.stop())));
  portals = followPortals(() => running.flatMap(({ address }) => address ?? []));
  stack.add("readers", () => portals.close());
  running.push(...(await Promise.all(ROLES.map((role) => startRole(role, place.env)))));
  const announce = async (index: number) => {
    const [{ id, yaml } = { id: "", yaml: "" }] = world.sources.slice(index);
    const lane = isRendered(index) ? "render: browser" : "render: http";
    const text = yaml.replace("render: http", lane);
    await writeFile(join(place.sourcesDir, `${id}.yaml`), text);
    for (const { role, pid } of running) if (role === "scheduler") process.kill(pid, "SIGHUP");
    return id;
  };
  for (const [index, old] of [...running].entries()) {
    const sourceId = await announce(index);
    const [later] = await Promise.all([
      startRole(old.role, place.env, "later"),
      vi.waitUntil(() => store.collections.captures.findOne({ sourceId }), LONG),
    ]);
    running.splice(running.indexOf(old), 1, later);
    ended.push(await old.stop());
  }
}

describe.runIf(isVerify)(`${ROLES.length} processes, upgraded one by one under load`, () => {
  beforeAll(async () => {
    const size = { sites: ROLES.length, articles: ROLES.length * ARTICLES };
    const options = { ...size, delayMs: 250, concurrency: 1 };
    world = await startWorld({ port: 0, plan: (setting) => scaled(setting, options) });
    stack.add("world", () => world.close());
    const opened = await openRoles(stack, import.meta.filename, {
      NEWSGATHER_HOSTS: world.hosts,
      NEWSGATHER_ALLOW_NETWORKS: world.allowNetworks,
      NEWSGATHER_LISTEN: "127.0.0.1:0",
      NEWSGATHER_TICK: "500ms",
      NEWSGATHER_BROWSER_WS: await startBrowser(),
    });
    const { place } = opened;
    store = opened.store;
    await upgradeAll(place);
    const { articles } = world.truth;
    const stored = () => store.collections.articles.countDocuments();
    await vi.waitUntil(async () => (await stored()) >= articles.length, LONG);
    await vi.waitUntil(async () => (await streamProblems(store)).length === 0, LONG);
    await portals.untilRead(await store.collections.changes.countDocuments());
  }, 900_000);

  afterAll(() => stack.close(30_000));

  test("each ends in peace", () => {
    expect(ended).toEqual(ROLES.map(() => 0));
  });

  test("nothing is lost or doubled, and no host was asked too soon", async () => {
    const sourceIds = world.sources.map(({ id }) => id);
    expect(await differencesOf(store, world, { sourceIds })).toEqual([]);
    const pages = world.report().requests.filter(({ kind }) => kind === "page");
    const urls = pages.map(({ host, path }) => host + path);
    measured(
      `${ROLES.length} upgrades: ${world.truth.articles.length} articles, ${urls.length} pages, ` +
        `${urls.length - new Set(urls).size} of them a second time; ${portals.answers()} answers to readers`,
    );
  });

  test("readers were always served, each change once and in order", async () => {
    const { problems, unserved } = portals;
    expect({ problems, unserved: unserved() }).toEqual({ problems: [], unserved: 0 });
    expect(portals.seq()).toBe(await store.collections.changes.countDocuments());
  });
});
