import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** The next changes of one subscriber. */
export const DeliverPayload = z.object({ subscriberId: z.string() });

export type DeliverPayload = z.infer<typeof DeliverPayload>;

/** Hands subscribers what is new to them; what can't be handed over is counted on the subscriber. */
export const deliverQueue: QueueDefinition<DeliverPayload> = {
  name: "deliver",
  version: 1,
  payload: DeliverPayload,
  jobId: ({ subscriberId }) => `deliver-${subscriberId}`,
  attempts: 1,
};
