import { z } from "zod";
import {
  CrawlPayload,
  crawlQueue,
  fetchQueue,
  renderQueue,
  TurnPayload,
} from "../../queues/queues.ts";

// A role of a future Newsgather: it adds a field to crawl jobs, and changes the format of host turns, which current
// workers must leave to it.
Object.assign(crawlQueue, {
  payload: z.object({ ...CrawlPayload.shape, added: z.string().default("later") }),
});
for (const queue of [fetchQueue, renderQueue]) {
  const payload = z.object({ ...TurnPayload.shape, added: z.string().default("later") });
  Object.assign(queue, { version: queue.version + 1, payload });
}
await import("../../bin/tree/role.ts");
