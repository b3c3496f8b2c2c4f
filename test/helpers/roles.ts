import { fork } from "node:child_process";
import { once } from "node:events";
import type { Role } from "../../queues/pipeline.ts";

/** One role as a process of its own, as an orchestrator of containers would run it. */
export interface RoleProcess {
  role: Role;
  pid: number;
  /** Where it listens; null for roles that don't. */
  address: string | null;
  /** Ends it by SIGTERM; answers its exit code. */
  stop(): Promise<number | null>;
}

const MAIN = {
  now: new URL("../../dist/bin/role.js", import.meta.url).pathname,
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
  const [said] = await Promise.race([ready, ended.then(() => [null] as const)]);
  if (!said) throw new Error(`${role} ended at its start; its log says why`);
  return {
    role,
    pid: child.pid ?? 0,
    address: said.address,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}
