import type { Registry } from "prom-client";
import { cached } from "../../lib/async.ts";
import { addCoverage, budgetOf } from "../../model/sources/coverage.ts";
import { readMoves, readTierSizes } from "../../store/archive/body-moves.ts";
import { articlesWithPending } from "../../store/articles/articles.ts";
import { countOpenHosts, longestDue } from "../../store/crawl/hosts.ts";
import { readProcesses } from "../../store/operations/processes.ts";
import { headSeq } from "../../store/publish/changes.ts";
import { ALL_DAYS, getDay } from "../../store/publish/counters.ts";
import { listCoverage } from "../../store/sources/coverage.ts";
import { longestOverdue } from "../../store/sources/sources.ts";
import type { Deps } from "../../workers/deps.ts";
import { type Labelled, metricsIn } from "./context.ts";

const MAX_COUNTED_HOSTS = 10_000;

export function addInstallation(
  registry: Registry,
  { store, producer, now, diskSpace }: Deps,
): Registry {
  const { gauge, counter } = metricsIn(registry);
  const secondsSince = (at: Date | null | undefined) =>
    at ? (now().getTime() - at.getTime()) / 1000 : 0;
  const countJobs = async () =>
    Object.entries(await producer.counts()).flatMap(([queue, states]) =>
      Object.entries(states).map(([state, count]): Labelled => [{ queue, state }, count]),
    );
  gauge("queue_jobs", "Jobs by queue and state", countJobs, ["queue", "state"]);
  gauge("changes_head", "Number of the newest change of the stream", () => headSeq(store));
  gauge("changes_lag_seconds", "Age of the oldest change that isn't in the stream yet", async () =>
    secondsSince((await articlesWithPending(store, now(), 1))[0]?.pending[0]?.at),
  );
  gauge(
    "host_overdue_seconds",
    "Seconds by which the longest-waiting host is overdue, by lane",
    () =>
      Promise.all(
        (["http", "browser"] as const).map(async (lane): Promise<Labelled> => {
          return [{ lane }, secondsSince(await longestDue(store, lane, now()))];
        }),
      ),
    ["lane"],
  );
  gauge(
    "source_overdue_seconds",
    "Seconds by which the longest-waiting source is overdue",
    async () => secondsSince((await longestOverdue(store, now()))?.nextDueAt),
  );
  gauge("hosts_in_backoff", "Hosts that aren't fetched for a while because they kept failing", () =>
    countOpenHosts(store, now(), MAX_COUNTED_HOSTS),
  );
  gauge("articles_listed", "Articles that the portal lists", async () => {
    return (await getDay(store, ALL_DAYS)).articles;
  });
  gauge("disk_free_bytes", "Free disk space where data is stored, in bytes", async () => {
    return (await diskSpace()).free;
  });
  addCoverageMetrics(registry, store);
  const countTiers = (of: "bytes" | "bodies") => async () =>
    (await readTierSizes(store)).flatMap(({ tier, [of]: count }): Labelled[] =>
      count === null ? [] : [[{ tier }, count]],
    );
  gauge("tier_bytes", "Bytes of responses by tier, counted once an hour", countTiers("bytes"), [
    "tier",
  ]);
  gauge(
    "tier_bodies",
    "Bodies of responses that are stored outside the database",
    countTiers("bodies"),
    ["tier"],
  );
  counter("bodies_moved_total", "Bodies that were moved into another tier", async () => {
    return (await readMoves(store)).moved;
  });
  counter("body_moves_failed_total", "Moves of bodies that failed", async () => {
    return (await readMoves(store)).failed;
  });
  const countRestarts = (of: "restarts" | "replaced") => async () =>
    (await readProcesses(store, now())).map(
      ({ name, machine, [of]: count }): Labelled => [{ process: name, machine }, count],
    );
  counter("process_restarts_total", "Restarts of a supervised process", countRestarts("restarts"), [
    "process",
    "machine",
  ]);
  counter(
    "process_replacements_total",
    "Restarts that replaced a stuck process",
    countRestarts("replaced"),
    ["process", "machine"],
  );
  return registry;
}

const COVERAGE_TTL_MS = 2000;

function addCoverageMetrics(registry: Registry, store: Deps["store"]): void {
  const summaries = cached(() => listCoverage(store), { ttl: COVERAGE_TTL_MS, size: 1 });
  const readWindows = async () => {
    const all = await summaries.get("all");
    return [
      { window: "28d", counts: addCoverage(all.map((one) => one.total)) },
      { window: "1d", counts: addCoverage(all.map((one) => one.recent)) },
    ];
  };
  const readBudgets = async () =>
    (await summaries.get("all")).map(({ total, objective }) => budgetOf(total, objective));
  const { gauge } = metricsIn(registry);
  gauge(
    "coverage_articles",
    "Announced articles by window and by whether readers found them in time, late, or not at all",
    async () =>
      (await readWindows()).flatMap(({ window, counts }): Labelled[] => [
        [{ window, state: "in-time" }, counts.inTime],
        [{ window, state: "late" }, counts.late],
        [{ window, state: "missing" }, counts.missing],
      ]),
    ["window", "state"],
  );
  gauge(
    "coverage_ratio",
    "Share of the announced articles that readers found in time, by window",
    async () =>
      (await readWindows()).flatMap(({ window, counts }): Labelled[] => {
        const { inTime } = budgetOf(counts, { share: 1 });
        return inTime === null ? [] : [[{ window }, inTime]];
      }),
    ["window"],
  );
  gauge(
    "coverage_budget_remaining_ratio",
    "Remaining share of the error budget of all sources over 28 days; negative if more articles are late or missing than the objectives allow",
    async () => {
      const budgets = await readBudgets();
      const allowed = budgets.reduce((sum, one) => sum + one.allowed, 0);
      const spent = budgets.reduce((sum, one) => sum + one.spent, 0);
      return spent === 0 ? 1 : allowed === 0 ? -spent : 1 - spent / allowed;
    },
  );
  gauge(
    "coverage_sources_over_budget",
    "Sources that have spent their error budget",
    async () => (await readBudgets()).filter(({ remaining }) => remaining < 0).length,
  );
}
