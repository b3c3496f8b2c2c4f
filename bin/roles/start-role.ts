import type { Role } from "../../queues/pipeline.ts";
import type { RoleContext, RunningRole } from "./context.ts";

/** Starts one role in this process; only what the role needs is loaded. */
export async function startRole(role: Role, context: RoleContext): Promise<RunningRole> {
  switch (role) {
    case "scheduler":
      return (await import("./scheduler.ts")).startScheduler(context);
    case "http":
      return (await import("./http.ts")).startHttp(context);
    case "browser":
      return (await import("./browser.ts")).startBrowser(context);
    case "api":
      return (await import("./api.ts")).startApi(context);
  }
}
