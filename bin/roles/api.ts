import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { Histogram, type Registry } from "prom-client";
import { writeExport } from "../../archive/write-export.ts";
import { type Config, PRODUCT } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import { version } from "../../config/root.ts";
import { CommandError } from "../../lib/exit.ts";
import type { Export } from "../../model/archive/export.ts";
import { createSiteJobs, openOnce } from "../../sources/site-jobs.ts";
import { hasAccounts } from "../../store/operations/accounts.ts";
import type { AdminDeps } from "../../web/admin/deps.ts";
import { frame } from "../../web/admin/frame.ts";
import { adminRoutes } from "../../web/admin/routes.ts";
import { setGate } from "../../web/auth/gate.ts";
import { loginRoutes } from "../../web/auth/login.ts";
import { websubRoutes } from "../../web/feeds/websub.ts";
import { signingKeysRoutes } from "../../web/portal/signing-keys.ts";
import type { ExportDeps } from "../../web/server/config.ts";
import { listen } from "../../web/server/listen.ts";
import { createServer } from "../../web/server.ts";
import { hearIntent, hearPush } from "../../workers/crawl/subscriptions.ts";
import { enqueueExports, sweepExports } from "../../workers/export/export.ts";
import { exportHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import { freePort, isFree } from "../services/machine.ts";
import { openSiteAccess } from "../site-access.ts";
import { watchForAlarms } from "./alarms.ts";
import { checksOf } from "./checks.ts";
import { readTopics, topicNamesOf } from "./config-data.ts";
import { type Opened, openDeps, type RoleContext, type RunningRole, troubleOf } from "./context.ts";
import { openDeliveries } from "./deliveries.ts";
import { installationOf } from "./installation.ts";
import { addInstallation } from "./metrics.ts";
import { type OpenedSearch, openSearch } from "./search.ts";
import { openTranslator } from "./translator.ts";

/** Portal, API, feeds, webhooks and the operators' pages. */
export async function startApi(context: RoleContext): Promise<RunningRole> {
  const opened = await openDeps(context);
  const { deps, metrics, stack, stop } = opened;
  const { config, log } = context;
  const { store, now } = deps;
  metrics.setDefaultLabels({ role: "api" });
  const topics = await readTopics();
  const { timezone, portalTitle, listen: wanted } = config;
  const port = await freePortFor(wanted);
  const baseUrl =
    config.baseUrl ??
    `http://${wanted.host.includes(":") ? `[${wanted.host}]` : wanted.host}:${port}`;
  const { publicReading, requestsPerMinute: perMinute } = config;
  const { webhooks, workers } = openDeliveries(config, opened, baseUrl);
  await watchForAlarms(config, { deps, stack, baseUrl });
  const { mongoUrl, redisUrl } = context;
  const openSites = openOnce(() => openSiteAccess(config, stack, { mongoUrl, redisUrl }));
  const search = openSearch(config, opened);
  const { sourcesDir } = config;
  const topicIds = new Set(topics.map(({ id }) => id));
  const admin: AdminDeps = {
    store,
    now,
    sourcesDir,
    topics,
    timezone,
    producer: deps.producer,
    sites: createSiteJobs({ store, now, log, topics: topicIds, openSites }),
    openParser: async () => (await openSites()).parser,
    webhooks,
    search,
    translator: openTranslator(config, stack),
    installation: installationOf(config, { store, redisUrl }),
    findUrgentProblems: async () => [(await deps.diskSpace()).low ?? []].flat(),
  };
  const exports = await openExports(config, opened, search);
  const app = await createServer({
    store,
    ...(search && { search }),
    webhooks,
    sources: admin,
    exports,
    config: {
      portalTitle,
      countedBefore: config.countedBefore,
      showClicks: config.showClicks,
      baseUrl,
      hub: config.webSubHub,
      timezone,
      ...topicNamesOf(topics),
      language: config.portalLanguage,
      shownTopics: topics.filter(({ shown }) => shown).map(({ id }) => id),
      version,
    },
    staleness: LIMITS.staleness,
    checks: checksOf(deps),
    metrics: addInstallation(metrics, deps),
    logger: log,
    publicReading,
    trustProxy: [...config.trustProxy],
    gate(server) {
      measureRequests(server, metrics);
      return setGate(server, { store, baseUrl, publicReading, perMinute, now });
    },
    plugins: [
      adminRoutes(admin),
      websubRoutes({
        intent: (id, challenge) => hearIntent(deps, id, challenge),
        push: (id, pushed) => hearPush(deps, id, pushed),
      }),
      loginRoutes({ store, baseUrl, now, frame }),
      signingKeysRoutes({
        ...config.signing,
        name: portalTitle,
        userAgent: config.userAgent,
        product: PRODUCT,
        contact: config.contact,
      }),
    ],
  });
  stack.add("server", () => app.close());
  const accounts = await hasAccounts(store);
  const address = await listen(app, { host: wanted.host, port, accounts }).catch(async (error) => {
    await stop();
    throw refused(error);
  });
  log.info({ address }, "portal is open");
  return { address, metrics, trouble: () => troubleOf(workers, deps.producer), stop };
}

/** An address that may not be listened on is a wrong setting. */
function refused(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new CommandError("usage", error.message, { cause: error });
}

/** The port to listen on: only the default one gives way to a free one, a chosen one never does. */
async function freePortFor({ port, chosen }: Config["listen"]): Promise<number> {
  return chosen || (await isFree(port)) ? port : freePort();
}

/** What is asked for; values of the label `surface`. Requests that wait for news on purpose are `stream`. */
type Surface = "api" | "stream" | "feeds" | "admin" | "portal" | "nothing";

/** Where a route is, by the beginning of its path. */
const SURFACES: readonly [RegExp, Surface][] = [
  [/^\/v1\/changes/, "stream"],
  [/^\/(?:v1|docs)\b/, "api"],
  [/^\/feeds\b/, "feeds"],
  [/^\/admin\b/, "admin"],
];
/** Those of probes and Prometheus say nothing of readers. */
const OURS = /^\/(?:healthz|readyz|metrics)$/;

/** Adds how requests of readers and operators are answered to a server that has no route yet. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: "newsgather_request_seconds",
    help: "Time of requests to portal, API and operators' pages by what was asked for and class of status",
    labelNames: ["surface", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  app.addHook("onResponse", async ({ routeOptions: { url } }, { statusCode, elapsedTime }) => {
    if (url !== undefined && OURS.test(url)) return;
    const status = `${Math.floor(statusCode / 100)}xx`;
    seconds.observe({ surface: surfaceOf(url), status }, elapsedTime / 1000);
  });
}

function surfaceOf(route: string | undefined): Surface {
  if (route === undefined) return "nothing";
  return SURFACES.find(([begin]) => begin.test(route))?.[1] ?? "portal";
}

/** How often it is looked for exports that are due, and for files that are to go, ms. */
const CHECK_INTERVAL_MS = 5000;

/** The worker and the clock of exports, put on the stack; their files lie in the data folder. */
export async function openExports(
  config: Config,
  { deps, queues, stack, meter }: Opened,
  search: OpenedSearch | undefined,
): Promise<ExportDeps> {
  const { store, log } = deps;
  const folder = join(config.dataDir, "exports");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const exporting = {
    ...deps,
    write: (one: Export, onCount: (count: number) => void) =>
      writeExport({ store, search }, join(folder, one._id), one, onCount),
  };
  const { stuckAfter } = config;
  const options = { ...queues, concurrency: {}, stuckAfter, meter, log };
  const workers = startWorkers(exportHandlers(exporting), options);
  stack.add("export workers", () => workers.close(LIMITS.shutdown / 4));
  const findDue = async () => {
    await enqueueExports(deps);
    await sweepExports(deps, folder);
  };
  const check = () => void findDue().catch((err: unknown) => log.debug({ err }, "no exports"));
  const timer = setInterval(check, CHECK_INTERVAL_MS);
  stack.add("export clock", () => clearInterval(timer));
  return { folder, producer: deps.producer };
}
