import type { Config } from "../config/env.ts";
import { findOwner } from "../services/claim.ts";
import { openStore } from "../store/connect.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./exit.ts";

/** Addresses of database and Redis: configured, or those of a running newsgather of this folder. */
export async function serviceAddresses(
  config: Pick<Config, "mongoUrl" | "redisUrl" | "dataDir">,
): Promise<{ mongoUrl: string; redisUrl: string } | null> {
  const owner = await findOwner(config.dataDir);
  const mongoUrl = config.mongoUrl ?? owner?.mongoUrl;
  const redisUrl = config.redisUrl ?? owner?.redisUrl;
  return mongoUrl && redisUrl ? { mongoUrl, redisUrl } : null;
}

/** Runs `use` on the store of a running newsgather; fails with exit code 4 when none runs. */
export async function withStore<T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> {
  const addresses = await serviceAddresses(config);
  if (!addresses) {
    throw new CommandError(
      "unreachable",
      "no database: `newsgather start` first (in another terminal), or set MONGODB_URI and REDIS_URL",
    );
  }
  const store = await openStore(addresses.mongoUrl, { database: config.dbName });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
