import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { backfill } from "../../../bin/commands/sources/backfill.ts";
import { DAY_MS } from "../../../lib/time.ts";
import type { Link } from "../../../model/crawl/link.ts";
import type { Run } from "../../../model/crawl/outcome.ts";
import { ensureHosts } from "../../../store/crawl/hosts.ts";
import { addLinks, getLink } from "../../../store/crawl/links.ts";
import { findOpenRuns } from "../../../store/crawl/runs.ts";
import { type Tick, tick } from "../../../workers/schedule/tick.ts";
import { makeSource } from "../../helpers/articles.ts";
import { makeLink } from "../../helpers/links.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";

const ago = (ms: number) => new Date(Date.now() - ms);

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("as many links wait as the backlog may hold", () => {
  const BOUND = 3;
  let full: Tick;
  let belowBound: Tick;
  let ofPausedHost: Tick;
  beforeAll(async () => {
    const { store, worker } = await services.watchSite("backlog", []);
    await store.collections.sources.insertOne(makeSource("s1", { nextDueAt: ago(60_000) }));
    const dueAt = ago(1000);
    await addLinks(
      store,
      Array.from({ length: BOUND }, (_, n) => makeLink(`w${n}`, { dueAt })),
    );
    full = await tick(worker.deps, BOUND);
    const $set = { state: "done", dueAt: null } as const;
    await store.collections.links.updateOne({ _id: "w0" }, { $set });
    belowBound = await tick(worker.deps, BOUND);
    await addLinks(
      store,
      Array.from({ length: 3 * BOUND }, (_, n) =>
        makeLink(`p${n}`, { dueAt, host: "paused.example" }),
      ),
    );
    await ensureHosts(store, [{ host: "paused.example", delay: 10, concurrency: 1 }]);
    await store.collections.hosts.updateOne(
      { _id: "paused.example" },
      { $set: { openUntil: new Date(Date.now() + DAY_MS) } },
    );
    ofPausedHost = await tick(worker.deps, BOUND);
  });

  test("no new run is opened", () => {
    expect(full).toMatchObject({ crawls: 0, backlog: BOUND });
  });

  test("links of a paused host don't fill it", () => {
    expect(ofPausedHost).toMatchObject({ crawls: 1, backlog: null });
  });

  test("a run is opened again once a link is done", () => {
    expect(belowBound).toMatchObject({ crawls: 1, backlog: null });
  });
});

describe("a backfill of what a first run left as too old", () => {
  /** Links that are read at once: fewer than there are. */
  const SIZE = 3;
  let count: number;
  let links: Record<"fits" | "older", Link | null>;
  let runs: Run[];
  beforeAll(async () => {
    const { store } = await services.watchSite("backfill", []);
    await ensureHosts(store, [{ host: "cities.example", delay: 10, concurrency: 1 }]);
    const old = (id: string, days: number) =>
      makeLink(id, {
        state: "skipped",
        reason: "too-old",
        dueAt: null,
        hints: { publishedAt: ago(days * DAY_MS) },
      });
    const tooOld = Array.from({ length: 2 * SIZE }, (_, n) => old(`old-${n}`, 200));
    await addLinks(store, [...tooOld, old("fits", 60), makeLink("other", { dueAt: null })]);
    count = await backfill(store, "cities", ago(90 * DAY_MS), SIZE);
    links = { fits: await getLink(store, "fits"), older: await getLink(store, "old-1") };
    runs = await findOpenRuns(store, new Date(), 10);
  });

  test("it makes due again what is new enough", () => {
    expect(count).toBe(1);
    expect(links.fits).toMatchObject({ state: "due", reason: null, attempts: 0 });
  });

  test("it leaves what is older", () => {
    expect(links.older).toMatchObject({ state: "skipped", reason: "too-old" });
  });

  test("it is a run of its own", () => {
    expect(runs[0]).toMatchObject({ sourceId: "cities", trigger: "backfill", open: true });
    expect(links.fits?.runId).toBe(runs[0]?._id);
  });
});
