import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import type { Config } from "../../../../config/env.ts";
import { digest } from "../../../../lib/text.ts";
import { formatProblem, loadSources } from "../../../../sources/files/load.ts";
import { openTiers } from "../../../open-store.ts";
import { readTopics } from "../../../roles/config-data.ts";
import { freeBytes } from "../../../services/machine.ts";
import { checkDatabase, checkRedis, type Found, fail, ok, warn } from "./services.ts";
import { checkSigning } from "./signing.ts";

const GB = 1024 ** 3;

/** Every check by name, in the order in which a newcomer should fix problems. */
export const CHECKS: Record<string, (config: Config) => Found | Promise<Found>> = {
  node: () => checkNode(process.version),
  platform: () => checkPlatform(process.platform, process.arch),
  settings: checkSettings,
  data: ({ dataDir }) => checkDataDir(dataDir),
  disk: ({ dataDir }) => checkDisk(dataDir),
  clock: () => checkClock(new Date()),
  redis: checkRedis,
  database: checkDatabase,
  bodies: checkBodies,
  chromium: async (config) => (await import("./chromium.ts")).checkChromium(config),
  sources: ({ sourcesDir }) => checkSources(sourcesDir),
  signing: (config) => checkSigning(config),
  port: ({ listen }) => checkPort(listen),
};

export function checkNode(version: string): Found {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok(version);
  return fail(version, "install Node.js >= 20.19");
}

export function checkPlatform(platform: string, arch: string): Found {
  const found = `${platform} ${arch}`;
  if (platform === "linux") return ok(found);
  return warn(
    found,
    "embedded services need Linux: run `docker compose up`, or set MONGODB_URI and REDIS_URL",
  );
}

export function checkSettings({ contact, userAgent }: Config): Found {
  if (contact !== null) return ok(userAgent);
  const next =
    "set NEWSGATHER_CONTACT to a page or e-mail address before you fetch from the internet";
  return warn(`${userAgent}, without a contact`, next);
}

/** Checks that the data folder is writable; creates it if it is missing. */
export async function checkDataDir(dataDir: string): Promise<Found> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
    return ok(dataDir);
  } catch {
    const next = "set NEWSGATHER_DATA_DIR to a folder that you can write to";
    return fail(`${dataDir} can't be written to`, next);
  }
}

async function checkDisk(dataDir: string): Promise<Found> {
  const free = (await freeBytes(dataDir)) / GB;
  const found = `${free.toFixed(1)} GB free`;
  if (free < 1) return fail(found, "free at least 1 GB: the services stop when the disk is full");
  return free < 5
    ? warn(found, "make at least 5 GB free: 10,000 articles with their pages take about 1 GB")
    : ok(found);
}

/** Checks that the clock isn't before 2026, because dates of articles are compared with it. */
export function checkClock(now: Date): Found {
  const built = new Date("2026-01-01T00:00:00Z");
  const found = now.toISOString();
  return now < built ? fail(found, "set the clock (NTP): it is years behind") : ok(found);
}

export async function checkSources(sourcesDir: string): Promise<Found> {
  const topics = new Set((await readTopics()).map(({ id }) => id));
  try {
    const { sources, problems } = await loadSources(sourcesDir, topics);
    const [first] = problems;
    if (first) {
      const found = `mistakes: ${problems.length}; the first: ${formatProblem(first)}`;
      return fail(found, "`newsgather sources validate` lists all mistakes");
    }
    if (sources.length > 0) return ok(`sources: ${sources.length}`);
    const next = "add a YAML file: docs/operators/sources.md explains how";
    return warn(`no source in ${sourcesDir}`, next);
  } catch {
    const next = "set NEWSGATHER_SOURCES_DIR to a folder of YAML files";
    return fail(`${sourcesDir} can't be read`, next);
  }
}

/**
 * Checks that the port is free. Warns about a port in use only if the operator chose it: otherwise,
 * Newsgather chooses another.
 */
export async function checkPort({ host, port, chosen }: Config["listen"]): Promise<Found> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
    return ok(`${host}:${port} is free`);
  } catch (error) {
    const found = `${host}:${port}: ${error instanceof Error ? error.message : String(error)}`;
    if (!chosen) return ok(`${found}; Newsgather will choose another port`);
    const next =
      "unless Newsgather itself uses this port, set NEWSGATHER_LISTEN to another address and port";
    return warn(found, next);
  } finally {
    server.close();
  }
}

async function checkBodies(config: Config): Promise<Found> {
  const tiers = Object.entries(openTiers(config));
  const bytes = Buffer.from("newsgather doctor");
  const id = digest(bytes);
  for (const [name, tier] of tiers) {
    try {
      await tier.put(id, bytes);
      const back = await tier.get(id);
      await tier.remove([id]);
      if (!back || digest(back) !== id) {
        const next = "use another folder or bucket: this one isn't reliable";
        return fail(`${name} returns other bytes than were written`, next);
      }
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      const next = `correct NEWSGATHER_BODIES_${name === "s3" ? "BUCKET" : "DIR"}`;
      return fail(found, next);
    }
  }
  const { tier } = config.bodies;
  const names = tiers.map(([name]) => name).join(", ");
  const others = names === "" ? "" : ` (tiers that are set up: ${names})`;
  return ok(`tier of old responses: ${tier}${others}`);
}
