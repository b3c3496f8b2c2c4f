import { z } from "zod";
import { shortHash } from "../lib/hash.ts";
import type { QueueDefinition } from "./queue.ts";

/** Stored captures to derive articles from again, without the network. */
export const ExtractPayload = z.strictObject({ captureIds: z.array(z.string()).min(1).max(100) });

export type ExtractPayload = z.infer<typeof ExtractPayload>;

/** Recovery and reprocessing. */
export const extractQueue: QueueDefinition<ExtractPayload> = {
  name: "extract",
  payload: ExtractPayload,
  jobId: ({ captureIds }) => `extract-${shortHash(captureIds.join())}`,
  attempts: 3,
};
