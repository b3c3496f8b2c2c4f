import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

/** One export that was asked for. */
const ExportPayload = z.object({ exportId: z.string() });

type ExportPayload = z.infer<typeof ExportPayload>;

/** Writes the files of an export; failures are counted on it. */
export const exportQueue: QueueDefinition<ExportPayload> = {
  name: "export",
  version: 1,
  payload: ExportPayload,
  jobId: ({ exportId }) => `export-${exportId}`,
  attempts: 1,
};
