import { z } from "zod";
import { shortHash } from "../lib/text.ts";

export interface QueueDefinition<Payload> {
  name: string;
  /**
   * Version of the payload's format. Workers leave jobs of a later version to newer workers.
   * Increase it only if older workers must not run the job.
   */
  version: number;
  payload: z.ZodType<Payload>;
  /** Returns the same id for the same payload. An id contains no `:` and isn't a number. */
  jobId(payload: Payload): string;
  /** Maximum attempts of a job that fails unexpectedly. Failed fetches don't count. */
  attempts: number;
}

function define<Payload>(
  name: string,
  payload: z.ZodType<Payload>,
  jobId: (payload: Payload) => string,
  attempts = 1,
): QueueDefinition<Payload> {
  return { name, version: 1, payload, jobId, attempts };
}

function definePeriodic(name: string, id = name): QueueDefinition<Record<string, never>> {
  return define(name, z.object({}), () => id);
}

/** The periodic tick: enqueues due sources and hosts, closes finished runs, and ends embargoes. */
export const scheduleQueue = definePeriodic("schedule", "tick");

export const CrawlPayload = z.object({ sourceId: z.string() });

export type CrawlPayload = z.infer<typeof CrawlPayload>;

/** Opens a source's run and marks its entry points due. */
export const crawlQueue = define("crawl", CrawlPayload, ({ sourceId }) => `crawl-${sourceId}`, 3);

/**
 * A job that fetches a host's links. `turn` is the job's number, from 0. A host has as many of
 * these jobs as it allows concurrent requests.
 */
export const TurnPayload = z.object({ host: z.string(), turn: z.int().min(0) });

export type TurnPayload = z.infer<typeof TurnPayload>;

/** Fetches a host's due links over HTTP, at the host's pace. A job ends when it finds no more. */
export const fetchQueue = define(
  "fetch",
  TurnPayload,
  ({ host, turn }) => `host-${shortHash(host)}-${turn}`,
);

/** Like `fetchQueue`, but loads the pages in the browser. */
export const renderQueue: QueueDefinition<TurnPayload> = { ...fetchQueue, name: "render" };

/** Continues a preview whose pages need the browser. */
export const previewQueue = define(
  "preview",
  z.object({ previewId: z.string() }),
  ({ previewId }) => `preview-${previewId}`,
);

/** Publishes announced articles whose pages don't arrive in time. */
export const announceQueue = definePeriodic("announce");

/** Extracts articles of a source again if the boilerplate to remove from them has changed. */
export const rereadQueue = define(
  "reread",
  z.object({ sourceId: z.string() }),
  ({ sourceId }) => `reread-${sourceId}`,
);

/** Sends changes to a webhook. `attempts` is 1: the subscriber's record counts the failures. */
export const deliverQueue = define(
  "deliver",
  z.object({ subscriberId: z.string() }),
  ({ subscriberId }) => `deliver-${subscriberId}`,
);

/** Writes an export's files. `attempts` is 1: the export's record counts the failures. */
export const exportQueue = define(
  "export",
  z.object({ exportId: z.string() }),
  ({ exportId }) => `export-${exportId}`,
);

export const maintainQueue = definePeriodic("maintain");

/** All queues, roughly in the order in which an article passes through them. */
export const PIPELINE = [
  scheduleQueue,
  crawlQueue,
  fetchQueue,
  renderQueue,
  previewQueue,
  announceQueue,
  rereadQueue,
  deliverQueue,
  exportQueue,
  maintainQueue,
] as const;

/** The roles of processes, each with its queues. Each queue has exactly one role. */
export const ROLES = {
  scheduler: ["schedule", "crawl", "maintain"],
  http: ["fetch", "announce", "reread"],
  browser: ["render", "preview"],
  api: ["deliver", "export"],
} as const;

export type Role = keyof typeof ROLES;
export type QueueName = (typeof ROLES)[Role][number];

const Versioned = z.looseObject({ v: z.int().default(1) });

export function encodePayload<Payload extends object>(
  { version, payload }: Pick<QueueDefinition<Payload>, "version" | "payload">,
  value: Payload,
): Payload & { v: number } {
  return { ...payload.parse(value), v: version };
}

/** Returns a payload; null if only newer workers may run the job. Throws `ZodError` if invalid. */
export function decodePayload<Payload>(
  { version, payload }: Pick<QueueDefinition<Payload>, "version" | "payload">,
  data: unknown,
): Payload | null {
  const { v, ...rest } = Versioned.parse(data);
  return v > version ? null : payload.parse(rest);
}
