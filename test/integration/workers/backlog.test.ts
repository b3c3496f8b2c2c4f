import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { backfill } from "../../../bin/commands/backfill.ts";
import { LIMITS } from "../../../config/limits.ts";
import { ensureHosts } from "../../../store/hosts.ts";
import { addLinks, getLink } from "../../../store/links.ts";
import { openRuns } from "../../../store/runs.ts";
import { tick } from "../../../workers/schedule.ts";
import { makeSource } from "../../helpers/articles.ts";
import { makeLink } from "../../helpers/links.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";

const ago = (ms: number) => new Date(Date.now() - ms);
const DAY = 86_400_000;

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

test("no new run is opened while more links wait than the backlog allows", async () => {
  const { store, worker } = await services.watchSite("backlog", []);
  await store.collections.sources.insertOne(makeSource("s1", { nextDueAt: ago(60_000) }));
  const dueAt = ago(1000);
  const waiting = Array.from({ length: LIMITS.backlog }, (_, n) => makeLink(`w${n}`, { dueAt }));
  await addLinks(store, waiting);
  expect(await tick(worker.deps)).toMatchObject({ crawls: 0, backlog: LIMITS.backlog });

  await store.collections.links.updateOne({ _id: "w0" }, { $set: { state: "done", dueAt: null } });
  expect(await tick(worker.deps)).toMatchObject({ crawls: 1, backlog: null });
});

test("a backfill takes what is new enough among all that a first run left, as a run of its own", async () => {
  const { store } = await services.watchSite("backfill", []);
  await ensureHosts(store, [{ host: "cities.example", delay: 10, concurrency: 1 }]);
  const old = (id: string, days: number) =>
    makeLink(id, {
      state: "skipped",
      reason: "too-old",
      dueAt: null,
      hints: { publishedAt: ago(days * DAY) },
    });
  const tooOld = Array.from({ length: 600 }, (_, n) => old(`old-${n}`, 200));
  await addLinks(store, [...tooOld, old("fits", 60), makeLink("other", { dueAt: null })]);

  expect(await backfill(store, "cities", ago(90 * DAY))).toBe(1);
  expect(await getLink(store, "fits")).toMatchObject({ state: "due", reason: null, attempts: 0 });
  expect(await getLink(store, "old-1")).toMatchObject({ state: "skipped", reason: "too-old" });
  const [run] = await openRuns(store, new Date(), 10);
  expect(run).toMatchObject({ sourceId: "cities", trigger: "backfill", open: true });
  expect((await getLink(store, "fits"))?.runId).toBe(run?._id);
});
