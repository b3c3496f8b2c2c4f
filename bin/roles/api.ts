import type { Config } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import { version } from "../../config/root.ts";
import { cached } from "../../lib/async.ts";
import { CommandError } from "../../lib/exit.ts";
import { createSiteJobs, type SiteJobs } from "../../sources/site-jobs.ts";
import { articlesWithPending } from "../../store/articles/articles.ts";
import { hasAccounts } from "../../store/operations/accounts.ts";
import { frame } from "../../web/admin/frame.ts";
import type { AdminDeps } from "../../web/admin/page.ts";
import { adminRoutes } from "../../web/admin/routes.ts";
import { readOwnAssets } from "../../web/assets.ts";
import { setGate } from "../../web/auth/access.ts";
import { loginRoutes } from "../../web/auth/login.ts";
import { CALLBACK_PATH, Provider } from "../../web/auth/provider.ts";
import { websubRoutes } from "../../web/feeds/websub.ts";
import { signingKeysRoutes } from "../../web/portal/signing-keys.ts";
import type { Check } from "../../web/server/config.ts";
import { listen } from "../../web/server/listen.ts";
import { measureRequests } from "../../web/server/request-metrics.ts";
import { createServer } from "../../web/server.ts";
import { hearIntent, hearPush } from "../../workers/crawl/subscriptions.ts";
import type { Deps } from "../../workers/deps.ts";
import { holdPort } from "../services/machine.ts";
import { openSiteAccess } from "../site-access.ts";
import { watchForAlarms } from "./alarms.ts";
import { openDeliveries, openExports } from "./api-workers.ts";
import { readTopics, topicNamesOf } from "./config-data.ts";
import {
  type Opened,
  openDeps,
  type RoleContext,
  type RunningRole,
  runEvery,
  troubleOf,
} from "./context.ts";
import { openTranslator, secretsOf } from "./egress.ts";
import { installationOf } from "./installation.ts";
import { addInstallation } from "./metrics.ts";
import { openSearch } from "./search.ts";

/** Starts the api role: portal, API, feeds, webhooks and the admin. */
export async function startApi(context: RoleContext): Promise<RunningRole> {
  const opened = await openDeps(context);
  const { deps, metrics, stack, stop } = opened;
  const { config, log } = context;
  const { store, now } = deps;
  metrics.setDefaultLabels({ role: "api" });
  const topics = await readTopics();
  const { timezone, portalTitle, listen: wanted } = config;
  const reserved = wanted.chosen ? null : await holdPort(wanted.port);
  const port = reserved?.port ?? wanted.port;
  const baseUrl =
    config.baseUrl ??
    `http://${wanted.host.includes(":") ? `[${wanted.host}]` : wanted.host}:${port}`;
  const own = readOwnAssets({ logo: config.portalLogo, style: config.portalCss });
  const { publicReading, requestsPerMinute: perMinute } = config;
  const { webhooks, workers } = openDeliveries(config, opened, baseUrl);
  await watchForAlarms(config, { deps, stack, baseUrl });
  const { mongoUrl, redisUrl } = context;
  const siteAccess = cached(() => openSiteAccess(config, stack, { mongoUrl, redisUrl }), {
    ttl: Number.POSITIVE_INFINITY,
    size: 1,
  });
  const openSites = () => siteAccess.get("");
  const search = openSearch(config, opened);
  const { sourcesDir } = config;
  const topicIds = new Set(topics.map(({ id }) => id));
  const sites = createSiteJobs({ ...deps, topics: topicIds, openSites });
  if (config.coverage.probe !== null) probeSites(opened, sites, config.coverage.probe);
  const admin: AdminDeps = {
    store,
    baseUrl,
    now,
    sourcesDir,
    topics,
    timezone,
    producer: deps.producer,
    sites,
    openParser: async () => (await openSites()).parser,
    webhooks,
    search,
    translator: openTranslator(config, stack),
    installation: installationOf(config, { store, redisUrl }),
    findUrgentProblems: async () => [(await deps.diskSpace()).low ?? []].flat(),
    checks: checksOf(deps),
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
      showStatus: config.showStatus,
      ...own,
      imprint: config.portalImprint,
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
      loginRoutes({ store, baseUrl, now, frame, provider: openProvider(config, baseUrl) }),
      signingKeysRoutes({
        ...config.signing,
        name: portalTitle,
        userAgent: config.userAgent,
        contact: config.contact,
      }),
    ],
  });
  stack.add("server", () => app.close());
  const accounts = await hasAccounts(store);
  reserved?.release();
  const address = await listen(app, { host: wanted.host, port, accounts }).catch(async (error) => {
    await stop();
    if (!(error instanceof RangeError)) throw error;
    throw new CommandError("usage", error.message, { cause: error });
  });
  log.info({ address }, "portal is open");
  return { address, metrics, trouble: () => troubleOf(workers, deps.producer), stop };
}

const MAX_STREAM_LAG_MS = 60_000;

function checksOf(deps: Deps): () => Promise<Check[]> {
  return () =>
    Promise.all([checked("store", checkStream(deps)), checked("redis", checkRedis(deps))]);
}

function checked(name: string, check: Promise<Omit<Check, "name">>): Promise<Check> {
  return check.then(
    (result) => ({ name, ...result }),
    (error: unknown) => ({
      name,
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
    }),
  );
}

async function checkStream({ store, now }: Deps): Promise<Omit<Check, "name">> {
  const [oldest] = await articlesWithPending(store, now(), 1);
  const since = oldest?.pending[0]?.at;
  const lag = since ? now().getTime() - since.getTime() : 0;
  const detail = `the oldest change has waited ${Math.round(lag / 1000)} s`;
  return { ok: lag < MAX_STREAM_LAG_MS, detail };
}

async function checkRedis({ producer }: Deps): Promise<Omit<Check, "name">> {
  await producer.ping();
  return { ok: true, detail: "answers" };
}

const PROBE_CHECK_INTERVAL_MS = 60_000;

function probeSites({ deps, stack }: Opened, sites: SiteJobs, every: number): void {
  const probe = async () => {
    const sourceId = await sites.probeNext(every);
    if (sourceId !== null) deps.log.info({ sourceId }, "probed a site");
  };
  const report = (err: unknown) => deps.log.warn({ err }, "probing a site failed");
  runEvery(PROBE_CHECK_INTERVAL_MS, probe, { stack, name: "probes' clock", report });
}

function openProvider(config: Config, baseUrl: string): Provider | null {
  const { oidc } = config;
  if (!oidc) return null;
  const secrets = secretsOf(config);
  const settings = { ...oidc, clientSecret: () => secrets(oidc.clientSecret) };
  return new Provider(settings, `${baseUrl}${CALLBACK_PATH}`);
}
