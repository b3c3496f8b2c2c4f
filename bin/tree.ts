import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Config, Env } from "../config/env.ts";
import type { Logger } from "../config/logger.ts";
import { ReleaseStack } from "../lib/stack.ts";
import type { Role } from "../queues/pipeline.ts";
import { startEmbedded } from "../services/embedded.ts";
import { type Exit, type Service } from "../services/service.ts";
import { type Supervised, supervise } from "../services/supervise.ts";
import { CommandError, EXIT } from "./exit.ts";

/** Everything that `newsgather start` runs: services, then one process per role. */
export interface Tree {
  mongoUrl: string;
  redisUrl: string;
  /** Where portal, API and operators' pages are; null without the api role. */
  address: string | null;
  processes: Supervised[];
  stop(): Promise<void>;
}

const ALL_ROLES: Role[] = ["api", "scheduler", "http", "browser"];
const READY = 60_000;
const STOP = 25_000;

/** Starts embedded services that no address replaces, then the roles, each supervised. */
export async function startTree(options: {
  config: Config;
  env: Env;
  log: Logger;
  roles?: Role[];
  /** Sources that are looked at; empty for all of them. */
  only?: string[];
}): Promise<Tree> {
  const { config, env, log, roles = ALL_ROLES, only = [] } = options;
  const stack = new ReleaseStack();
  const stop = () =>
    stack.close(30_000, (name, err) => log.warn({ err, name }, "did not stop in time"));
  try {
    const embedded = await startEmbedded(config, { log });
    stack.add("services", () => embedded.stop());
    const { mongoUrl, redisUrl } = embedded;
    const address = { MONGODB_URI: mongoUrl, REDIS_URL: redisUrl };
    const started = await Promise.allSettled(
      roles.map((role) =>
        supervise(() => startProcess(role, only, { ...env, ...address }), { log }),
      ),
    );
    const processes = started.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    stack.add("roles", () => Promise.all(processes.map((process) => process.stop())));
    for (const one of started) if (one.status === "rejected") throw one.reason;
    const portal = processes[roles.indexOf("api")]?.url ?? null;
    const all = [...embedded.services, ...processes];
    return { mongoUrl, redisUrl, address: portal, processes: all, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One role as a process that ends with us: its IPC channel closes when we are gone. */
async function startProcess(role: Role, only: string[], env: Env): Promise<Service> {
  const child = fork(
    fileURLToPath(new URL("./role.js", import.meta.url)),
    [role, ...(only.length > 0 ? [only.join()] : [])],
    {
      env,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, output: "" }));
  });
  const ready = new Promise<string | null>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${role} is not ready`)), READY);
    child.once("message", (message: { address: string | null }) => {
      clearTimeout(timer);
      resolve(message.address);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const why = `${role} ended at start (${signal ?? `exit code ${code}`}); its log says why`;
      reject(code === EXIT.usage ? new CommandError("usage", why) : new Error(why));
    });
  });
  const end = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP);
    await exited;
    clearTimeout(timer);
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= end());
  try {
    const url = (await ready) ?? "";
    return { name: role, url, pid: child.pid ?? 0, stop, exited };
  } catch (error) {
    await stop();
    throw error;
  }
}
