import { z } from "zod";
import { shortHash } from "../lib/hash.ts";

/** The definition of a queue: its name, and the format, ids and attempts of its jobs. */
export interface QueueDefinition<Payload> {
  name: string;
  /**
   * Version of the payload's format; workers leave jobs of a later version to newer workers.
   * Increase it only if older workers must not run the job: they ignore added optional fields.
   */
  version: number;
  payload: z.ZodType<Payload>;
  /** Returns the same id for the same payload. An id contains no `:` and isn't a number. */
  jobId(payload: Payload): string;
  /** Maximum attempts after unexpected failures; failed fetches count in the link's record. */
  attempts: number;
}

/** The periodic tick: enqueues due sources and hosts, closes finished runs, and ends embargoes. */
export const scheduleQueue: QueueDefinition<Record<string, never>> = {
  name: "schedule",
  version: 1,
  payload: z.object({}),
  jobId: () => "tick",
  attempts: 1,
};

export const CrawlPayload = z.object({
  sourceId: z.string(),
  trigger: z.enum(["schedule", "manual", "backfill"]),
});

export type CrawlPayload = z.infer<typeof CrawlPayload>;

/** Opens a source's run and marks its entry points due. */
export const crawlQueue: QueueDefinition<CrawlPayload> = {
  name: "crawl",
  version: 1,
  payload: CrawlPayload,
  jobId: ({ sourceId }) => `crawl-${sourceId}`,
  attempts: 3,
};

/** A turn of a host. A host has as many, numbered from 0, as it allows concurrent requests. */
export const TurnPayload = z.object({ host: z.string(), turn: z.int().min(0) });

export type TurnPayload = z.infer<typeof TurnPayload>;

/** Host turns over HTTP. A turn fetches one link, then waits until the next request is due. */
export const fetchQueue: QueueDefinition<TurnPayload> = {
  name: "fetch",
  version: 1,
  payload: TurnPayload,
  jobId: ({ host, turn }) => `host-${shortHash(host)}-${turn}`,
  attempts: 1,
};

/** Host turns in the browser. */
export const renderQueue: QueueDefinition<TurnPayload> = { ...fetchQueue, name: "render" };

/** Continues a preview whose pages need the browser. */
export const previewQueue: QueueDefinition<{ previewId: string }> = {
  name: "preview",
  version: 1,
  payload: z.object({ previewId: z.string() }),
  jobId: ({ previewId }) => `preview-${previewId}`,
  attempts: 1,
};

/** Publishes announced articles whose pages don't arrive in time. */
export const announceQueue: QueueDefinition<Record<string, never>> = {
  name: "announce",
  version: 1,
  payload: z.object({}),
  jobId: () => "announce",
  attempts: 1,
};

/** Extracts a source's articles again if they were extracted with outdated boilerplate. */
export const rereadQueue: QueueDefinition<{ sourceId: string }> = {
  name: "reread",
  version: 1,
  payload: z.object({ sourceId: z.string() }),
  jobId: ({ sourceId }) => `reread-${sourceId}`,
  attempts: 1,
};

/** Sends changes to a webhook. `attempts` is 1: the subscriber's record counts the failures. */
export const deliverQueue: QueueDefinition<{ subscriberId: string }> = {
  name: "deliver",
  version: 1,
  payload: z.object({ subscriberId: z.string() }),
  jobId: ({ subscriberId }) => `deliver-${subscriberId}`,
  attempts: 1,
};

/** Writes an export's files. `attempts` is 1: the export's record counts the failures. */
export const exportQueue: QueueDefinition<{ exportId: string }> = {
  name: "export",
  version: 1,
  payload: z.object({ exportId: z.string() }),
  jobId: ({ exportId }) => `export-${exportId}`,
  attempts: 1,
};

export const maintainQueue: QueueDefinition<Record<string, never>> = {
  name: "maintain",
  version: 1,
  payload: z.object({}),
  jobId: () => "maintain",
  attempts: 1,
};

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
