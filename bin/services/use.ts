import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Config, type Env, loadConfig, processEnv } from "../../config/env.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Store } from "../../store/store.ts";
import { withStoreAt } from "../open-store.ts";
import { findOwner } from "./claim.ts";
import type { KeeperMessage } from "./keeper.ts";
import { shareDatabase } from "./shared-database.ts";

type ServicesConfig = Pick<Config, "mongoUrl" | "redisUrl" | "dataDir">;

interface Addresses {
  mongoUrl: string;
  redisUrl: string;
}

/**
 * Returns the URLs of MongoDB and Redis. A URL that isn't configured is taken from the Newsgather
 * that runs in the data folder, if it uses the configured service. Null if a URL is still unknown.
 */
export async function serviceAddresses(config: ServicesConfig): Promise<Addresses | null> {
  const owner = findOwner(config.dataDir);
  const sameServices =
    (config.mongoUrl ?? owner?.mongoUrl) === owner?.mongoUrl &&
    (config.redisUrl ?? owner?.redisUrl) === owner?.redisUrl;
  // A database that runs only for commands can end at any moment.
  const running = owner?.shared || !sameServices ? null : owner;
  const mongoUrl = config.mongoUrl ?? running?.mongoUrl;
  const redisUrl = config.redisUrl ?? running?.redisUrl;
  return mongoUrl && redisUrl ? { mongoUrl, redisUrl } : null;
}

/**
 * Returns the services of the Newsgather that runs in the data folder; null if none runs. If both
 * services are external, that isn't known, and the result is null.
 */
export async function runningInstance(config: ServicesConfig): Promise<Addresses | null> {
  const isExternal = config.mongoUrl !== null && config.redisUrl !== null;
  return isExternal ? null : serviceAddresses(config);
}

const NOTICE_INTERVAL_MS = 10_000;

export async function withDatabase<T>(
  config: Pick<Config, "mongoUrl" | "dataDir">,
  use: (mongoUrl: string) => Promise<T>,
): Promise<T> {
  if (config.mongoUrl !== null) return use(config.mongoUrl);
  const { dataDir } = config;
  const notice = setInterval(
    () => console.error("waiting for the database, which is still starting"),
    NOTICE_INTERVAL_MS,
  );
  const sharing = shareDatabase(dataDir, () => startKeeper(dataDir));
  const database = await sharing.finally(() => clearInterval(notice));
  try {
    return await use(database.url);
  } finally {
    await database.release();
  }
}

const KEEPER = fileURLToPath(new URL("./keeper.js", import.meta.url));

/** Starts the database's process; resolves also if another process uses the folder. */
async function startKeeper(dataDir: string): Promise<void> {
  const env: Env = { ...processEnv(), NEWSGATHER_DATA_DIR: dataDir };
  // The process outlives this command, so it must not hold the terminal or pipes open.
  const stdio = ["ignore", "ignore", "ignore", "ipc"] as const;
  const child = fork(KEEPER, [], { env, detached: true, stdio: [...stdio] });
  const answer = await new Promise<KeeperMessage>((resolve) => {
    child.once("message", (message: KeeperMessage) => resolve(message));
    child.once("exit", (code) => resolve({ problem: `the database ended (exit code ${code})` }));
  });
  if (child.connected) child.disconnect();
  child.unref();
  if ("problem" in answer) throw new CommandError("unreachable", answer.problem);
}

/** Runs `use` on the store that the environment configures. */
export function onStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  return withStore(loadConfig(processEnv()), use);
}

export function withStore<T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> {
  return withDatabase(config, (mongoUrl) => withStoreAt(config, mongoUrl, use));
}
