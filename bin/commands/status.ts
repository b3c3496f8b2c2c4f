import type { Command } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { articlesWithPending } from "../../store/articles.ts";
import { headSeq } from "../../store/changes.ts";
import { openStore } from "../../store/connect.ts";
import { ALL, getDay } from "../../store/days.ts";
import { readOverview } from "../../store/overview.ts";
import { readParts } from "../../store/parts.ts";
import { createProducer } from "../../workers/enqueue.ts";
import { CommandError } from "../exit.ts";
import { roomOf } from "../roles/room.ts";
import { serviceAddresses } from "../services.ts";
import { plainTable, utc } from "../table.ts";

/** `newsgather status`: where things stand. */
export function register(program: Command): void {
  program
    .command("status")
    .description("show sources, queues and the stream of a running newsgather")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const status = await readStatus();
      console.log(json ? JSON.stringify(status, null, 2) : tables(status));
    });
}

type Status = Awaited<ReturnType<typeof readStatus>>;

async function readStatus() {
  const config = loadConfig(processEnv());
  const addresses = await serviceAddresses(config);
  if (!addresses) throw new CommandError("unreachable", "no newsgather is running here");
  const { mongoUrl, redisUrl } = addresses;
  const store = await openStore(mongoUrl, { database: config.dbName });
  const producer = createProducer({ redisUrl, prefix: config.queuePrefix });
  try {
    await producer.ready();
    const now = new Date();
    const overview = await readOverview(store, now);
    return {
      at: now,
      parts: await readParts(store, now),
      sources: overview.sources.map((source) => ({
        id: source._id,
        lastAttemptAt: source.lastAttemptAt,
        lastSuccessAt: source.lastSuccessAt,
        lastNewArticleAt: source.lastNewArticleAt,
        nextDueAt: source.nextDueAt,
        running: source.openRunId !== null,
        problem: source.lastProblem,
        fill: overview.fill.get(source._id) ?? null,
      })),
      openHosts: overview.openHosts,
      deadLinks: overview.deadLinks.length,
      queues: await producer.counts(),
      stream: {
        head: await headSeq(store),
        pending: (await articlesWithPending(store, now, 1000)).length,
      },
      articles: (await getDay(store, ALL)).articles,
      disk: await roomOf(config, store)(),
    };
  } finally {
    await Promise.all([store.close(), producer.close()]);
  }
}

const PARTS = ["part", "process", "since", "restarts", "replaced", "problem", "last end"];

function tables(status: Status): string {
  const sources = status.sources.map((source) => [
    source.id,
    shown(source.lastAttemptAt),
    shown(source.lastNewArticleAt),
    source.running ? "running" : shown(source.nextDueAt),
    percent(source.fill?.completeness),
    source.problem ?? "",
  ]);
  const queues = Object.entries(status.queues).map(
    ([name, { waiting = 0, delayed = 0, active = 0 }]) => [name, waiting, delayed, active],
  );
  const { head, pending } = status.stream;
  const { free, low } = status.disk;
  const parts = status.parts.map((part) => [
    part.name,
    part.pid ?? "",
    shown(part.since),
    part.restarts,
    part.replaced,
    part.problem ?? "",
    part.lastExit ?? "",
  ]);
  return [
    plainTable(PARTS, parts, { right: [1, 3, 4] }),
    plainTable(["source", "last run", "last new article", "next", "fill", "problem"], sources),
    plainTable(["queue", "waiting", "delayed", "active"], queues, { right: [1, 2, 3] }),
    `${status.articles} articles listed; stream at ${head}, ${pending} articles with changes waiting; ` +
      `${status.deadLinks} dead links; ${status.openHosts.length} hosts left alone`,
    low ?? (free === null ? "" : `${(free / 1024 ** 3).toFixed(1)} GB of disk are free`),
  ].join("\n");
}

function percent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.round(share * 100)} %`;
}

function shown(at: Date | null): string {
  return at ? utc(at) : "never";
}
