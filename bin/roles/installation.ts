import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Config, type Env, processEnv } from "../../config/env.ts";
import { readEnvFile } from "../../config/env-file.ts";
import { hideCredentials } from "../../config/logger.ts";
import { root, version } from "../../config/root.ts";
import { INFO } from "../../config/setting.ts";
import { Settings } from "../../config/settings.ts";
import { EXTRACTION_VERSION } from "../../extractors/rules.ts";
import { connect } from "../../queues/producer.ts";
import { SCHEMA_VERSION } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import type { Installation } from "../../web/admin/page.ts";
import { findChromium } from "./chromium.ts";

const run = promisify(execFile);
const UNKNOWN = "not known here";

export function installationOf(
  config: Config,
  { store, redisUrl }: { store: Store; redisUrl: string },
): Installation {
  /** Cached, because reading the version starts a process. */
  let chromium: Promise<string> | null = null;
  return {
    settings: async () => listSettings(processEnv(), readEnvFile(root)),
    async about() {
      chromium ??= orUnknown(chromiumVersion(config));
      const [schema, database, redis, browser, attribution] = await Promise.all([
        store.collections.meta.findOne({ _id: "schema" }),
        orUnknown(databaseVersion(store)),
        orUnknown(redisVersion(redisUrl)),
        chromium,
        readFile(join(root, "ATTRIBUTION.md"), "utf8").catch(() => ""),
      ]);
      return {
        versions: {
          Newsgather: version,
          "Node.js": process.version,
          Database: database,
          Redis: redis,
          Chromium: browser,
          "Extraction rules": EXTRACTION_VERSION,
          "Schema of the store": `${schema?.value ?? 0} of ${SCHEMA_VERSION} migrations`,
        },
        licence: "MIT",
        attribution,
      };
    },
  };
}

function orUnknown(reading: Promise<string | undefined>): Promise<string> {
  return reading.then(
    (known) => known ?? UNKNOWN,
    () => UNKNOWN,
  );
}

async function databaseVersion({ db }: Store): Promise<string | undefined> {
  const info: { version?: unknown } = await db.command({ buildInfo: 1 });
  return typeof info.version === "string" ? info.version : undefined;
}

async function redisVersion(redisUrl: string): Promise<string | undefined> {
  const redis = connect(redisUrl, { maxRetriesPerRequest: 1 });
  try {
    return /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1];
  } finally {
    redis.disconnect();
  }
}

async function chromiumVersion(config: Config): Promise<string> {
  if (config.browser.wsEndpoint) return "remote browser";
  const { stdout } = await run(await findChromium(config), ["--version"], { timeout: 5000 });
  return stdout.trim();
}

/** A setting, and where its value comes from. `value` is `***` for a secret, and null if unset. */
export interface ShownSetting {
  name: string;
  value: string | null;
  from: "environment" | ".env" | "default";
  about: string;
}

const HIDDEN = "***";

/** Returns every setting, with secrets hidden. `file` has the variables of `.env`. */
export function listSettings(env: Env, file: Env): ShownSetting[] {
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const { fallback = null, about = "", secret = true } = INFO.get(schema) ?? {};
    const raw = env[name] || null;
    const value = raw === null ? fallback : secret ? HIDDEN : hideCredentials(raw);
    const from = raw === null ? "default" : file[name] === raw ? ".env" : "environment";
    return { name, value, from, about };
  });
}
