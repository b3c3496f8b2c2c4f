import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addInstallation } from "../../../../bin/roles/metrics.ts";
import { emptyCoverage, newCoverage } from "../../../../model/sources/coverage.ts";
import type { Store } from "../../../../store/store.ts";
import type { Deps } from "../../../../workers/deps.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-28T12:00:00Z");

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("metrics");
});
afterAll(() => database.close());

test("Prometheus reads coverage of all sources together, in the same scrape", async () => {
  const objective = { share: 0.99, within: 1 };
  const begin = { since: NOW, nextProbeAt: NOW, objective, now: NOW };
  const counts = (inTime: number, late: number, missing: number) => {
    return { ...emptyCoverage(), inTime, late, missing };
  };
  await store.collections.coverage.insertMany([
    { ...newCoverage("one", begin), total: counts(95, 4, 1), recent: counts(9, 1, 0) },
    { ...newCoverage("two", begin), total: counts(300, 0, 0), recent: counts(10, 0, 0) },
  ]);
  const registry = addInstallation(new Registry(), {
    store,
    producer: { counts: () => Promise.resolve({}) },
    now: () => NOW,
    diskSpace: () => Promise.resolve({ free: 1, low: null, tight: null }),
  } as unknown as Deps);
  const lines = (await registry.metrics()).split("\n");
  expect(lines.filter((line) => line.startsWith("newsgather_coverage_"))).toEqual([
    'newsgather_coverage_articles{window="28d",state="in-time"} 395',
    'newsgather_coverage_articles{window="28d",state="late"} 4',
    'newsgather_coverage_articles{window="28d",state="missing"} 1',
    'newsgather_coverage_articles{window="1d",state="in-time"} 19',
    'newsgather_coverage_articles{window="1d",state="late"} 1',
    'newsgather_coverage_articles{window="1d",state="missing"} 0',
    'newsgather_coverage_ratio{window="28d"} 0.9875',
    'newsgather_coverage_ratio{window="1d"} 0.95',
    "newsgather_coverage_budget_remaining_ratio -0.25",
    "newsgather_coverage_sources_over_budget 1",
  ]);
});
