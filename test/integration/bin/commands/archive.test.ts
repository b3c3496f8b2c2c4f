import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sleep } from "../../../../lib/time.ts";
import type { Store } from "../../../../store/store.ts";
import { openFiles } from "../../../../store/tiers/files.ts";
import { countRight, storeBodies } from "../../../helpers/bodies.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { commandsOn } from "../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { S3_KEY, startTestBucket, type TestBucket } from "../../../helpers/s3.ts";

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY);

let database: TestDatabase;
let store: Store;
let bucket: TestBucket;
let folder: string;
let run: ReturnType<typeof commandsOn>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("archive");
  bucket = await startTestBucket();
  folder = await mkdtemp(join(tmpdir(), "newsgather-archive-"));
  run = commandsOn(store, {
    NEWSGATHER_BODIES_DIR: folder,
    NEWSGATHER_BODIES_BUCKET: bucket.url,
    NEWSGATHER_BODIES_KEY_ID: S3_KEY,
    NEWSGATHER_BODIES_SECRET: "env:SECRET_S3",
    SECRET_S3: S3_KEY,
  });
  store.tiers = { files: openFiles(folder), s3: bucket.open() };
});
beforeEach(() => store.collections.bodies.deleteMany({}));
afterAll(async () => {
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
  await database?.close();
});

const filesIn = async () => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => /[0-9a-f]{64}$/.test(name) && !name.startsWith("unf")).length;
};

test("a move whose process is killed goes on, and every body is readable and right all the while", async () => {
  const bodies = await storeBodies(store, 160, { since: ago(100), size: 10_000 });
  const command = ["archive", "move", "--older-than", "90d", "--to", "files", "--json"];
  const killed = await cliOn(store)(command, "", (child) => {
    const look = async () => {
      while ((await filesIn()) < 30) await sleep(5);
      child.kill("SIGKILL");
    };
    void look();
  });
  expect(killed.code).toBeNull();
  expect(await filesIn()).toBeLessThan(160);
  expect(await countRight(store, bodies)).toBe(160);
  const { code, out } = await run(command);
  expect(code).toBe(0);
  const { moved, failed, tiers } = JSON.parse(out);
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(160);
  expect(failed).toEqual([]);
  expect(tiers).toMatchObject([{ tier: "files", bodies: 160 }]);
  expect(await filesIn()).toBe(160);
  expect(await store.collections.bodies.countDocuments({ bytes: { $exists: true } })).toBe(0);
  expect(await countRight(store, bodies)).toBe(160);
  const storage = await run(["storage"]);
  expect(storage.out).toMatch(/files\s+│\s+160\s+│\s+1\.6/);
  await store.tiers.files?.remove(bodies.map(({ _id }) => _id));
});

test("a dry run moves nothing, a bucket takes what is old enough, and a check finds what is lost", async () => {
  const bodies = await storeBodies(store, 6, { since: ago(100) });
  await storeBodies(store, 1, { since: ago(80) });
  const move = ["archive", "move", "--older-than", "90d", "--to", "s3"];
  const dry = await run([...move, "--dry-run"]);
  expect(dry.out).toContain("6 bodies would be moved to s3");
  expect(await store.collections.bodies.countDocuments({ tier: "s3" })).toBe(0);
  expect((await run(move)).out).toMatch(/^6 bodies moved to s3/);
  const [lost, other] = bodies.map(({ _id }) => _id);
  await store.tiers.s3?.remove([lost ?? ""]);
  await store.collections.bodies.deleteOne({ _id: other ?? "" });
  const check = await run(["archive", "check", "--json"]);
  expect(check.code).toBe(3);
  const want = { bodies: 6, lost: [{ id: lost, tier: "s3", lost: "missing" }], orphans: 0 };
  expect(JSON.parse(check.out)).toMatchObject(want);
  const told = await run(["archive", "check"]);
  expect(told.out).toContain(`missing in s3: ${lost}`);
});

test("a tier that isn't named or set up is a wrong usage", async () => {
  expect(await run(["archive", "move"])).toMatchObject({ code: 2 });
  const none = commandsOn(store, { NEWSGATHER_BODIES_DIR: "" });
  const moved = await none(["archive", "move", "--to", "files"]);
  expect(moved).toMatchObject({
    code: 2,
    err: expect.stringContaining("set up: NEWSGATHER_BODIES_DIR"),
  });
  Object.assign(process.env, { NEWSGATHER_BODIES_DIR: folder });
});
