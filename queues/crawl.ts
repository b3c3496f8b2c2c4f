import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** One look at a source. */
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
