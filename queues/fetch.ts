import { z } from "zod";
import { shortHash } from "../lib/hash.ts";
import type { QueueDefinition } from "./queue.ts";

/** One of a host's turns; a host that allows k requests at once has turns 0 to k - 1. */
export const TurnPayload = z.object({ host: z.string(), turn: z.int().min(0) });

export type TurnPayload = z.infer<typeof TurnPayload>;

/** Host turns by HTTP: one link each, then the job moves itself to the host's next turn. */
export const fetchQueue: QueueDefinition<TurnPayload> = {
  name: "fetch",
  version: 1,
  payload: TurnPayload,
  jobId: ({ host, turn }) => `host-${shortHash(host)}-${turn}`,
  attempts: 1,
};
