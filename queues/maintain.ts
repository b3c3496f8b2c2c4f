import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** Housekeeping: claims left by lost workers, runs without an end. */
export const maintainQueue: QueueDefinition<Record<string, never>> = {
  name: "maintain",
  payload: z.strictObject({}),
  jobId: () => "maintain",
  attempts: 1,
};
