import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

const RereadPayload = z.object({ sourceId: z.string() });

type RereadPayload = z.infer<typeof RereadPayload>;

/** Reads articles of one source again whose boilerplate was not known when they were read. */
export const rereadQueue: QueueDefinition<RereadPayload> = {
  name: "reread",
  version: 1,
  payload: RereadPayload,
  jobId: ({ sourceId }) => `reread-${sourceId}`,
  attempts: 1,
};
