import { Redis } from "ioredis";
import type { Config } from "../../../../config/env.ts";
import { hideCredentials } from "../../../../config/logger.ts";
import { createMongoClient } from "../../../../store/mongo-client.ts";
import { findOwner } from "../../../services/claim.ts";
import { findEngine } from "../../../services/database.ts";
import { onPath } from "../../../services/launch.ts";

/** Checks that Redis answers and never evicts keys; if no Redis is in use, that it is installed. */
export async function checkRedis({ redisUrl, dataDir }: Config): Promise<Found> {
  const url = redisUrl ?? findOwner(dataDir)?.redisUrl;
  if (url) return askRedis(url);
  const path = await onPath("redis-server");
  if (path) return ok(`${path}, started when needed`);
  return fail("not installed", "run `npm run setup`, or set REDIS_URL");
}

async function askRedis(url: string): Promise<Found> {
  const where = hideCredentials(url);
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on("error", () => {});
  try {
    await redis.connect();
    const info = await redis.info();
    const value = (key: string) => new RegExp(`^${key}:(.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
    const found = `${value("redis_version")} at ${where}`;
    if (value("maxmemory_policy") !== "noeviction") {
      const next = "set maxmemory-policy to noeviction: an evicted key is a lost job";
      return fail(`${found}, ${value("maxmemory_policy")}`, next);
    }
    if (value("aof_enabled") === "1") return ok(found);
    const next =
      "set appendonly to yes: after a crash, jobs are rebuilt from the database, but pace and leases are lost";
    return warn(`${found}, without append-only file`, next);
  } catch (error) {
    return noAnswer(where, error, "start Redis, or correct REDIS_URL");
  } finally {
    redis.disconnect();
  }
}

export async function checkDatabase({ mongoUrl, dataDir }: Config): Promise<Found> {
  const url = mongoUrl ?? findOwner(dataDir)?.mongoUrl;
  if (url) return askDatabase(url);
  const engine = await findEngine(dataDir);
  if (!engine) return fail("not installed", "run `npm run setup`, or set MONGODB_URI");
  const found = `${engine.name}, started when needed`;
  if (engine.name === "mongod") return ok(found);
  const next = "good for trials and tests; for production set MONGODB_URI to a MongoDB >= 6";
  return { ...ok(found), next };
}

async function askDatabase(url: string): Promise<Found> {
  const where = hideCredentials(url);
  const client = createMongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    const { version } = await client.db("admin").command({ buildInfo: 1 });
    const found = `${version} at ${where}`;
    if (Number.parseInt(version, 10) >= 6) return ok(found);
    return warn(found, "use MongoDB >= 6");
  } catch (error) {
    return noAnswer(where, error, "start the database, or correct MONGODB_URI");
  } finally {
    await client.close();
  }
}

function noAnswer(where: string, error: unknown, next: string): Found {
  const why = hideCredentials(error instanceof Error ? error.message : String(error));
  return fail(`${where} does not answer: ${why}`, next);
}

/** The result of one check. `next` says what to do; it is empty if there is nothing to do. */
export interface Found {
  level: "ok" | "warn" | "fail";
  found: string;
  next: string;
}

export type Finding = Found & { name: string };

export function ok(found: string): Found {
  return { level: "ok", found, next: "" };
}

export function warn(found: string, next: string): Found {
  return { level: "warn", found, next };
}

export function fail(found: string, next: string): Found {
  return { level: "fail", found, next };
}
