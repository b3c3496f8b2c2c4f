import type { Command } from "commander";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { percent } from "../../../lib/text.ts";
import { createProducer, type Producer } from "../../../queues/producer.ts";
import { articlesWithPending } from "../../../store/articles/articles.ts";
import { readOverview } from "../../../store/operations/overview.ts";
import { readProcesses } from "../../../store/operations/processes.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { ALL_DAYS, getDay } from "../../../store/publish/counters.ts";
import { readFill } from "../../../store/sources/learned.ts";
import { activeSources } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { openDiskSpace } from "../../open-store.ts";
import { plainTable, print, utc } from "../../output.ts";
import { serviceAddresses, withStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("status")
    .description("show sources, queues and the stream of a running instance")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const status = await withStatus((read) => read());
      print(status, json, statusTables);
    });
}

const PART_COLUMNS = ["part", "process", "since", "restarts", "replaced", "problem", "last end"];

function statusTables(status: Status): string {
  const sources = status.sources.map((source) => [
    source.id,
    shown(source.lastAttemptAt),
    shown(source.lastNewArticleAt),
    source.running ? "running" : shown(source.nextDueAt),
    percent(source.fill?.fieldScore),
    source.problem ?? "",
  ]);
  const queues = Object.entries(status.queues ?? {}).map(
    ([name, { waiting = 0, delayed = 0, active = 0 }]) => [name, waiting, delayed, active],
  );
  const { head, pending } = status.stream;
  const { free, low } = status.disk;
  const parts = status.processes.map((part) => [
    part.name,
    part.pid ?? "",
    shown(part.since),
    part.restarts,
    part.replaced,
    part.problem ?? "",
    part.lastExit ?? "",
  ]);
  const running = [
    plainTable(PART_COLUMNS, parts, { right: [1, 3, 4] }),
    plainTable(["queue", "waiting", "delayed", "active"], queues, { right: [1, 2, 3] }),
  ];
  return [
    ...(status.queues ? running : ["Newsgather isn't running here. `newsgather start` starts it."]),
    plainTable(["source", "last run", "last new article", "next", "fill", "problem"], sources, {
      none: "no active sources: `newsgather discover URL --write` adds one, `newsgather run --all` fetches the sources in the files",
    }),
    `articles listed: ${status.articles}; newest change: ${head}; articles with waiting changes: ${pending}; ` +
      `dead letters: ${status.deadLinks}; hosts paused after failures: ${status.openHosts.length}`,
    low ?? (free === null ? "" : `${(free / 1024 ** 3).toFixed(1)} GB of disk space free`),
  ].join("\n");
}

function shown(at: Date | null): string {
  return at ? utc(at) : "never";
}

export type Status = Awaited<ReturnType<typeof readStatus>>;

export async function withStatus<T>(use: (read: () => Promise<Status>) => Promise<T>): Promise<T> {
  const config = loadConfig(processEnv());
  const redisUrl = (await serviceAddresses(config))?.redisUrl;
  const producer = redisUrl ? createProducer({ redisUrl, prefix: config.queuePrefix }) : null;
  try {
    await producer?.ready();
    return await withStore(config, (store) => use(() => readStatus(config, store, producer)));
  } finally {
    await producer?.close();
  }
}

async function readStatus(config: Config, store: Store, producer: Producer | null) {
  const now = new Date();
  const overview = await readOverview(store, now);
  const fill = await readFill(store);
  return {
    at: now,
    processes: await readProcesses(store, now),
    sources: (await activeSources(store)).map((source) => ({
      id: source._id,
      lastAttemptAt: source.lastAttemptAt,
      lastSuccessAt: source.lastSuccessAt,
      lastNewArticleAt: source.lastNewArticleAt,
      nextDueAt: source.nextDueAt,
      running: source.openRunId !== null,
      problem: source.lastProblem,
      fill: fill.get(source._id) ?? null,
    })),
    openHosts: overview.openHosts,
    deadLinks: overview.deadLinks.length,
    queues: (await producer?.counts()) ?? null,
    stream: {
      head: await headSeq(store),
      pending: (await articlesWithPending(store, now, 1000)).length,
    },
    articles: (await getDay(store, ALL_DAYS)).articles,
    disk: await openDiskSpace(config, store, producer)(),
  };
}
