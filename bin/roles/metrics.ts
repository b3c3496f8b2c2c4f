import type { FastifyInstance } from "fastify";
import { Counter, Histogram, type Registry } from "prom-client";
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
import { gaugesIn } from "./context.ts";

const MAX_COUNTED_HOSTS = 10_000;

export function addInstallation(
  registry: Registry,
  { store, producer, now, diskSpace }: Deps,
): Registry {
  const gauge = gaugesIn(registry);
  const secondsSince = (at: Date | null | undefined) =>
    at ? (now().getTime() - at.getTime()) / 1000 : 0;
  gauge(
    "queue_jobs",
    "Jobs by queue and state",
    async (jobs) => {
      for (const [queue, states] of Object.entries(await producer.counts())) {
        for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count);
      }
    },
    ["queue", "state"],
  );
  gauge("changes_head", "Number of the newest change of the stream", async (head) => {
    head.set(await headSeq(store));
  });
  gauge(
    "changes_lag_seconds",
    "Age of the oldest change that isn't in the stream yet",
    async (lag) => {
      const [oldest] = await articlesWithPending(store, now(), 1);
      lag.set(secondsSince(oldest?.pending[0]?.at));
    },
  );
  gauge(
    "host_overdue_seconds",
    "Seconds by which the longest-waiting host is overdue, by lane",
    async (overdue) => {
      for (const lane of ["http", "browser"] as const) {
        overdue.set({ lane }, secondsSince(await longestDue(store, lane, now())));
      }
    },
    ["lane"],
  );
  gauge(
    "source_overdue_seconds",
    "Seconds by which the longest-waiting source is overdue",
    async (overdue) =>
      overdue.set(secondsSince((await longestOverdue(store, now()))?.nextDueAt ?? null)),
  );
  gauge(
    "hosts_in_backoff",
    "Hosts that aren't fetched for a while because they kept failing",
    async (hosts) => hosts.set(await countOpenHosts(store, now(), MAX_COUNTED_HOSTS)),
  );
  gauge("articles_listed", "Articles that the portal lists", async (articles) => {
    articles.set((await getDay(store, ALL_DAYS)).articles);
  });
  gauge("disk_free_bytes", "Free disk space where data is stored, in bytes", async (disk) => {
    const { free } = await diskSpace();
    if (free !== null) disk.set(free);
  });
  addCoverageMetrics(registry, store);
  const tiers = (of: "bytes" | "bodies", help: string) =>
    gauge(
      `tier_${of}`,
      help,
      async (stored) => {
        for (const { tier, [of]: count } of await readTierSizes(store)) {
          if (count !== null) stored.set({ tier }, count);
        }
      },
      ["tier"],
    );
  tiers("bytes", "Bytes of responses by tier, counted once an hour");
  tiers("bodies", "Bodies of responses that are stored outside the database");
  const counter = (
    name: string,
    help: string,
    collect: (counter: Counter) => Promise<void>,
    labelNames: string[] = [],
  ) =>
    new Counter({
      name: `newsgather_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
  counter("bodies_moved_total", "Bodies that were moved into another tier", async (of) =>
    of.inc((await readMoves(store)).moved),
  );
  counter("body_moves_failed_total", "Moves of bodies that failed", async (of) =>
    of.inc((await readMoves(store)).failed),
  );
  const processCounter = (name: string, help: string, of: "restarts" | "replaced") =>
    counter(
      name,
      help,
      async (counts) => {
        for (const one of await readProcesses(store, now())) {
          counts.inc({ process: one.name, machine: one.machine }, one[of]);
        }
      },
      ["process", "machine"],
    );
  processCounter("process_restarts_total", "Restarts of a supervised process", "restarts");
  processCounter(
    "process_replacements_total",
    "Restarts that replaced a stuck process",
    "replaced",
  );
  return registry;
}

const COVERAGE_TTL_MS = 2000;

function addCoverageMetrics(registry: Registry, store: Deps["store"]): void {
  const summaries = cached(() => listCoverage(store), { ttl: COVERAGE_TTL_MS, size: 1 });
  const readWindows = async () => {
    const all = await summaries.get("all");
    return {
      "28d": addCoverage(all.map((one) => one.total)),
      "1d": addCoverage(all.map((one) => one.recent)),
    };
  };
  const readBudgets = async () =>
    (await summaries.get("all")).map(({ total, objective }) => budgetOf(total, objective));
  const gauge = gaugesIn(registry);
  gauge(
    "coverage_articles",
    "Announced articles by window and by whether readers found them in time, late, or not at all",
    async (of) => {
      for (const [window, { inTime, late, missing }] of Object.entries(await readWindows())) {
        of.set({ window, state: "in-time" }, inTime);
        of.set({ window, state: "late" }, late);
        of.set({ window, state: "missing" }, missing);
      }
    },
    ["window", "state"],
  );
  gauge(
    "coverage_ratio",
    "Share of the announced articles that readers found in time, by window",
    async (of) => {
      of.reset();
      for (const [window, counts] of Object.entries(await readWindows())) {
        const { inTime } = budgetOf(counts, { share: 1 });
        if (inTime !== null) of.set({ window }, inTime);
      }
    },
    ["window"],
  );
  gauge(
    "coverage_budget_remaining_ratio",
    "Remaining share of the error budget of all sources over 28 days; negative if more articles are late or missing than the objectives allow",
    async (of) => {
      const budgets = await readBudgets();
      const allowed = budgets.reduce((sum, one) => sum + one.allowed, 0);
      const spent = budgets.reduce((sum, one) => sum + one.spent, 0);
      of.set(spent === 0 ? 1 : allowed === 0 ? -spent : 1 - spent / allowed);
    },
  );
  gauge(
    "coverage_sources_over_budget",
    "Sources that have spent their error budget",
    async (of) => {
      of.set((await readBudgets()).filter(({ remaining }) => remaining < 0).length);
    },
  );
}

type Surface = "api" | "stream" | "feeds" | "admin" | "portal" | "nothing";

const SURFACES: readonly [RegExp, Surface][] = [
  [/^\/v1\/changes/, "stream"],
  [/^\/(?:v1|docs)\b/, "api"],
  [/^\/feeds\b/, "feeds"],
  [/^\/admin\b/, "admin"],
];
const UNMEASURED_PATHS = /^\/(?:healthz|readyz|metrics)$/;

/** Measures response times. Call it before the server has any routes. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: "newsgather_request_seconds",
    help: "Duration of requests to portal, API and admin, by surface and class of status",
    labelNames: ["surface", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  app.addHook("onResponse", async ({ routeOptions: { url } }, { statusCode, elapsedTime }) => {
    if (url !== undefined && UNMEASURED_PATHS.test(url)) return;
    const status = `${Math.floor(statusCode / 100)}xx`;
    seconds.observe({ surface: surfaceOf(url), status }, elapsedTime / 1000);
  });
}

function surfaceOf(route: string | undefined): Surface {
  if (route === undefined) return "nothing";
  return SURFACES.find(([begin]) => begin.test(route))?.[1] ?? "portal";
}
