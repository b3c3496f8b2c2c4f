import { join } from "node:path";
import { adminRoutes } from "../../admin/routes.ts";
import { loadTopics } from "../../config/topics.ts";
import { listen } from "../../publish/listen.ts";
import { createServer } from "../../publish/server.ts";
import { checksOf } from "./checks.ts";
import { openDeps, type RoleContext, type RunningRole } from "./context.ts";
import { createMetrics } from "./metrics.ts";
import { root, version } from "./package.ts";

/** Portal, API, feeds and the operators' pages. */
export async function startApi(context: RoleContext): Promise<RunningRole> {
  const { deps, stack, stop } = await openDeps(context);
  const { config, log } = context;
  const topics = await loadTopics(join(root, "config/topics.yaml"));
  const { host, port, chosen } = config.listen;
  const { timezone, portalTitle } = config;
  const baseUrl = config.baseUrl ?? `http://${host}:${port}`;
  const topicNames = Object.fromEntries(topics.map(({ id, name }) => [id, name]));
  const app = await createServer({
    store: deps.store,
    config: { portalTitle, baseUrl, timezone, topicNames, version },
    checks: checksOf(deps),
    metrics: createMetrics(deps),
    plugins: [adminRoutes({ store: deps.store, timezone })],
  });
  stack.add("server", () => app.close());
  const address = await listen(app, { host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || chosen) throw error;
    // Only the default port gives way; one that the operator chose is an error.
    return listen(app, { host, port: 0 });
  });
  log.info({ address }, "portal is open");
  return { address, stop };
}
