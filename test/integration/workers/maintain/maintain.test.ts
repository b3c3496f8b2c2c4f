import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { MINUTE_MS } from "../../../../lib/time.ts";
import { newRun } from "../../../../store/crawl/runs.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import { maintain } from "../../../../workers/maintain/maintain.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

test("An hour of upkeep makes each source due that no run would have fetched again", async () => {
  const { store, worker } = await services.watchSite("stranded", []);
  const { sources, runs } = store.collections;
  const later = new Date(Date.now() + 10 * 60 * MINUTE_MS);
  const paused = { reason: "they move", actor: "cli", at: new Date() };
  await sources.insertMany([
    makeSource("closed-run", { nextDueAt: later, openRunId: "over" }),
    makeSource("no-run", { nextDueAt: later, openRunId: "gone" }),
    makeSource("not-due", { nextDueAt: null }),
    makeSource("running", { nextDueAt: later, openRunId: "open" }),
    makeSource("paused", { nextDueAt: null, pausedByOperator: paused }),
    makeSource("retired", { nextDueAt: null, active: false }),
  ]);
  const run = (_id: string, open: boolean) => ({
    ...newRun(makeSource("running"), { _id, trigger: "schedule", startedAt: new Date() }),
    openOf: _id,
    open,
  });
  await runs.insertMany([run("over", false), run("open", true)]);
  for (let minute = 0; minute < 60; minute++) {
    await maintain(worker.deps);
    worker.advance(MINUTE_MS);
  }
  const due = (id: string) => getSource(store, id);
  for (const id of ["closed-run", "no-run", "not-due"]) {
    expect(await due(id)).toMatchObject({ openRunId: null, nextDueAt: expect.any(Date) });
    expect(Number((await due(id))?.nextDueAt)).toBeLessThan(later.getTime());
  }
  expect(await due("running")).toMatchObject({ openRunId: "open", nextDueAt: later });
  expect(await due("paused")).toMatchObject({ nextDueAt: null });
  expect(await due("retired")).toMatchObject({ nextDueAt: null });
});
