import type { Command } from "@commander-js/extra-typings";
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
import { plainTable, print, utcOrNever } from "../../output.ts";
import { serviceAddresses, withStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("status")
    .description("show sources, queues and the stream of a running instance")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const status = await withStatus((read) => read());
      print(status, json, statusTables);
    });
}

const PART_COLUMNS = ["part", "process", "since", "restarts", "replaced", "problem", "last end"];

function statusTables(status: Status): string {
  const sources = status.sources.map((source) => [
    source.id,
    utcOrNever(source.lastAttemptAt),
    utcOrNever(source.lastNewArticleAt),
    source.running ? "running" : utcOrNever(source.nextDueAt),
    percent(source.fill?.fieldScore),
    source.problem ?? "",
  ]);
  const { head, pending } = status.stream;
  const parts = status.processes.map((part) => [
    part.name,
    part.pid ?? "",
    utcOrNever(part.since),
    part.restarts,
    part.replaced,
    part.problem ?? "",
    part.lastExit ?? "",
  ]);
  const running = [plainTable(PART_COLUMNS, parts, { right: [1, 3, 4] }), queueTable(status)];
  return [
    ...(status.queues ? running : ["Newsgather isn't running here. `newsgather start` starts it."]),
    plainTable(["source", "last run", "last new article", "next", "fill", "problem"], sources, {
      none: "no active sources: `newsgather discover URL --write` adds one, `newsgather run --all` fetches the sources in the files",
    }),
    `articles listed: ${status.articles}; newest change: ${head}; articles with waiting changes: ${pending}; ` +
      `dead letters: ${status.deadLinks}; hosts paused after failures: ${status.openHosts.length}`,
    diskText(status.disk, "GB of disk space free"),
  ].join("\n");
}

/** Formats the queues; with an earlier status, also how many waiting jobs came or went since. */
export function queueTable(status: Status, before: Status | null = null): string {
  const rows = Object.entries(status.queues ?? {}).map(([name, now]) => {
    const { waiting = 0, delayed = 0, active = 0 } = now;
    const moved = before ? waiting - (before.queues?.[name]?.["waiting"] ?? 0) : 0;
    const since = moved === 0 ? "" : ` (${moved > 0 ? "+" : ""}${moved})`;
    return [name, `${waiting}${since}`, delayed, active];
  });
  return plainTable(["queue", "waiting", "delayed", "active"], rows, { right: [1, 2, 3] });
}

/** Says how much disk space is free, or why that is too little; empty if unknown. */
export function diskText({ free, low }: Status["disk"], unit: string): string {
  return low ?? (free === null ? "" : `${(free / 1024 ** 3).toFixed(1)} ${unit}`);
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
