import { type Config, processEnv } from "../config/env.ts";
import { createSecrets } from "../config/secrets.ts";
import type { Producer } from "../queues/producer.ts";
import { openStore } from "../store/connect.ts";
import { databaseFreeBytes } from "../store/operations/overview.ts";
import type { Store } from "../store/store.ts";
import { openBucket } from "../store/tiers/bucket.ts";
import { openFiles } from "../store/tiers/files.ts";
import type { Tiers } from "../store/tiers/tier.ts";
import { createDiskSpace, type DiskSpace } from "../workers/runtime/disk-space.ts";
import { freeBytes } from "./services/machine.ts";

export type StoreConfig = Pick<Config, "dbName" | "bodies" | "secretsDir">;

export function openStoreOf(config: StoreConfig, mongoUrl: string): Promise<Store> {
  return openStore(mongoUrl, { database: config.dbName, tiers: openTiers(config) });
}

export async function withStoreAt<T>(
  config: StoreConfig,
  mongoUrl: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStoreOf(config, mongoUrl);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Returns the configured storage tiers other than the database. */
export function openTiers({ bodies: { dir, bucket }, secretsDir }: StoreConfig): Tiers {
  const tiers: Tiers = {};
  if (dir !== null) tiers.files = openFiles(dir);
  if (bucket !== null) {
    const { url, region, keyId, secret } = bucket;
    const secrets = createSecrets(processEnv(), secretsDir);
    tiers.s3 = openBucket({ url, region, keyId, secret: () => secrets(secret) });
  }
  return tiers;
}

export function openDiskSpace(
  config: Config,
  store: Store,
  producer: Pick<Producer, "memory"> | null,
): () => Promise<DiskSpace> {
  const read = () => Promise.all([freeBytes(config.dataDir), databaseFreeBytes(store)]);
  return createDiskSpace(read, config.diskFree, producer ? () => producer.memory() : undefined);
}
