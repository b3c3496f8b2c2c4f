import { type Command, Option } from "@commander-js/extra-typings";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { createLogger } from "../../../config/logger.ts";
import { isLoopbackHost } from "../../../config/setting.ts";
import { CommandError } from "../../../lib/exit.ts";
import { ROLES, type Role } from "../../../queues/queues.ts";
import { hasAccounts } from "../../../store/operations/accounts.ts";
import { refusalOf } from "../../../web/server/listen.ts";
import { removeInstance, writeInstance } from "../../instance.ts";
import { startRole } from "../../roles/start-role.ts";
import { serviceAddresses, withStore } from "../../services/use.ts";
import { listenForMetrics } from "../../tree/metrics-listener.ts";
import { startTree } from "../../tree/tree.ts";
import { untilStopped } from "../../until-stopped.ts";

export function register(program: Command): void {
  program
    .command("start")
    .description("watch the configured sources until stopped")
    .addOption(
      new Option("--role <role>", "run only this role, without other processes").choices(
        Object.keys(ROLES) as Role[],
      ),
    )
    .action(({ role }) => (role ? one(role) : all()));
}

async function all(): Promise<void> {
  const env = processEnv();
  const config = loadConfig(env);
  await requireAccounts(config);
  const log = createLogger(config);
  const stopping = new AbortController();
  const stopped = untilStopped().then(() => stopping.abort());
  const { signal } = stopping;
  const tree = await startTree({ config, env, log, signal }).catch((error: unknown) => {
    if (error !== signal.reason) throw error;
  });
  if (!tree) return;
  await writeInstance(config.dataDir, { address: tree.address, env: {} });
  console.error(`portal, API and admin: ${tree.address} (Ctrl-C stops)`);
  await stopped;
  await tree.stop();
  await removeInstance(config.dataDir);
}

async function requireAccounts(config: Config): Promise<void> {
  const { host } = config.listen;
  if (isLoopbackHost(host) || (await withStore(config, hasAccounts))) return;
  throw new CommandError("usage", refusalOf(host));
}

async function one(role: Role): Promise<void> {
  const config = loadConfig(processEnv());
  const addresses = await serviceAddresses(config);
  if (!addresses) {
    throw new CommandError(
      "usage",
      `--role ${role} needs MONGODB_URI and REDIS_URL, or a running \`newsgather start\``,
    );
  }
  const log = createLogger(config).child({ role });
  const stopped = untilStopped();
  const running = await startRole(role, { config, ...addresses, log, only: null });
  log.info({ address: running.address ?? undefined }, "role started");
  const { metricsListen } = config;
  running.metrics.setDefaultLabels({ role });
  const stopListening =
    metricsListen &&
    (await listenForMetrics(metricsListen, {
      metrics: async () => [await running.metrics.getMetricsAsJSON()],
      problems: async () => [(await running.trouble())?.text ?? []].flat(),
    }));
  await stopped;
  await stopListening?.();
  await running.stop();
}
