import { type Config, loadConfig, processEnv } from "../config/env.ts";
import { createProducer, type Producer } from "../queues/producer.ts";
import { articlesWithPending } from "../store/articles/articles.ts";
import { readOverview } from "../store/operations/overview.ts";
import { readProcesses } from "../store/operations/processes.ts";
import { headSeq } from "../store/publish/changes.ts";
import { ALL, getDay } from "../store/publish/days.ts";
import { activeSources } from "../store/sources/directory.ts";
import { readFill } from "../store/sources/quality.ts";
import type { Store } from "../store/store.ts";
import { roomOf } from "./roles/room.ts";
import { serviceAddresses, withStore } from "./services/use.ts";

/** Where things stand in a running newsgather. */
export type Status = Awaited<ReturnType<typeof readStatus>>;

/** Runs `use` with a reader of the status. Where no newsgather runs, the store alone answers. */
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
    /** Jobs by state, by queue; null where no newsgather runs. */
    queues: (await producer?.counts()) ?? null,
    stream: {
      head: await headSeq(store),
      pending: (await articlesWithPending(store, now, 1000)).length,
    },
    articles: (await getDay(store, ALL)).articles,
    disk: await roomOf(config, store, producer)(),
  };
}
