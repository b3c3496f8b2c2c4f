import ipaddr from "ipaddr.js";
import { z } from "zod";
import { isTimezone } from "../lib/time.ts";
import { TIERS } from "../model/crawl/capture.ts";
import {
  choice,
  define,
  duration,
  durationFrom,
  isAddress,
  isContact,
  isLoopbackUrl,
  list,
  onOff,
  optional,
  optionalText,
  readRolePair,
  retention,
  secret,
  secretReference,
  secretUrl,
  signingSecret,
  size,
  text,
  toListen,
  url,
  whole,
  wholeFrom,
  word,
} from "./setting.ts";

const ALARMS = {
  NEWSGATHER_ALARM_MAIL: define(
    list.refine((all) => all.every((one) => isAddress(one))),
    "",
    "e-mail addresses, separated by commas",
    "Addresses that receive alarms by e-mail; needs NEWSGATHER_SMTP_URL.",
  ),
  NEWSGATHER_ALARM_FROM: optional(
    text().refine(isAddress),
    "an e-mail address",
    "Sender of alarms by e-mail; default: the first of NEWSGATHER_ALARM_MAIL.",
  ),
  NEWSGATHER_SMTP_URL: secret(
    url(/^smtps?:$/),
    "smtp://user:password@host:587 or smtps://host:465",
    "The server that sends e-mail about alarms.",
  ),
  NEWSGATHER_ALARM_WEBHOOK: secretUrl(
    "A URL that receives alarms as signed messages (Standard Webhooks); needs NEWSGATHER_ALARM_SECRET.",
  ),
  NEWSGATHER_ALARM_SECRET: signingSecret("The secret that signs messages about alarms."),
  NEWSGATHER_ALARM_EVERY: durationFrom("1m", "1h", "Shortest time between two digests of alarms."),
};

const COVERAGE = {
  NEWSGATHER_COVERAGE_OBJECTIVE: define(
    text()
      .regex(/^\d{1,3}(\.\d{1,3})?$/)
      .transform(Number)
      .pipe(z.number().min(50).max(100))
      .transform((percent) => Number((percent / 100).toFixed(6))),
    "99",
    "a percentage from 50 to 100, e.g. 99 or 99.5",
    "Target share of announced articles that reach the portal in time (docs/operators/monitoring.md).",
  ),
  NEWSGATHER_COVERAGE_WITHIN: durationFrom(
    "1m",
    "30m",
    "How soon after its announcement an article should be on the portal.",
  ),
  NEWSGATHER_COVERAGE_PROBE: define(
    z.union([z.literal("off").transform(() => null), duration(3_600_000)]),
    "7d",
    "a duration of at least 1h, or off",
    "How often to search each source's site for articles that its entry points miss: at most 24 requests, at the host's pace.",
  ),
  NEWSGATHER_STATUS_PAGE: onOff(
    "Whether the portal shows the health of its sources at `/status`.",
    "off",
  ),
};

const BODIES = {
  NEWSGATHER_BODIES_TIER: choice(
    TIERS,
    "database",
    "Storage tier of old responses: they stay in the database, or move into a folder or a bucket (docs/operators/data.md).",
  ),
  NEWSGATHER_BODIES_AFTER: durationFrom(
    "1d",
    "30d",
    "Age at which responses move to the tier in NEWSGATHER_BODIES_TIER.",
  ),
  NEWSGATHER_BODIES_DIR: optionalText(
    "a folder that every process can reach",
    "The folder of the tier `files`.",
  ),
  NEWSGATHER_BODIES_BUCKET: optional(
    url(/^https?:$/),
    "an http(s) URL of a bucket, e.g. https://s3.eu-central-1.amazonaws.com/BUCKET",
    "The bucket of the tier `s3`, at any service that is compatible with S3.",
  ),
  NEWSGATHER_BODIES_REGION: define(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    "us-east-1",
    "a region, e.g. eu-central-1",
    "The bucket's region; services without regions accept any value.",
  ),
  NEWSGATHER_BODIES_KEY_ID: optionalText(
    "an access key id",
    "The id of the access key for the bucket.",
  ),
  NEWSGATHER_BODIES_SECRET: secretReference(
    "Where the secret of the bucket's access key is stored.",
  ),
};

