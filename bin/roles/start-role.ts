import type { Logger } from "../../config/logger.ts";
import type { Role } from "../../queues/queues.ts";
import type { RoleContext, RunningRole } from "./context.ts";

type Start = (context: RoleContext) => Promise<RunningRole>;

const ROLES: Record<Role, () => Promise<Start>> = {
  scheduler: async () => (await import("./scheduler.ts")).startScheduler,
  http: async () => (await import("./http.ts")).startHttp,
  browser: async () => (await import("./browser.ts")).startBrowser,
  api: async () => (await import("./api.ts")).startApi,
};

/** Starts a role. From now on, an uncaught error is logged as a defect and ends the process. */
export function startRole(role: Role, context: RoleContext): Promise<RunningRole> {
  const starting = ROLES[role]().then((start) => start(context));
  reportDefects(context.log, starting);
  return starting;
}

/** Logs an uncaught error as a defect and ends the process, because its state could be broken. */
export function reportDefects(log: Logger, starting: Promise<RunningRole>): void {
  let running: RunningRole | null = null;
  starting.then(
    (role) => void (running = role),
    () => {},
  );
  process.on("uncaughtException", (err) => {
    const urls = running?.inHand?.urls() ?? [];
    log.fatal({ kind: "defect", err, urls }, "uncaught error: the process ends");
    process.exit(1);
  });
}
