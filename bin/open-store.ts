import { type Config, processEnv } from "../config/env.ts";
import { createSecrets } from "../config/secrets.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { openBucket } from "../store/tiers/bucket.ts";
import { openFiles } from "../store/tiers/files.ts";
import type { Tiers } from "../store/tiers/tier.ts";

export type StoreConfig = Pick<Config, "dbName" | "bodies" | "secretsDir">;

export function openStoreOf(config: StoreConfig, mongoUrl: string): Promise<Store> {
  return openStore(mongoUrl, { database: config.dbName, tiers: openTiers(config) });
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
