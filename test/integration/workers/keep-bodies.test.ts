import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../../../config/logger.ts";
import type { Body } from "../../../model/capture.ts";
import type { Tier } from "../../../model/tier.ts";
import { findBody, getBody } from "../../../store/bodies.ts";
import { addCaptures } from "../../../store/captures.ts";
import { checkBodies, sweepOrphans } from "../../../store/check-bodies.ts";
import { removeBodies } from "../../../store/retention.ts";
import type { Store } from "../../../store/store.ts";
import { countTiers, readMoves, readTierSizes } from "../../../store/tier-sizes.ts";
import { databaseTier } from "../../../store/tiers/database.ts";
import { openFiles } from "../../../store/tiers/files.ts";
import { type BodyStore, TierUnreachable } from "../../../store/tiers/tier.ts";
import type { Deps } from "../../../workers/deps.ts";
import { keepBodies, moveOld } from "../../../workers/keep-bodies.ts";
import { countRight, storeBodies } from "../../helpers/bodies.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { endProcess, withFaults } from "../../helpers/faults.ts";
import { startTestBucket, type TestBucket } from "../../helpers/s3.ts";
import { isVerify } from "../../helpers/size.ts";

const DAY = 86_400_000;
const NOW = new Date("2026-11-25T12:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * DAY);

let database: TestDatabase;
let store: Store;
let bucket: TestBucket;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("bodies");
  bucket = await startTestBucket();
  folder = await mkdtemp(join(tmpdir(), "newsgather-bodies-"));
});
afterAll(async () => {
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
  await database?.close();
});

let [files, s3]: BodyStore[] = [];
beforeEach(async () => {
  await emptyStore(store);
  await store.collections.meta.deleteMany({ _id: { $ne: "schema" } });
  await rm(folder, { recursive: true, force: true });
  [files, s3] = [openFiles(folder), bucket.open()];
  for await (const { id } of s3.list("")) await s3.remove([id]);
  store.tiers = { files, s3 };
});

/** Bodies that were stored so many days ago, in the database. */
const storedAgo = (count: number, days = 40) => storeBodies(store, count, { since: ago(days) });

async function move(tier: Tier, view: Store = store, until = ago(30)) {
  let last = { moved: 0, bytes: 0, failed: [] as { id: string; why: string }[] };
  for await (last of moveOld(view, { tier, until }));
  return last;
}

const right = (bodies: Body[]) => countRight(store, bodies);

/** How many bodies each tier has bytes of. */
async function lying(): Promise<Record<Tier, number>> {
  const count = async (tier: BodyStore | undefined) => {
    const ids = new Set<string>();
    for await (const { id } of tier?.list("") ?? []) ids.add(id);
    return ids.size;
  };
  const [own, inFiles, inBucket] = await Promise.all([
    count(databaseTier(store)),
    count(files),
    count(s3),
  ]);
  return { database: own, files: inFiles, s3: inBucket };
}

/** A view on the store whose process ends right before, or right after, its step with this number. */
function endedAt(step: number, after: boolean): Store {
  let count = 0;
  const dying =
    <Given extends unknown[], Answer>(work: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      if (++count > step || (count === step && !after)) return endProcess();
      const answer = await work(...given);
      return count >= step ? endProcess() : answer;
    };
  const tier = ({ put, get, remove, ...rest }: BodyStore): BodyStore => {
    return { ...rest, put: dying(put), get: dying(get), remove: dying(remove) };
  };
  const { bodies } = store.collections;
  const writing = withFaults(bodies, {
    bulkWrite: () => dying(bodies.bulkWrite.bind(bodies)),
    updateOne: () =>
      dying<Parameters<typeof bodies.updateOne>, Awaited<ReturnType<typeof bodies.updateOne>>>(
        bodies.updateOne.bind(bodies),
      ),
  });
  return {
    ...store,
    collections: { ...store.collections, bodies: writing },
    tiers: { ...(files && { files: tier(files) }), ...(s3 && { s3: tier(s3) }) },
  };
}

const WAYS: [Tier, Tier][] = [
  ["database", "files"],
  ["files", "s3"],
  ["s3", "database"],
];

describe.each(isVerify ? WAYS : WAYS.slice(0, 1))("a move from %s to %s", (from, to) => {
  test("that is killed at any step loses nothing, and goes on", async () => {
    let step = 0;
    let ended: unknown = new Error("not begun");
    while (ended instanceof Error) {
      step++;
      await store.collections.bodies.deleteMany({});
      const bodies = await storedAgo(2);
      if (from !== "database") await move(from);
      ended = await move(to, endedAt(step, step % 2 === 0)).catch((error: Error) => error);
      expect(await right(bodies)).toBe(2);
      expect(await move(to)).toMatchObject({ failed: [] });
      expect(await right(bodies)).toBe(2);
      expect(await lying()).toEqual({ database: 0, files: 0, s3: 0, [to]: 2 });
      expect(await store.collections.bodies.countDocuments({ was: { $exists: true } })).toBe(0);
      expect(await removeBodies(store, ago(0), 10)).toBe(2);
      expect(await lying()).toEqual({ database: 0, files: 0, s3: 0 });
    }
    expect(step).toBeGreaterThan(7);
  });
});

/** What upkeep needs. */
function upkeep(given: Partial<Deps> = {}): Deps {
  const bodies = { tier: "files", after: 30 * DAY } as const;
  return {
    store,
    now: () => NOW,
    log: createLogger({ logLevel: "silent" }),
    room: () => Promise.resolve({ free: null, low: null }),
    settings: { bodies } as Deps["settings"],
    ...given,
  } as Deps;
}