const OIDC = {
  NEWSGATHER_OIDC_ISSUER: optional(
    url(/^https?:$/).refine((value) => value.startsWith("https:") || isLoopbackUrl(value)),
    "an https URL; http only for this machine",
    "URL of an OpenID provider, which users can log in with instead of a password (docs/operators/users.md).",
  ),
  NEWSGATHER_OIDC_CLIENT_ID: optionalText("text", "Newsgather's client ID at the provider."),
  NEWSGATHER_OIDC_CLIENT_SECRET: secretReference("Where the client secret is stored."),
  NEWSGATHER_OIDC_SCOPES: define(
    text(),
    "openid profile email",
    "words separated by spaces, including openid",
    "Scopes to request. Some providers return groups only if you add `groups`.",
  ),
  NEWSGATHER_OIDC_CLAIM: define(
    text(),
    "groups",
    "name of a claim",
    "The claim that NEWSGATHER_OIDC_ROLES maps to roles.",
  ),
  NEWSGATHER_OIDC_ROLES: optional(
    list
      .refine((pairs) => pairs.length > 0 && pairs.every((pair) => readRolePair(pair) !== null))
      .transform((pairs) => pairs.flatMap((pair) => readRolePair(pair) ?? [])),
    "VALUE=ROLE, separated by commas; `*` is everyone; ROLE is analyst, editor, operator or admin",
    "Maps values of the claim in NEWSGATHER_OIDC_CLAIM to roles. The first match counts; users without a match can't log in. E.g. `newsroom=editor,it=admin`.",
  ),
};

const PORTAL = {
  NEWSGATHER_PORTAL_TITLE: define(text(), "Newsgather", "text", "Title of the portal."),
  NEWSGATHER_PORTAL_LANGUAGE: choice(
    ["en", "de"],
    "en",
    "The portal's main language, at `/`; the other language is at `/de` or `/en`.",
  ),
  NEWSGATHER_PORTAL_LOGO: optionalText(
    "path of an SVG, PNG, JPEG or WebP file",
    "Logo beside the title of the portal.",
  ),
  NEWSGATHER_PORTAL_CSS: optionalText(
    "path of a file",
    "Your own style sheet, loaded after the portal's style sheet.",
  ),
  NEWSGATHER_PORTAL_IMPRINT: optional(
    url(/^https?:$/),
    "http(s)://...",
    "Page that says who publishes the portal; the portal's footer links to this page.",
  ),
  NEWSGATHER_COUNTED_BEFORE: define(
    whole(0, 1_000_000_000_000),
    "0",
    "a whole number of at least 0",
    "Number of articles from an earlier site, added to the portal's total.",
  ),
  NEWSGATHER_SHOW_CLICKS: onOff(
    "Whether the portal shows how often its readers clicked `Read more` today.",
    "off",
  ),
  NEWSGATHER_TRANSLATOR_URL: secretUrl(
    "A service that drafts translations for editors; needs NEWSGATHER_TRANSLATOR_SECRET.",
  ),
  NEWSGATHER_TRANSLATOR_SECRET: signingSecret("The secret that signs requests to the translator."),
};

