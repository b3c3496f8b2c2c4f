import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Link } from "../../../model/crawl/link.ts";
import type { Run } from "../../../model/crawl/outcome.ts";
import { replay } from "../../../sources/operations.ts";
import { getHost } from "../../../store/crawl/hosts.ts";
import { deadLinks } from "../../../store/crawl/links.ts";
import { readAudit } from "../../../store/operations/audit.ts";
import { closeFinishedRuns } from "../../../workers/schedule/close-runs.ts";
import { articlePage } from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

const request = { actor: "cli ada", reason: "their server is back", subject: "cities" };

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("a dead letter", () => {
  let found: Record<"byCause" | "byOtherCause" | "bySource" | "byOtherSource", Link[]>;
  let liveLink: Record<"before" | "after", Link | null>;
  let replayed: object;
  let due: Link | null;
  let nextTurnAt: Date | null | undefined;
  let fetched: Link | null;
  let left: Link[];
  let run: Run | null;
  beforeAll(async () => {
    const { store, site, worker, link } = await services.watchSite("replay", ["/a", "/b"]);
    site.pages["/a"] = (_, response) => response.writeHead(400).end("broken today");
    await takeTurns(worker, site.host);
    const findDead = (filter: Partial<Parameters<typeof deadLinks>[2]>) =>
      deadLinks(store, worker.deps.now(), { limit: 10, ...filter });
    found = {
      byCause: await findDead({ cause: "bad-response" }),
      byOtherCause: await findDead({ cause: "timeout" }),
      bySource: await findDead({ sourceId: "cities" }),
      byOtherSource: await findDead({ sourceId: "elsewhere" }),
    };
    site.pages["/a"] = articlePage("Whole again");
    const before = await link("/b");
    const letters = [found.byCause[0], before].flatMap((one) => one ?? []);
    replayed = await replay(worker.deps, letters, request);
    due = await link("/a");
    nextTurnAt = (await getHost(store, site.host))?.nextTurnAt.http;
    await takeTurns(worker, site.host);
    fetched = await link("/a");
    liveLink = { before, after: await link("/b") };
    left = await findDead({});
    worker.advance(61_000);
    await closeFinishedRuns(worker.deps);
    run = await store.collections.runs.findOne({ trigger: "replay" });
  });

  test("it is found by its cause, with the answer that ended it", () => {
    expect(found.byCause).toHaveLength(1);
    expect(found.byCause[0]).toMatchObject({
      state: "dead-letter",
      detail: "the server answered 400",
    });
  });

  test("it is found by its source", () => {
    expect(found.bySource).toEqual(found.byCause);
  });

  test("it is not found by another cause", () => {
    expect(found.byOtherCause).toEqual([]);
  });

  test("it is not found by another source", () => {
    expect(found.byOtherSource).toEqual([]);
  });

  test("a replay makes it due as if it had never been tried", () => {
    expect(replayed).toMatchObject({ links: 1, retired: [] });
    expect(due).toMatchObject({ state: "due", attempts: 0, reason: null });
  });

  test("a replay gives its host a turn", () => {
    expect(nextTurnAt).toEqual(expect.any(Date));
  });

  test("it is fetched by the first try after its replay", () => {
    expect(fetched).toMatchObject({ state: "done", outcome: "new", attempts: 1 });
  });

  test("a replay leaves a link that is not dead as it was", () => {
    expect(liveLink.after).toEqual(liveLink.before);
  });

  test("it is no longer found once it was fetched", () => {
    expect(left).toEqual([]);
  });

  test("its replay is a run of its own", () => {
    expect(run).toMatchObject({ open: false, counts: { links: 1, stored: 1 } });
  });
});

test("a link that died on its way through redirects starts again at its first URL", async () => {
  const { site, worker, link } = await services.watchSite("hops", ["/old"]);
  site.pages["/old"] = (_, response) => void response.writeHead(302, { location: "/new" }).end();
  site.pages["/new"] = (_, response) => response.writeHead(400).end();
  await takeTurns(worker, site.host);
  const findDead = await link("/old");
  expect(findDead).toMatchObject({ state: "dead-letter", url: site.at("/new") });
  await replay(worker.deps, findDead ? [findDead] : [], request);
  expect(await link("/old")).toMatchObject({ state: "due", url: site.at("/old"), hops: [] });
});

describe("a dead letter of a source that is gone", () => {
  let links: Record<"before" | "after", Link | null>;
  let replayed: object;
  let noted: object | undefined;
  beforeAll(async () => {
    const { store, site, worker, link } = await services.watchSite("gone", ["/a"]);
    site.pages["/a"] = (_, response) => response.writeHead(400).end();
    await takeTurns(worker, site.host);
    await store.collections.sources.updateOne({ _id: "cities" }, { $set: { active: false } });
    const before = await link("/a");
    replayed = await replay(worker.deps, before ? [before] : [], request);
    const latest = { before: new Date(Date.now() + 60_000), limit: 5 };
    [noted] = await readAudit(store, latest);
    links = { before, after: await link("/a") };
  });

  test("a replay leaves it dead", () => {
    expect(links.after).toEqual(links.before);
  });

  test("a replay names its source", () => {
    expect(replayed).toMatchObject({ links: 0, retired: ["cities"] });
  });

  test("the audit log says that its source is gone", () => {
    const detail = "links that are due now: 0; skipped, because the source is gone: cities";
    expect(noted).toMatchObject({ ...request, action: "link.replay", detail });
  });
});
