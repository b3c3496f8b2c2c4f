import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** The tick: enqueues due sources and hosts, closes runs that are through. */
export const scheduleQueue: QueueDefinition<Record<string, never>> = {
  name: "schedule",
  version: 1,
  payload: z.object({}),
  jobId: () => "tick",
  attempts: 1,
};
