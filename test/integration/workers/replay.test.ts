import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readAudit } from "../../../store/audit.ts";
import { deadLinks } from "../../../store/dead-links.ts";
import { getHost } from "../../../store/hosts.ts";
import { closeFinishedRuns } from "../../../workers/close-runs.ts";
import { replay } from "../../../workers/replay.ts";
import { articlePage } from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

const asked = { by: "cli ada", reason: "their server is back", subject: "cities" };

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

test("a dead letter is found by source and cause, and replayed as a first try in a run of its own", async () => {
  const { store, site, worker, link } = await services.watchSite("replay", ["/a", "/b"]);
  site.pages["/a"] = (_, response) => response.writeHead(400).end("broken today");
  await takeTurns(worker, site.host);
  const now = worker.deps.now();
  const [letter, ...more] = await deadLinks(store, now, { cause: "bad-response", limit: 10 });
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ state: "dead", detail: "the server answered 400" });
  expect(await deadLinks(store, now, { cause: "timeout", limit: 10 })).toEqual([]);
  expect(await deadLinks(store, now, { sourceId: "elsewhere", limit: 10 })).toEqual([]);

  site.pages["/a"] = articlePage("Whole again");
  const alive = await link("/b");
  const letters = [letter, alive].flatMap((one) => one ?? []);
  expect(await replay(worker.deps, letters, asked)).toMatchObject({ links: 1, retired: [] });
  expect(await link("/a")).toMatchObject({ state: "due", attempts: 0, reason: null });
  expect((await getHost(store, site.host))?.nextTurnAt.http).toEqual(expect.any(Date));
  await takeTurns(worker, site.host);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "new", attempts: 1 });
  expect(await link("/b")).toEqual(alive);
  expect(await deadLinks(store, worker.deps.now(), { limit: 10 })).toEqual([]);
  worker.advance(61_000);
  await closeFinishedRuns(worker.deps);
  const run = await store.collections.runs.findOne({ trigger: "replay" });
  expect(run).toMatchObject({ open: false, counts: { links: 1, stored: 1 } });
});

test("a link that died on its way through redirects starts again at its first address", async () => {
  const { site, worker, link } = await services.watchSite("hops", ["/old"]);
  site.pages["/old"] = (_, response) => void response.writeHead(302, { location: "/new" }).end();
  site.pages["/new"] = (_, response) => response.writeHead(400).end();
  await takeTurns(worker, site.host);
  const dead = await link("/old");
  expect(dead).toMatchObject({ state: "dead", url: site.at("/new") });
  await replay(worker.deps, dead ? [dead] : [], asked);
  expect(await link("/old")).toMatchObject({ state: "due", url: site.at("/old"), hops: [] });
});

test("what belongs to a source that is gone stays dead, and is named", async () => {
  const { store, site, worker, link } = await services.watchSite("gone", ["/a"]);
  site.pages["/a"] = (_, response) => response.writeHead(400).end();
  await takeTurns(worker, site.host);
  await store.collections.sources.updateOne({ _id: "cities" }, { $set: { active: false } });
  const dead = await link("/a");
  expect(await replay(worker.deps, dead ? [dead] : [], asked)).toMatchObject({
    links: 0,
    retired: ["cities"],
  });
  const [noted] = await readAudit(store, { before: new Date(Date.now() + 60_000), limit: 5 });
  const detail = "0 links are due now; left alone, their source is gone: cities";
  expect(noted).toMatchObject({ ...asked, action: "link.replay", detail });
  expect(await link("/a")).toEqual(dead);
});
