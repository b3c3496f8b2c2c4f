import { type Config, loadConfig, processEnv } from "../config/env.ts";
import { claimDataDir, findOwner } from "../services/claim.ts";
import { startDatabase } from "../services/database.ts";
import type { Log } from "../services/service.ts";
import type { Store } from "../store/store.ts";
import { CommandError } from "./exit.ts";
import { openStoreOf } from "./open-store.ts";

/** Addresses of database and Redis: configured, or those of a running newsgather of this folder. */
export async function serviceAddresses(
  config: Pick<Config, "mongoUrl" | "redisUrl" | "dataDir">,
): Promise<{ mongoUrl: string; redisUrl: string } | null> {
  const owner = await findOwner(config.dataDir);
  const mongoUrl = config.mongoUrl ?? owner?.mongoUrl;
  const redisUrl = config.redisUrl ?? owner?.redisUrl;
  return mongoUrl && redisUrl ? { mongoUrl, redisUrl } : null;
}

/**
 * Runs `use` with the address of the database: of `MONGODB_URI`, of a running newsgather, else of the
 * embedded database alone, started for as long as it takes.
 */
export async function withDatabase<T>(
  config: Pick<Config, "mongoUrl" | "dataDir" | "databaseCache">,
  log: Log,
  use: (mongoUrl: string) => Promise<T>,
): Promise<T> {
  const running = config.mongoUrl ?? (await findOwner(config.dataDir))?.mongoUrl;
  if (running) return use(running);
  const claim = await claimDataDir(config.dataDir);
  try {
    const database = await startDatabase({
      dataDir: config.dataDir,
      cache: config.databaseCache,
      log,
    });
    try {
      return await use(database.url);
    } finally {
      await database.stop();
    }
  } finally {
    await claim.release();
  }
}

/** Runs `use` on the store that the environment leads to, as most commands do. */
export function onStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  return withStore(loadConfig(processEnv()), use);
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
  const store = await openStoreOf(config, addresses.mongoUrl);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