test("upkeep moves what is old enough, counts it, and leaves it while there is no room", async () => {
  const [old, young] = [await storedAgo(25, 31), await storedAgo(3, 29)];
  const low = () => Promise.resolve({ free: 1, low: "only 1 byte" });
  expect(await keepBodies(upkeep({ room: low }))).toMatchObject({ bodiesMoved: 0 });
  expect(await keepBodies(upkeep())).toMatchObject({ bodiesMoved: 25, bodiesStuck: 0 });
  expect(await keepBodies(upkeep())).toMatchObject({ bodiesMoved: 0 });
  expect(await lying()).toEqual({ database: 3, files: 25, s3: 0 });
  expect(await right([...old, ...young])).toBe(28);
  expect(await readMoves(store)).toEqual({ moved: 25, failed: 0 });
  await countTiers(store);
  const bytes = old.reduce((sum, body) => sum + body.bytes.length, 0);
  expect(await readTierSizes(store)).toEqual([{ tier: "files", bodies: 25, bytes }]);
});

test("what is not what was stored stays where it is, is told, and is never given out", async () => {
  const bodies = await storedAgo(25);
  const [broken, gone, changed] = bodies.map(({ _id }) => _id);
  const own = store.collections.bodies;
  await own.updateOne({ _id: broken ?? "" }, { $set: { bytes: Buffer.from("others") } });
  const { moved, failed } = await move("files");
  expect([moved, failed.map(({ id }) => id)]).toEqual([24, [broken]]);
  expect(failed[0]?.why).toMatch(/SHA-256 differs/);
  await files?.remove([gone ?? ""]);
  await files?.put(changed ?? "", Buffer.from("others"));
  expect(await findBody(store, gone ?? "")).toEqual({ lost: "missing", tier: "files" });
  expect(await findBody(store, changed ?? "")).toEqual({ lost: "changed", tier: "files" });
  expect(await getBody(store, changed ?? "")).toBeNull();
  let checked = { bodies: 0, lost: [] as object[] };
  for await (checked of checkBodies(store));
  expect(checked.bodies).toBe(25);
  expect(checked.lost).toHaveLength(3);
  // A copy elsewhere serves as well.
  await s3?.put(changed ?? "", bodies[2]?.bytes ?? Buffer.of());
  expect(await right(bodies)).toBe(23);
  store.tiers = {};
  const last = bodies.at(-1)?._id ?? "";
  expect(await findBody(store, last)).toEqual({ lost: "not set up", tier: "files" });
  await expect(removeBodies(store, ago(0), 100)).rejects.toThrow(TierUnreachable);
  expect(await own.countDocuments()).toBe(25);
});

test("a tier that gives back other bytes than it was given gets no body", async () => {
  const bodies = await storedAgo(2);
  if (!files) throw new Error("it is opened");
  const real = files;
  const cutting: BodyStore = { ...real, put: (id, bytes) => real.put(id, bytes.subarray(1)) };
  const { moved, failed } = await move("files", { ...store, tiers: { files: cutting } });
  expect([moved, failed.length]).toEqual([0, 2]);
  expect(failed[0]?.why).toBe("files gives back other bytes");
  expect(await right(bodies)).toBe(2);
  expect(await lying()).toMatchObject({ database: 2 });
});

test("a tier that can't be asked loses nothing and stops no other upkeep; it is no lost body", async () => {
  const bodies = await storedAgo(2);
  await move("s3");
  const down = bucket.open({ secret: () => "wrong" });
  store.tiers = { ...(files && { files }), s3: down };
  const settings = { bodies: { tier: "s3", after: DAY } } as Deps["settings"];
  await storedAgo(1);
  expect(await keepBodies(upkeep({ settings }))).toMatchObject({ bodiesMoved: 0 });
  expect((await readMoves(store)).failed).toBe(1);
  await expect(findBody(store, bodies[0]?._id ?? "")).rejects.toThrow(TierUnreachable);
  store.tiers = { ...(s3 && { s3 }) };
  expect(await right(bodies)).toBe(2);
});

test("a body that comes again is young again; its copy goes, and what is there is its own", async () => {
  const bodies = await storedAgo(2);
  await move("files");
  const again = bodies.map((body) => ({ ...body, storedAt: ago(0) }));
  await addCaptures(store, [], again);
  expect(await lying()).toMatchObject({ database: 2, files: 2 });
  expect(await right(bodies)).toBe(2);
  expect(await move("files")).toMatchObject({ moved: 0 });
  expect(await lying()).toMatchObject({ database: 2, files: 0 });
  expect(await right(bodies)).toBe(2);
});

test("what is erased while it is copied leaves no copy; what a kill left is swept once it is an hour old", async () => {
  const bodies = await storedAgo(3);
  const [gone, kept] = bodies.map(({ _id }) => _id);
  const real = files;
  if (!real) throw new Error("it is opened");
  const erasing: BodyStore = {
    ...real,
    async put(id, bytes) {
      await real.put(id, bytes);
      if (id === gone) await store.collections.bodies.deleteOne({ _id: id });
    },
  };
  await move("files", { ...store, tiers: { files: erasing } });
  expect(await real.has(gone ?? "")).toBe(false);
  await store.collections.bodies.deleteOne({ _id: kept ?? "" });
  const prefix = (kept ?? "").slice(0, 2);
  expect(await sweepOrphans(store, { prefix, now: new Date() })).toBe(0);
  const later = new Date(Date.now() + 2 * 3_600_000);
  expect(await sweepOrphans(store, { prefix, now: later })).toBe(1);
  expect(await lying()).toEqual({ database: 0, files: 1, s3: 0 });
});
