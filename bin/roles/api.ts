import { adminRoutes } from "../../admin/routes.ts";
import type { Config } from "../../config/env.ts";
import { listen } from "../../publish/listen.ts";
import { createServer } from "../../publish/server.ts";
import { freePort, isFree } from "../../services/port.ts";
import { checksOf } from "./checks.ts";
import { openDeps, type RoleContext, type RunningRole } from "./context.ts";
import { createMetrics } from "./metrics.ts";
import { version } from "./package.ts";
import { readTopics } from "./topics.ts";

/** Portal, API, feeds and the operators' pages. */
export async function startApi(context: RoleContext): Promise<RunningRole> {
  const { deps, stack, stop } = await openDeps(context);
  const { config, log } = context;
  const topics = await readTopics();
  const { timezone, portalTitle, listen: wanted } = config;
  const topicNames = Object.fromEntries(topics.map(({ id, name }) => [id, name]));
  const port = await freePortFor(wanted);
  const app = await createServer({
    store: deps.store,
    config: {
      portalTitle,
      baseUrl: config.baseUrl ?? `http://${wanted.host}:${port}`,
      timezone,
      topicNames,
      shownTopics: topics.filter(({ shown }) => shown).map(({ id }) => id),
      version,
    },
    checks: checksOf(deps),
    metrics: createMetrics(deps),
    logger: log,
    plugins: [adminRoutes({ store: deps.store, timezone })],
  });
  stack.add("server", () => app.close());
  const address = await listen(app, { host: wanted.host, port });
  log.info({ address }, "portal is open");
  return { address, stop };
}

/** The port to listen on: only the default one gives way to a free one, a chosen one never does. */
async function freePortFor({ port, chosen }: Config["listen"]): Promise<number> {
  return chosen || (await isFree(port)) ? port : freePort();
}
