import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** Housekeeping: claims left by lost workers, runs without an end. */
export const maintainQueue: QueueDefinition<Record<string, never>> = {
  name: "maintain",
  version: 1,
  payload: z.object({}),
  jobId: () => "maintain",
  attempts: 1,
};
