import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../../../demo/world.ts";
import type { CliEnd } from "../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { measured } from "../../helpers/measured.ts";
import { startTestRedis, type TestRedis } from "../../helpers/redis.ts";
import { isVerify } from "../../helpers/size.ts";

/** Seconds that somebody waits at most for the first source of their own; other tests may share the machine. */
const MOST_SECONDS = isVerify ? 60 : 180;

const program = new URL("../../../bin/newsgather", import.meta.url).pathname;
let world: World;
let database: TestDatabase;
let redis: TestRedis;
let folder: string;
/** How long each of the three commands took. */
const seconds: number[] = [];
/** How each of the three commands ended. */
const ended: CliEnd[] = [];

beforeAll(async () => {
  [world, database, redis] = await Promise.all([
    startWorld(),
    startTestDatabase(import.meta.filename),
    startTestRedis(),
  ]);
  folder = await mkdtemp(join(tmpdir(), "newsgather-first-"));
  const { client, db } = await database.open("first");
  const env = {
    ...process.env,
    MONGODB_URI: `mongodb://${client.options.hosts.map(String).join()}/?directConnection=true`,
    REDIS_URL: redis.url,
    NEWSGATHER_DB_NAME: db.databaseName,
    NEWSGATHER_SOURCES_DIR: folder,
    NEWSGATHER_DATA_DIR: join(folder, "data"),
    NEWSGATHER_HOSTS: world.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.allowNetworks,
  };
  const site = `civicwire.example:${world.port}`;
  for (const command of [
    ["discover", site, "--write"],
    ["run", "civicwire", "--once"],
    ["export", "-o", join(folder, "civicwire.jsonl"), "--source", "civicwire"],
  ]) {
    const from = performance.now();
    ended.push(await run(command, env));
    seconds.push((performance.now() - from) / 1000);
  }
  const each = seconds.map((one) => one.toFixed(1)).join(", ");
  measured(`first source: ${each} s for discover, run and export`);
});
afterAll(async () => {
  await Promise.all([world?.close(), database?.close(), redis?.close()]);
  await rm(folder, { recursive: true, force: true });
});

function run(args: string[], env: NodeJS.ProcessEnv): Promise<CliEnd> {
  const child = spawn(process.execPath, [program, ...args], { env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

describe("the first source of one's own", () => {
  test("is written from the name of its site, with what to do next", () => {
    expect(ended[0]).toMatchObject({
      code: 0,
      err: expect.stringMatching(/next: newsgather run civicwire --once.*newsgather export/s),
    });
  });

  test("is run and exported by the two commands that are suggested", async () => {
    expect(ended[1]).toMatchObject({ code: 0 });
    expect(ended[2]).toMatchObject({ code: 0 });
    const lines = await readFile(join(folder, "civicwire.jsonl"), "utf8");
    expect(lines.trim().split("\n").length).toBeGreaterThan(3);
  });

  test(`takes less than ${MOST_SECONDS} s`, () => {
    expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(MOST_SECONDS);
  });
});
