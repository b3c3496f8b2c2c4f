import type { Config } from "../../config/env.ts";
import type { Producer } from "../../queues/producer.ts";
import { databaseFreeBytes } from "../../store/operations/overview.ts";
import type { Store } from "../../store/store.ts";
import { createDiskSpace, type DiskSpace } from "../../workers/runtime/disk-space.ts";
import { freeBytes } from "../services/machine.ts";

export function openDiskSpace(
  config: Config,
  store: Store,
  producer: Pick<Producer, "memory"> | null,
): () => Promise<DiskSpace> {
  const read = () => Promise.all([freeBytes(config.dataDir), databaseFreeBytes(store)]);
  return createDiskSpace(read, config.diskFree, producer ? () => producer.memory() : undefined);
}