/** All settings: environment variables, each with the schema that parses it. */
export const Settings = z.object({
  NEWSGATHER_DATA_DIR: define(text(), "./data", "a folder", "Where embedded services keep data."),
  NEWSGATHER_SOURCES_DIR: define(
    text(),
    "./config/sources",
    "a folder of YAML files",
    "The sources to watch, one YAML file each.",
  ),
  NEWSGATHER_SECRETS_DIR: optionalText(
    "a folder of files with one secret each",
    "Folder of secrets. `file:NAME` refers to one: in sources under `login` and `proxy` (docs/operators/publishers.md), in `NEWSGATHER_BODIES_SECRET` and in `NEWSGATHER_OIDC_CLIENT_SECRET`.",
  ),
  MONGODB_URI: secret(
    url(/^mongodb(\+srv)?:$/),
    "mongodb://host:port or mongodb+srv://host",
    "A MongoDB >= 6 that replaces the embedded database.",
  ),
  REDIS_URL: secret(
    url(/^rediss?:$/),
    "redis://host:port or rediss://host:port",
    "A Redis >= 6.2 (noeviction) that replaces the embedded Redis.",
  ),
  NEWSGATHER_DB_NAME: define(word(), "newsgather", "letters, digits, _ and -", "Database name."),
  NEWSGATHER_QUEUE_PREFIX: define(
    word(),
    "newsgather",
    "letters, digits, _ and -",
    "Prefix of all keys in Redis.",
  ),
  NEWSGATHER_CONTACT: optional(
    text().refine(isContact),
    "an http(s) URL or an e-mail address",
    "Contact that publishers see in the user agent; set this before you fetch from the internet.",
  ),
  NEWSGATHER_USER_AGENT: optional(
    text().regex(/^Newsgather[\x20-\x7e]*$/),
    'ASCII text that starts with "Newsgather", the product token in robots.txt',
    "Replaces the whole user agent, `Newsgather/0.1 (+CONTACT)`.",
  ),
  NEWSGATHER_SIGNING_KEYS: optionalText(
    "a file",
    "The keys that sign requests to sites; default: `signing-keys.json` in the data folder. Requests are signed once `NEWSGATHER_BASE_URL` is an https URL.",
  ),
  NEWSGATHER_SIGNATURE_AGENT: choice(
    ["dictionary", "string"],
    "dictionary",
    "Form of the header field `Signature-Agent`: a dictionary, as in the draft, or a string, as older verifiers expect.",
  ),
  NEWSGATHER_ALLOW_NETWORKS: define(
    list.refine((networks) => networks.every((one) => ipaddr.isValidCIDR(one))),
    "",
    "networks such as 10.1.0.0/16, separated by commas",
    "Networks from which pages can be fetched, besides public addresses.",
  ),
  NEWSGATHER_HOSTS: define(
    z.string(),
    "",
    "lines of `address name`, or @FILE",
    "Host names with fixed addresses, in hosts-file syntax (`;` also ends a line).",
  ),
  NEWSGATHER_TIMEZONE: define(
    text().refine(isTimezone),
    "UTC",
    "an IANA name such as Europe/Berlin",
    "Time zone of the portal, in which its days begin and end.",
  ),
  NEWSGATHER_LISTEN: define(
    text().transform(toListen),
    "127.0.0.1:3000",
    "ADDRESS:PORT, e.g. 127.0.0.1:3000, 0.0.0.0:3000 or [::]:3000",
    "Where portal and API listen. Addresses beyond loopback need a user or a key first.",
  ),
  NEWSGATHER_METRICS_LISTEN: optional(
    text().transform(toListen),
    "ADDRESS:PORT, e.g. 127.0.0.1:9464 or 0.0.0.0:9464",
    "Where worker processes serve `/metrics`, `/healthz` and `/readyz`; default: nowhere.",
  ),
  NEWSGATHER_TRACES: secret(
    url(/^https?:$/),
    "an http(s) URL such as http://127.0.0.1:4318/v1/traces",
    "Where traces are sent (OpenTelemetry, OTLP over HTTP); default: nowhere.",
  ),
  NEWSGATHER_BASE_URL: optional(
    url(/^https?:$/).transform((value) => value.replace(/\/+$/, "")),
    "an http(s) URL",
    "The portal's public URL, used in feeds; default: the address in NEWSGATHER_LISTEN.",
  ),
  NEWSGATHER_WEBSUB_HUB: optional(
    url(/^https?:$/),
    "an http(s) URL",
    "A WebSub hub to notify when feeds of the portal change; the feeds name this hub.",
  ),
  NEWSGATHER_WEBSUB: onOff(
    "Whether to subscribe to the WebSub hubs that sources' feeds name; needs `NEWSGATHER_BASE_URL`.",
  ),
  NEWSGATHER_HEARTBEAT_URL: secretUrl(
    "A dead man's switch, such as healthchecks.io, that is pinged once a minute while work goes on.",
  ),
  NEWSGATHER_TRUST_PROXY: define(
    list.refine((networks) =>
      networks.every((one) => ipaddr.isValid(one) || ipaddr.isValidCIDR(one)),
    ),
    "",
    "addresses or networks such as 10.1.0.0/16, separated by commas",
    "Proxies in front of the portal whose headers `X-Forwarded-For` and `X-Forwarded-Proto` are trusted.",
  ),
  NEWSGATHER_PUBLIC_READING: onOff(
    "Whether portal, feeds and API can be read without a login or key.",
  ),
  NEWSGATHER_REQUESTS_PER_MINUTE: wholeFrom(
    [10, 1_000_000],
    "1200",
    "Requests per minute that one IP address may send to the portal and the API.",
  ),
  NEWSGATHER_SEARCH: onOff(
    "Whether there is full-text search at `/search` and `/v1/search`; the index is in the data folder of the role api.",
  ),
  ...OIDC,
  ...PORTAL,
  ...COVERAGE,
  ...ALARMS,
  NEWSGATHER_CHROMIUM: optionalText(
    "path of an executable",
    "Chromium executable; default: its headless shell, otherwise the Chromium on PATH.",
  ),
  NEWSGATHER_BROWSER_WS: secret(
    url(/^wss?:$/),
    "ws://host:port/path",
    "URL of a Playwright browser server in the network namespace of this process, used instead of a local Chromium; docs/operators/install.md says how to start it.",
  ),
  NEWSGATHER_BROWSER_SANDBOX: onOff(
    "Whether Chromium runs in its sandbox; turn it off only if the kernel forbids sandboxes.",
  ),
  NEWSGATHER_BROWSER_USER: define(
    z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
    "newsgather-browser",
    "name of a system user",
    "User that runs Chromium if Newsgather itself runs as root.",
  ),
  NEWSGATHER_LOG_LEVEL: choice(
    ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
    "info",
    "Log level; logs go to stderr.",
  ),
  NEWSGATHER_TICK: durationFrom("100ms", "5s", "How often to check for due sources."),
  NEWSGATHER_DISK_FREE: define(
    size,
    "1GB",
    "a size in MB or GB, e.g. 500MB",
    "Nothing is fetched while less disk space than this is free.",
  ),
  NEWSGATHER_DATABASE_CACHE: define(
    // In a smaller cache, a single large write never finds enough space and hangs for ever.
    size.pipe(z.number().min(64 * 1024 ** 2)),
    "256MB",
    "a size of at least 64MB, e.g. 1GB",
    "Cache size of the embedded database; the database needs about 50 MB of memory besides its cache.",
  ),
  ...BODIES,
  NEWSGATHER_KEEP_RAW: retention("365d", "How long responses are stored."),
  NEWSGATHER_KEEP_ARTICLES: retention(
    "forever",
    "How long articles are stored after their publication; then only a tombstone remains.",
  ),
  NEWSGATHER_KEEP_RUNS: retention("90d", "How long records of runs are stored."),
  NEWSGATHER_KEEP_CHANGES: retention(
    "90d",
    "How long the change stream is stored; a reader with an older cursor gets 410 and has to start from a snapshot.",
  ),
  NEWSGATHER_REQUEST_TIMEOUT: define(
    duration(1000),
    "30s",
    "a duration of at least 1s and below NEWSGATHER_STUCK_AFTER, e.g. 30s",
    "Time limit of an HTTP request, from connecting to the last byte.",
  ),
  NEWSGATHER_STUCK_AFTER: durationFrom(
    "2s",
    "60s",
    "How long a process can fail to answer, or make no progress with its jobs, before it is replaced.",
  ),
  NEWSGATHER_HTTP_CONCURRENCY: wholeFrom(
    [1, 256],
    "32",
    "Number of concurrent HTTP requests in one process.",
  ),
  NEWSGATHER_ADDRESS_CONCURRENCY: wholeFrom(
    [1, 256],
    "4",
    "Number of concurrent requests to one IP address, counted over all its hosts and all workers.",
  ),
  NEWSGATHER_BROWSER_CONCURRENCY: wholeFrom(
    [1, 32],
    "8",
    "Number of pages that one process renders at once. Pages of up to eight more hosts can wait beside them.",
  ),
});
