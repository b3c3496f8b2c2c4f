import { DelayedError, type Job } from "bullmq";
import pLimit from "p-limit";
import { rereadArticles } from "../archive/reprocess/write.ts";
import { RETRY_POLICY } from "../config/retry-policy.ts";
import { Batcher } from "../lib/async.ts";
import { sleep } from "../lib/time.ts";
import type { Lane } from "../model/crawl/link.ts";
import {
  type CrawlPayload,
  crawlQueue,
  decodePayload,
  deliverQueue,
  exportQueue,
  fetchQueue,
  previewQueue,
  type QueueDefinition,
  type QueueName,
  renderQueue,
  rereadQueue,
  type TurnPayload,
} from "../queues/queues.ts";
import { hasAnnouncements } from "../store/crawl/links.ts";
import { isUnreachable } from "../store/queries.ts";
import { FAR_FUTURE } from "../store/store.ts";
import { announce } from "./announce/announce.ts";
import type { DeliverDeps } from "./deliver/attempt.ts";
import { deliver } from "./deliver/deliver.ts";
import type { Deps, Handler, JobContext, TurnDeps } from "./deps.ts";
import { type ExportDeps, runExport } from "./export/export.ts";
import { crawl, schedule, takeTurn } from "./flow.ts";
import { maintain } from "./maintain/maintain.ts";
import { previewInBrowser } from "./preview/preview.ts";

const ANNOUNCE_INTERVAL_MS = 1000;
const LATER_VERSION_DELAY_MS = 1000;

/** With less delay, a job could restart while BullMQ still moves it, and lose its lock. */
const MIN_DELAY_MS = 100;
/** A job waits up to `near` ms for its next link, but ends if it would then last over `all` ms. */
const JOB_STAY_MS = {
  http: { all: 2000, near: MIN_DELAY_MS },
  // A new browser context costs four times as much as an open one.
  browser: { all: 60_000, near: 5000 },
} as const satisfies Record<Lane, unknown>;

/** Up to `size` crawl jobs are handled together. A job waits up to `ms` ms for others. */
export const CRAWL_BATCH = { ms: 10, size: 50 };

/** Returns the handlers that need only the store and the queues. */
export function schedulerHandlers(deps: Deps): Partial<Record<QueueName, Handler>> {
  const crawls = new Batcher<CrawlPayload, void>(CRAWL_BATCH, (all) => crawl(deps, all));
  const oneByOne = pLimit(1);
  return {
    schedule: (_, { noteProgress }) => schedule({ ...deps, noteProgress }),
    crawl: withPayload(crawlQueue, (payload) =>
      crawls.add(payload).catch((error: unknown) => {
        if (isUnreachable(error)) throw error;
        // Another source of the batch can be the cause.
        return oneByOne(() => crawl(deps, [payload]));
      }),
    ),
    maintain: (_, { noteProgress }) => maintain({ ...deps, noteProgress }),
  };
}

export function browserHandlers(deps: TurnDeps) {
  return {
    render: turnHandler(deps, "browser", renderQueue),
    preview: withPayload(previewQueue, ({ previewId }, { closing }) =>
      previewInBrowser(deps, previewId, closing),
    ),
  } satisfies Partial<Record<QueueName, Handler>>;
}

export function httpHandlers(deps: TurnDeps) {
  return {
    fetch: turnHandler(deps, "http", fetchQueue),
    announce: async (job, { token, noteProgress }) => {
      await announce({ ...deps, noteProgress });
      if (await hasAnnouncements(deps.store, FAR_FUTURE))
        await delayJob(job, token, new Date(deps.now().getTime() + ANNOUNCE_INTERVAL_MS));
    },
    reread: withPayload(rereadQueue, ({ sourceId }, { noteProgress }) =>
      rereadArticles({ ...deps, noteProgress }, sourceId),
    ),
  } satisfies Partial<Record<QueueName, Handler>>;
}

export function deliverHandlers(deps: DeliverDeps): Partial<Record<QueueName, Handler>> {
  return {
    deliver: withPayload(deliverQueue, ({ subscriberId }, { noteProgress }) =>
      deliver({ ...deps, noteProgress }, subscriberId),
    ),
  };
}

export function exportHandlers(deps: ExportDeps): Partial<Record<QueueName, Handler>> {
  return {
    export: withPayload(exportQueue, ({ exportId }) => runExport(deps, exportId)),
  };
}

function turnHandler(deps: TurnDeps, lane: Lane, queue: QueueDefinition<TurnPayload>): Handler {
  const { all, near } = JOB_STAY_MS[lane];
  return withPayload(queue, async (payload, { token, closing, noteProgress }, job) => {
    for (const began = performance.now(); ; ) {
      const next = await takeTurn({ ...deps, noteProgress }, lane, payload).catch((err) => {
        if (!isUnreachable(err)) throw err;
        deps.log.warn(
          { err, jobId: job.id },
          "can't reach the database; trying this job again later",
        );
        // A failed job would have to wait for a later tick.
        return { at: new Date(deps.now().getTime() + RETRY_POLICY.database.delayMs) };
      });
      noteProgress();
      if (next === "done") return null;
      const wait = next.at.getTime() - deps.now().getTime();
      const stays = wait <= near && performance.now() - began + wait <= all;
      if (stays) await sleep(wait, closing);
      if (!stays || closing.aborted) return delayJob(job, token, next.at);
    }
  });
}

function withPayload<Payload>(
  queue: QueueDefinition<Payload>,
  work: (payload: Payload, context: JobContext, job: Job) => Promise<unknown>,
): Handler {
  return async (job, context) => {
    const payload = decodePayload(queue, job.data);
    if (payload === null)
      return delayJob(job, context.token, new Date(Date.now() + LATER_VERSION_DELAY_MS));
    return work(payload, context, job);
  };
}

async function delayJob(job: Job, token: string | undefined, at: Date): Promise<never> {
  await job.moveToDelayed(Math.max(at.getTime(), Date.now() + MIN_DELAY_MS), token);
  throw new DelayedError();
}
