import type { Role } from "../../queues/queues.ts";
import type { RoleContext, RunningRole } from "./context.ts";

type Start = (context: RoleContext) => Promise<RunningRole>;

/** The module of each role, loaded on demand so that a process contains only what its role needs. */
const ROLES: Record<Role, () => Promise<Start>> = {
  scheduler: async () => (await import("./scheduler.ts")).startScheduler,
  http: async () => (await import("./http.ts")).startHttp,
  browser: async () => (await import("./browser.ts")).startBrowser,
  api: async () => (await import("./api.ts")).startApi,
};

export async function startRole(role: Role, context: RoleContext): Promise<RunningRole> {
  const start = await ROLES[role]();
  return start(context);
}
