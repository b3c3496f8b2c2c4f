import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DAY_MS } from "../../lib/time.ts";
import type { Store } from "../../store/store.ts";
import { openFiles } from "../../store/tiers/files.ts";
import { countRight, storeBodies } from "../helpers/bodies.ts";
import { type CliEnd, cliOn } from "../helpers/cli.ts";
import { commandsOn } from "../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { S3_KEY, startTestBucket, type TestBucket } from "../helpers/s3.ts";

const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

let database: TestDatabase;
let store: Store;
let bucket: TestBucket;
let folder: string;
let settings: Record<string, string>;
let run: ReturnType<typeof commandsOn>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("archive");
  bucket = await startTestBucket();
  folder = await mkdtemp(join(tmpdir(), "newsgather-archive-"));
  settings = {
    NEWSGATHER_BODIES_DIR: folder,
    NEWSGATHER_BODIES_BUCKET: bucket.url,
    NEWSGATHER_BODIES_KEY_ID: S3_KEY,
    NEWSGATHER_BODIES_SECRET: "env:SECRET_S3",
    SECRET_S3: S3_KEY,
  };
  run = commandsOn(store, settings);
  store.tiers = { files: openFiles(folder), s3: bucket.open() };
});
afterAll(async () => {
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
  await database?.close();
});

const filesIn = async () => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => /[0-9a-f]{64}$/.test(name) && !name.startsWith("unf")).length;
};

describe("a move to files whose process is killed", () => {
  const BODIES = 160;
  let killed: CliEnd;
  let moved: CliEnd;
  let storage: CliEnd;
  /** Files and right bodies after the kill and after the second move. */
  const files: number[] = [];
  const right: number[] = [];
  let bytesInDatabase: number;
  beforeAll(async () => {
    const bodies = await storeBodies(store, BODIES, { since: ago(100), size: 10_000 });
    const record = async () => {
      files.push(await filesIn());
      right.push(await countRight(store, bodies));
    };
    const move = ["archive", "move", "--older-than", "90d", "--to", "files", "--json"];
    let isKilled: Promise<unknown> = Promise.resolve();
    killed = await cliOn(store, { settings })(move, "", (child) => {
      isKilled = vi
        .waitUntil(async () => (await filesIn()) >= 30, { timeout: 120_000, interval: 5 })
        .then(() => child.kill("SIGKILL"));
    });
    await isKilled;
    await record();
    moved = await run(move);
    await record();
    bytesInDatabase = await store.collections.bodies.countDocuments({ bytes: { $exists: true } });
    storage = await run(["storage"]);
    await store.tiers.files?.remove(bodies.map(({ _id }) => _id));
    await store.collections.bodies.deleteMany({});
  });

  test("A killed move has moved a part of the bodies", () => {
    expect(killed.code).toBeNull();
    expect(files[0]).toBeLessThan(BODIES);
  });

  test("After a killed move every body is readable and right", () => {
    expect(right[0]).toBe(BODIES);
  });

  test("A second move moves what the first one left", () => {
    expect(moved.code).toBe(0);
    const { moved: count, failed, tiers } = JSON.parse(moved.out);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(BODIES);
    expect(failed).toEqual([]);
    expect(tiers).toMatchObject([{ tier: "files", bodies: BODIES }]);
  });

  test("After the second move every body is a file, and none is in the database", () => {
    expect(files[1]).toBe(BODIES);
    expect(bytesInDatabase).toBe(0);
  });

  test("After the second move every body is readable and right", () => {
    expect(right[1]).toBe(BODIES);
  });

  test("The command storage shows the moved bodies", () => {
    expect(storage.out).toMatch(/files\s+│\s+160\s+│\s+1\.6/);
  });
});

describe("a move to a bucket", () => {
  /** How each command ended. */
  const ended: Record<string, CliEnd> = {};
  let movedByDryRun: number;
  let lost: string;
  beforeAll(async () => {
    const bodies = await storeBodies(store, 6, { since: ago(100) });
    await storeBodies(store, 1, { since: ago(80) });
    const move = ["archive", "move", "--older-than", "90d", "--to", "s3"];
    ended["dry run"] = await run([...move, "--dry-run"]);
    movedByDryRun = await store.collections.bodies.countDocuments({ tier: "s3" });
    ended["move"] = await run(move);
    let other: string;
    [lost = "", other = ""] = bodies.map(({ _id }) => _id);
    await store.tiers.s3?.remove([lost]);
    await store.collections.bodies.deleteOne({ _id: other });
    ended["check as JSON"] = await run(["archive", "check", "--json"]);
    ended["check"] = await run(["archive", "check"]);
    await store.collections.bodies.deleteMany({});
  });

  test("A dry run counts the bodies and moves nothing", () => {
    expect(ended["dry run"]?.out).toContain("Bodies that would be moved to s3: 6");
    expect(movedByDryRun).toBe(0);
  });

  test("A move takes only bodies that are old enough", () => {
    expect(ended["move"]?.out).toMatch(/^Bodies moved to s3: 6/);
  });

  test("A check finds a lost body and ends with code 3", () => {
    const { code, out = "" } = ended["check as JSON"] ?? {};
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      bodies: 6,
      lost: [{ id: lost, tier: "s3", lost: "missing" }],
      orphans: 0,
    });
  });

  test("A check names a lost body and where it is missing", () => {
    expect(ended["check"]?.out).toContain(`missing in s3: ${lost}`);
  });
});

test("A move needs the name of a tier", async () => {
  expect(await run(["archive", "move"])).toMatchObject({ code: 2 });
});

test("A move to a tier that isn't set up names the missing setting", async () => {
  const withoutFolder = commandsOn(store, { NEWSGATHER_BODIES_DIR: "" });
  const moved = await withoutFolder(["archive", "move", "--to", "files"]);
  expect(moved).toMatchObject({
    code: 2,
    err: expect.stringContaining("set up: set NEWSGATHER_BODIES_DIR"),
  });
});
