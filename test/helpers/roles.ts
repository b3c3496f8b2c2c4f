import { fork } from "node:child_process";
import { once } from "node:events";
import type { ReleaseStack } from "../../lib/async.ts";
import type { Role } from "../../queues/queues.ts";
import type { Store } from "../../store/store.ts";
import { startTestDatabase } from "./database.ts";
import { makePlace, type Place } from "./newsgather.ts";
import { startTestRedis } from "./redis.ts";

/** Where roles run as separate processes: the services that they share, and what they store. */
export interface RolesPlace {
  place: Place;
  store: Store;
  redisUrl: string;
}

/** Starts services for the roles of a test file and returns the `env` that points to them; `stack` ends everything. */
export async function openRoles(
  stack: ReleaseStack,
  file: string,
  env: Record<string, string>,
): Promise<RolesPlace> {
  const [database, redis] = await Promise.all([startTestDatabase(file), startTestRedis()]);
  stack.add("redis", () => redis.close());
  stack.add("database", () => database.close());
  const store = await database.open("roles");
  const place = await makePlace({
    MONGODB_URI: database.url,
    REDIS_URL: redis.url,
    NEWSGATHER_DB_NAME: store.db.databaseName,
    ...env,
  });
  stack.add("place", () => place.clear());
  return { place, store, redisUrl: redis.url };
}

/** One role as a separate process, as an orchestrator of containers would run it. */
export interface RoleProcess {
  role: Role;
  pid: number;
  /** URL on which it listens; null for a role that doesn't. */
  address: string | null;
  /** Ends it with SIGTERM. Returns its exit code. */
  stop(): Promise<number | null>;
}

/** The program of a role in this version and in a later one. */
export const MAIN = {
  now: new URL("../../dist/bin/tree/role.js", import.meta.url).pathname,
  later: new URL("../../dist/test/helpers/later-role.js", import.meta.url).pathname,
};

/** Starts a role of this version, or of a later one, and waits until it is ready. */
export async function startRole(
  role: Role,
  env: NodeJS.ProcessEnv,
  version: keyof typeof MAIN = "now",
): Promise<RoleProcess> {
  const child = fork(MAIN[version], [role], {
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const ready = once(child, "message") as Promise<[{ address: string | null }]>;
  const [message] = await Promise.race([ready, ended.then(() => [null] as const)]);
  if (!message) throw new Error(`${role} ended at its start; its log says why`);
  return {
    role,
    pid: child.pid ?? 0,
    address: message.address,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}
