import type { Job } from "bullmq";
import { DelayedError } from "bullmq";
import type { Lane } from "../model/link.ts";
import { CrawlPayload } from "../queues/crawl.ts";
import { DeliverPayload } from "../queues/deliver.ts";
import { TurnPayload } from "../queues/fetch.ts";
import type { QueueName } from "../queues/pipeline.ts";
import { isUnreachable } from "../store/errors.ts";
import { crawl } from "./crawl.ts";
import { type DeliverDeps, deliver } from "./deliver/deliver.ts";
import type { Deps, TurnDeps } from "./deps.ts";
import { maintain } from "./maintain.ts";
import { tick } from "./schedule.ts";
import { takeTurn } from "./turn.ts";

/** What a queue's worker does with one job. */
export type Handler = (job: Job, token: string | undefined) => Promise<unknown>;

/** Handlers that need the store and the queues only. */
export function schedulerHandlers(deps: Deps): Partial<Record<QueueName, Handler>> {
  return {
    schedule: () => tick(deps),
    crawl: (job) => crawl(deps, CrawlPayload.parse(job.data)),
    maintain: () => maintain(deps),
  };
}

/** Handlers that need the way out or the parsers. */
export function turnHandlers(deps: TurnDeps): Partial<Record<QueueName, Handler>> {
  return {
    fetch: turnHandler(deps, "http"),
    render: turnHandler(deps, "browser"),
  };
}

/** Handlers that hand subscribers what is new. */
export function deliverHandlers(deps: DeliverDeps): Partial<Record<QueueName, Handler>> {
  return {
    deliver: (job) => deliver(deps, DeliverPayload.parse(job.data).subscriberId),
  };
}

/** A turn that found no database is taken again after so long, ms: a failed job would wait for a later tick. */
const AGAIN = 1000;

/** A host's job takes a turn and moves itself to the next one: one job start per request. */
function turnHandler(deps: TurnDeps, lane: Lane): Handler {
  return async (job, token) => {
    const next = await takeTurn(deps, lane, TurnPayload.parse(job.data)).catch((err) => {
      if (!isUnreachable(err)) throw err;
      deps.log.warn({ err, jobId: job.id }, "database can't be reached; the turn is taken again");
      return { at: new Date(deps.now().getTime() + AGAIN) };
    });
    if (next === "done") return;
    await job.moveToDelayed(next.at.getTime(), token);
    throw new DelayedError();
  };
}
