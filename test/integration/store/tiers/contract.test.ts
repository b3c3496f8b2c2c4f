import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../../../bin/services/machine.ts";
import { digest } from "../../../../lib/text.ts";
import { TIERS, type Tier } from "../../../../model/crawl/capture.ts";
import type { Store } from "../../../../store/store.ts";
import { databaseTier } from "../../../../store/tiers/database.ts";
import { openFiles } from "../../../../store/tiers/files.ts";
import {
  type BodyStore,
  pathOf,
  type StoredBody,
  TierUnreachable,
} from "../../../../store/tiers/tier.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { startPieces, startTestBucket, type TestBucket } from "../../../helpers/s3.ts";

let database: TestDatabase;
let store: Store;
let bucket: TestBucket;
let folder: string;
const tiers = {} as Record<Tier, BodyStore>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("tiers");
  bucket = await startTestBucket();
  folder = await mkdtemp(join(tmpdir(), "newsgather-bodies-"));
  tiers.database = databaseTier(store);
  tiers.files = openFiles(folder);
  await tiers.files.put(IDS[0] ?? "", BYTES[0] ?? Buffer.of());
  await tiers.files.remove(IDS);
  tiers.s3 = bucket.open();
});
afterAll(async () => {
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
  await database?.close();
});

const BYTES = ["", "a", "body"].map((text) => Buffer.from(text)).concat(randomBytes(1_000_000));
const IDS = BYTES.map(digest);

/** Records, which the database's tier keeps bytes in; they say that a move ended elsewhere. */
async function record(): Promise<void> {
  const rest = { encoding: "gzip", size: 1, storedAt: new Date(), tier: "files" } as const;
  await store.collections.bodies.deleteMany({});
  await store.collections.bodies.insertMany(IDS.map((_id) => ({ _id, ...rest })));
}

async function all(tier: BodyStore, prefix = ""): Promise<StoredBody[]> {
  const found: StoredBody[] = [];
  for await (const one of tier.list(prefix)) found.push(one);
  return found;
}

describe.each(TIERS)("the tier %s", (name) => {
  let tier: BodyStore;
  const putAll = () =>
    Promise.all(IDS.map((id, index) => tier.put(id, BYTES[index] ?? Buffer.of())));
  beforeEach(async () => {
    await record();
    tier = tiers[name];
    await tier.remove(IDS);
  });

  test("A tier that holds nothing lists and gives nothing", async () => {
    expect(await all(tier)).toEqual([]);
    expect(await tier.get(IDS[1] ?? "")).toBeNull();
  });

  test("Bytes are stored under their digest, also when they are stored twice", async () => {
    await putAll();
    await putAll();
    for (const [index, id] of IDS.entries()) {
      const got = await tier.get(id);
      expect(got && Buffer.from(got).equals(BYTES[index] ?? Buffer.of())).toBe(true);
    }
  });

  test("A list has the length and the time of all bytes that are stored", async () => {
    await putAll();
    const bodies = await all(tier);
    const sizes = new Map(bodies.map(({ id, length }) => [id, length]));
    expect(sizes).toEqual(new Map(IDS.map((id, index) => [id, BYTES[index]?.length])));
    const hour = 3_600_000;
    for (const { at } of bodies) expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(hour);
  });

  test("A list may be limited to digests that begin alike", async () => {
    await putAll();
    const prefix = IDS[0]?.slice(0, 2) ?? "";
    // Some of the bodies are random: another digest may begin alike.
    const alike = IDS.filter((id) => id.startsWith(prefix)).toSorted();
    expect((await all(tier, prefix)).map(({ id }) => id).toSorted()).toEqual(alike);
  });

  test("Only what is removed goes, also when it is removed twice", async () => {
    await putAll();
    await tier.remove(IDS.slice(1));
    await tier.remove(IDS.slice(1));
    await tier.remove([]);
    expect((await all(tier)).map(({ id }) => id)).toEqual([IDS[0]]);
  });

  test("Nothing is left when everything is removed", async () => {
    await putAll();
    await tier.remove(IDS);
    expect(await tier.get(IDS[0] ?? "")).toBeNull();
    expect(await all(tier)).toEqual([]);
  });
});

test("the database's tier removes no bytes whose record says that they lie there", async () => {
  await record();
  const [id = ""] = IDS;
  await store.collections.bodies.updateOne({ _id: id }, { $unset: { tier: "" } });
  await tiers.database.put(id, Buffer.from("x"));
  await tiers.database.remove([id]);
  expect(await tiers.database.get(id)).not.toBeNull();
});

test("a bucket that gives a list in pieces is read to its end", async () => {
  const keys = Array.from({ length: 5 }, (_, n) => pathOf(digest(Buffer.from(`piece ${n}`))));
  const pieces = await startPieces(keys.toSorted());
  const found = await all(bucket.open({ url: pieces.url }));
  expect(found.map(({ id }) => pathOf(id))).toEqual(keys.toSorted());
  expect(pieces.requestCount()).toBe(3);
  await pieces.close();
});

test("files lie in two levels of folders; what a stop left half-written is none, and goes", async () => {
  const dir = join(folder, "own");
  const left = join(dir, "unfinished", `${IDS[0]}.left`);
  await openFiles(dir).put(IDS[1] ?? "", Buffer.from("a"));
  await writeFile(left, "hal");
  const old = Date.now() / 1000 - 7200;
  await utimes(left, old, old);
  const tier = openFiles(dir);
  expect((await all(tier)).map(({ id }) => id)).toEqual([IDS[1]]);
  await tier.put(IDS[2] ?? "", Buffer.from("body"));
  expect(await readdir(join(dir, "unfinished"))).toEqual([]);
  expect(await readdir(join(dir, pathOf(IDS[2] ?? ""), ".."))).toEqual([IDS[2]]);
});

test("a folder or bucket that can't be used says why, and is never taken for an empty one", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const broken: [string, BodyStore, RegExp][] = [
    ["not mounted", openFiles(join(folder, "none")), /check that the disk is mounted/],
    ["no folder", openFiles(file), /folder of bodies can't be used: .*file/],
    [
      "no server",
      bucket.open({ url: `http://127.0.0.1:${await freePort()}/bodies` }),
      /ECONNREFUSED/,
    ],
    ["other secret", bucket.open({ secret: () => "wrong" }), /403 \(SignatureDoesNotMatch\)/],
    ["no bucket", bucket.open({ url: `${bucket.url}-none` }), /404 \(NoSuchBucket\)/],
  ];
  for (const [name, tier, why] of broken) {
    const get = () => tier.get(IDS[0] ?? "");
    const put = () => tier.put(IDS[1] ?? "", Buffer.from("a"));
    for (const ask of name === "not mounted" ? [get] : [get, put]) {
      await expect(ask()).rejects.toThrow(TierUnreachable);
      await expect(ask()).rejects.toThrow(why);
    }
  }
  const gone = bucket.open({
    secret: () => {
      throw new Error("SECRET_S3 isn't set");
    },
  });
  await expect(gone.get(IDS[0] ?? "")).rejects.toThrow("SECRET_S3 isn't set");
});
