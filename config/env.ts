import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { formatDuration } from "../lib/time.ts";
import { INFO } from "./setting.ts";
import { Settings } from "./settings.ts";

export type Env = Record<string, string | undefined>;

type Values = z.output<typeof Settings>;

/** An invalid variable. `value` is null for an unknown setting, and `(hidden)` for a secret. */
export interface ConfigProblem {
  name: string;
  value: string | null;
  allowed: string;
}

/** Reports all invalid environment variables at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: ConfigProblem[];

  constructor(problems: ConfigProblem[]) {
    const lines = problems.map(({ name, value, allowed }) =>
      value === null ? `  ${name}: ${allowed}` : `  ${name}=${value}\n    allowed: ${allowed}`,
    );
    super(`settings that can't be used: ${problems.length}\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

/** Newsgather's name in robots.txt and at the beginning of the user agent. */
export const PRODUCT = "Newsgather";
export const VERSION = "0.1";

/** Returns the environment. No other code of the running Newsgather reads `process.env`. */
export function processEnv(): Env {
  return process.env;
}

/** Sets environment variables of this process and of the processes that it starts from now on. */
export function setEnv(values: Record<string, string>): void {
  Object.assign(process.env, values);
}

/** Returns settings; empty variables count as unset. Throws a `ConfigError` with all mistakes. */
export function loadConfig(
  env: Env,
  readText: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Config {
  const problems = unknownVariables(env);
  const values = readValues(env, problems);
  if (values) checkPairs(values, problems);
  const hosts = readHosts(values?.NEWSGATHER_HOSTS ?? "", readText, problems);
  if (!values || problems.length > 0) throw new ConfigError(problems);
  return freeze(toConfig(values, hosts, env));
}

const PREFIX = "NEWSGATHER_";

/** Kubernetes sets these variables for a Service whose name begins with `newsgather`. */
const OF_A_SERVICE =
  /^NEWSGATHER(_\w+)?_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const PORT_OF_A_SERVICE = /^NEWSGATHER(_\w+)?_PORT$/;

export function unknownVariables(env: Env): ConfigProblem[] {
  const known = Object.keys(Settings.shape).filter((name) => name.startsWith(PREFIX));
  return Object.entries(env).flatMap(([name, value]) => {
    if (!name.startsWith(PREFIX) || value === undefined || name in Settings.shape) return [];
    if (OF_A_SERVICE.test(name)) return [];
    if (PORT_OF_A_SERVICE.test(name) && /^(tcp|udp|sctp):\/\//.test(value)) return [];
    const words = known.map((one) => one.slice(PREFIX.length));
    const near = nearest(name.slice(PREFIX.length), words);
    const hint =
      near === null ? ".env.example lists the settings" : `did you mean ${PREFIX}${near}?`;
    return { name, value: null, allowed: `there is no such setting; ${hint}` };
  });
}

function readValues(env: Env, problems: ConfigProblem[]): Values | undefined {
  const raw: Record<string, string | null> = {};
  for (const [name, schema] of Object.entries(Settings.shape)) {
    raw[name] = env[name] || (INFO.get(schema)?.fallback ?? null);
  }
  const parsed = Settings.safeParse(raw);
  const wrong = new Set(parsed.error?.issues.map((issue) => String(issue.path[0])));
  for (const [name, schema] of Object.entries(Settings.shape)) {
    if (!wrong.has(name)) continue;
    const { secret, allowed } = INFO.get(schema) ?? { secret: true, allowed: "" };
    problems.push({ name, value: secret ? "(hidden)" : JSON.stringify(raw[name]), allowed });
  }
  return parsed.data;
}

function readHosts(raw: string, readText: (path: string) => string, problems: ConfigProblem[]) {
  if (!raw.startsWith("@")) return raw.replaceAll(";", "\n");
  try {
    return readText(raw.slice(1));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push({
      name: "NEWSGATHER_HOSTS",
      value: JSON.stringify(raw),
      allowed: `lines of \`address name\`, or @FILE that can be read (${why})`,
    });
    return "";
  }
}

/** Each setting on the left needs the one on the right. */
const NEEDS = [
  ["NEWSGATHER_ALARM_MAIL", "NEWSGATHER_SMTP_URL"],
  ["NEWSGATHER_ALARM_WEBHOOK", "NEWSGATHER_ALARM_SECRET"],
  ["NEWSGATHER_BODIES_BUCKET", "NEWSGATHER_BODIES_KEY_ID"],
  ["NEWSGATHER_BODIES_BUCKET", "NEWSGATHER_BODIES_SECRET"],
  ["NEWSGATHER_TRANSLATOR_URL", "NEWSGATHER_TRANSLATOR_SECRET"],
  ["NEWSGATHER_OIDC_ISSUER", "NEWSGATHER_OIDC_CLIENT_ID"],
  ["NEWSGATHER_OIDC_ISSUER", "NEWSGATHER_OIDC_CLIENT_SECRET"],
  ["NEWSGATHER_OIDC_ISSUER", "NEWSGATHER_OIDC_ROLES"],
] as const;

function checkPairs(values: Values, problems: ConfigProblem[]): void {
  const need = (name: keyof Values, other: keyof Values) => {
    if (values[other] !== null) return;
    const allowed = `${INFO.get(Settings.shape[other])?.allowed}, since ${name} is set`;
    problems.push({ name: other, value: "(empty)", allowed });
  };
  for (const [name, other] of NEEDS) {
    if (values[name]?.length) need(name, other);
  }
  const { NEWSGATHER_BODIES_TIER: tier } = values;
  if (tier === "files") need("NEWSGATHER_BODIES_TIER", "NEWSGATHER_BODIES_DIR");
  if (tier === "s3") need("NEWSGATHER_BODIES_TIER", "NEWSGATHER_BODIES_BUCKET");
  const { NEWSGATHER_REQUEST_TIMEOUT: timeout, NEWSGATHER_STUCK_AFTER: stuckAfter } = values;
  if (timeout >= stuckAfter) {
    const allowed = `less than NEWSGATHER_STUCK_AFTER (${formatDuration(stuckAfter)}), since a worker looks stuck during a longer request`;
    const value = JSON.stringify(formatDuration(timeout));
    problems.push({ name: "NEWSGATHER_REQUEST_TIMEOUT", value, allowed });
  }
}

function alarmsOf(values: Values) {
  const { NEWSGATHER_ALARM_MAIL: to, NEWSGATHER_SMTP_URL: smtp } = values;
  const [first] = to;
  const from = values.NEWSGATHER_ALARM_FROM ?? first;
  return {
    mail: from && first && smtp ? { to, from, url: smtp } : null,
    webhook: endpointOf(values.NEWSGATHER_ALARM_WEBHOOK, values.NEWSGATHER_ALARM_SECRET),
    every: values.NEWSGATHER_ALARM_EVERY,
  };
}

function bodiesOf(values: Values) {
  const { NEWSGATHER_BODIES_TIER: tier, NEWSGATHER_BODIES_AFTER: after } = values;
  const { NEWSGATHER_BODIES_DIR: dir, NEWSGATHER_BODIES_BUCKET: url } = values;
  const { NEWSGATHER_BODIES_KEY_ID: keyId, NEWSGATHER_BODIES_SECRET: secret } = values;
  const region = values.NEWSGATHER_BODIES_REGION;
  // `secret` refers to a secret, e.g. `file:NAME`.
  const bucket = url && keyId && secret ? { url, region, keyId, secret } : null;
  return { tier, after, dir: dir && resolve(dir), bucket };
}

function endpointOf(url: string | null, secret: string | null) {
  return url && secret ? { url, secret } : null;
}

function oidcOf(values: Values) {
  const { NEWSGATHER_OIDC_ISSUER: issuer, NEWSGATHER_OIDC_CLIENT_ID: clientId } = values;
  const { NEWSGATHER_OIDC_CLIENT_SECRET: clientSecret, NEWSGATHER_OIDC_ROLES: roles } = values;
  if (!issuer || !clientId || !clientSecret || !roles) return null;
  const { NEWSGATHER_OIDC_SCOPES: scopes, NEWSGATHER_OIDC_CLAIM: claim } = values;
  // `clientSecret` refers to a secret, e.g. `file:NAME`.
  return { issuer, clientId, clientSecret, scopes, claim, roles };
}

function signingOf(values: Values) {
  const { NEWSGATHER_BASE_URL: baseUrl, NEWSGATHER_SIGNATURE_AGENT: form } = values;
  const file =
    values.NEWSGATHER_SIGNING_KEYS ?? join(values.NEWSGATHER_DATA_DIR, "signing-keys.json");
  const agent = baseUrl?.startsWith("https:") ? new URL(baseUrl).origin : null;
  return {
    keysFile: resolve(file),
    /** This origin serves the public signing keys; null means that requests aren't signed. */
    agent,
    form,
  };
}

function toConfig(values: Values, hosts: string, env: Env) {
  const contact = values.NEWSGATHER_CONTACT;
  const comment = contact === null ? "" : ` (+${contactUrl(contact)})`;
  return {
    dataDir: resolve(values.NEWSGATHER_DATA_DIR),
    sourcesDir: resolve(values.NEWSGATHER_SOURCES_DIR),
    secretsDir: values.NEWSGATHER_SECRETS_DIR && resolve(values.NEWSGATHER_SECRETS_DIR),
    /** Null means the embedded database. */
    mongoUrl: values.MONGODB_URI,
    /** Null means the embedded Redis. */
    redisUrl: values.REDIS_URL,
    dbName: values.NEWSGATHER_DB_NAME,
    queuePrefix: values.NEWSGATHER_QUEUE_PREFIX,
    contact,
    userAgent: values.NEWSGATHER_USER_AGENT ?? `${PRODUCT}/${VERSION}${comment}`,
    signing: signingOf(values),
    allowNetworks: values.NEWSGATHER_ALLOW_NETWORKS,
    hosts,
    timezone: values.NEWSGATHER_TIMEZONE,
    /** Unless `chosen` is true, another port is used if this port is in use. */
    listen: { ...values.NEWSGATHER_LISTEN, chosen: Boolean(env["NEWSGATHER_LISTEN"]) },
    metricsListen: values.NEWSGATHER_METRICS_LISTEN,
    traces: values.NEWSGATHER_TRACES,
    baseUrl: values.NEWSGATHER_BASE_URL,
    webSubHub: values.NEWSGATHER_WEBSUB_HUB,
    webSub: values.NEWSGATHER_WEBSUB,
    heartbeatUrl: values.NEWSGATHER_HEARTBEAT_URL,
    trustProxy: values.NEWSGATHER_TRUST_PROXY,
    publicReading: values.NEWSGATHER_PUBLIC_READING,
    requestsPerMinute: values.NEWSGATHER_REQUESTS_PER_MINUTE,
    search: values.NEWSGATHER_SEARCH,
    portalTitle: values.NEWSGATHER_PORTAL_TITLE,
    portalLanguage: values.NEWSGATHER_PORTAL_LANGUAGE,
    portalLogo: values.NEWSGATHER_PORTAL_LOGO,
    portalCss: values.NEWSGATHER_PORTAL_CSS,
    portalImprint: values.NEWSGATHER_PORTAL_IMPRINT,
    translator: endpointOf(values.NEWSGATHER_TRANSLATOR_URL, values.NEWSGATHER_TRANSLATOR_SECRET),
    oidc: oidcOf(values),
    alarms: alarmsOf(values),
    countedBefore: values.NEWSGATHER_COUNTED_BEFORE,
    showClicks: values.NEWSGATHER_SHOW_CLICKS,
    showStatus: values.NEWSGATHER_STATUS_PAGE,
    /**
     * The objective: at least `share` (0 to 1) of the announced articles are published within
     * `within` ms. Each site is probed every `probe` ms; null means never.
     */
    coverage: {
      share: values.NEWSGATHER_COVERAGE_OBJECTIVE,
      within: values.NEWSGATHER_COVERAGE_WITHIN,
      probe: values.NEWSGATHER_COVERAGE_PROBE,
    },
    browser: {
      executable: values.NEWSGATHER_CHROMIUM,
      wsEndpoint: values.NEWSGATHER_BROWSER_WS,
      sandbox: values.NEWSGATHER_BROWSER_SANDBOX,
      user: values.NEWSGATHER_BROWSER_USER,
      concurrency: values.NEWSGATHER_BROWSER_CONCURRENCY,
    },
    logLevel: values.NEWSGATHER_LOG_LEVEL,
    tick: values.NEWSGATHER_TICK,
    requestTimeout: values.NEWSGATHER_REQUEST_TIMEOUT,
    stuckAfter: values.NEWSGATHER_STUCK_AFTER,
    diskFree: values.NEWSGATHER_DISK_FREE,
    databaseCache: values.NEWSGATHER_DATABASE_CACHE,
    bodies: bodiesOf(values),
    /** The times are in ms; null means forever. */
    keep: {
      raw: values.NEWSGATHER_KEEP_RAW,
      articles: values.NEWSGATHER_KEEP_ARTICLES,
      runs: values.NEWSGATHER_KEEP_RUNS,
      changes: values.NEWSGATHER_KEEP_CHANGES,
    },
    httpConcurrency: values.NEWSGATHER_HTTP_CONCURRENCY,
    addressConcurrency: values.NEWSGATHER_ADDRESS_CONCURRENCY,
  };
}

function contactUrl(contact: string): string {
  // `URL` encodes the contact in ASCII, as a request header requires.
  return new URL(contact.includes("://") ? contact : `mailto:${contact}`).href;
}

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

function freeze<T extends object>(value: T): Frozen<T> {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) freeze(part);
  }
  return Object.freeze(value) as Frozen<T>;
}

/** All validated settings. They are read once and passed on as an argument. */
export type Config = Frozen<ReturnType<typeof toConfig>>;
