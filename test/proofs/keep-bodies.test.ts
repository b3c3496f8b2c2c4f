import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepBodies, moveOld } from "../../archive/tiers.ts";
import { createLogger } from "../../config/logger.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Body, Tier } from "../../model/crawl/capture.ts";
import { checkBodies, findBody, getBody, sweepOrphans } from "../../store/archive/bodies.ts";
import { countTiers, readMoves, readTierSizes } from "../../store/archive/body-moves.ts";
import { removeBodies } from "../../store/archive/retention.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import type { Store } from "../../store/store.ts";
import { databaseTier } from "../../store/tiers/database.ts";
import { openFiles } from "../../store/tiers/files.ts";
import { type BodyStore, TierUnreachable } from "../../store/tiers/tier.ts";
import type { Deps } from "../../workers/deps.ts";
import { countRight, storeBodies } from "../helpers/bodies.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endProcess, withFaults } from "../helpers/faults.ts";
import { startTestBucket, type TestBucket } from "../helpers/s3.ts";
import { isVerify } from "../helpers/size.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

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
/** Begins with no bodies in any tier. */
async function start(): Promise<void> {
  await resetStore(store);
  await rm(folder, { recursive: true, force: true });
  [files, s3] = [openFiles(folder), bucket.open()];
  for await (const { id } of s3.list("")) await s3.remove([id]);
  store.tiers = { files, s3 };
}

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
    <Given extends unknown[], Answer>(work: (...overrides: Given) => Promise<Answer>) =>
    async (...overrides: Given): Promise<Answer> => {
      if (++count > step || (count === step && !after)) return endProcess();
      const answer = await work(...overrides);
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
  test("a process that ends at any step loses no body, and the next one moves them all", async () => {
    await start();
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
function upkeep(overrides: Partial<Deps> = {}): Deps {
  const bodies = { tier: "files", after: 30 * DAY_MS } as const;
  return {
    store,
    now: () => NOW,
    log: createLogger({ logLevel: "silent" }),
    diskSpace: () => Promise.resolve({ free: null, low: null, tight: null }),
    noteProgress: () => {},
    settings: { bodies } as Deps["settings"],
    ...overrides,
  } as Deps;
}

describe("upkeep of old and young bodies", () => {
  let bodies: Record<"old" | "young", Body[]>;
  let withFullDisk: object;
  let moved: object[];
  let placed: Record<Tier, number>;
  let readable: number;
  let counted: { moves: object; sizes: object };
  beforeAll(async () => {
    await start();
    bodies = { old: await storedAgo(25, 31), young: await storedAgo(3, 29) };
    const low = () => Promise.resolve({ free: 1, low: "only 1 byte", tight: null });
    withFullDisk = await keepBodies(upkeep({ diskSpace: low }));
    moved = [await keepBodies(upkeep()), await keepBodies(upkeep())];
    placed = await lying();
    readable = await right([...bodies.old, ...bodies.young]);
    const moves = await readMoves(store);
    await countTiers(store);
    counted = { moves, sizes: await readTierSizes(store) };
  });

  test("it moves nothing while the disk is nearly full", () => {
    expect(withFullDisk).toMatchObject({ bodiesMoved: 0 });
  });

  test("it moves what is old enough, once", () => {
    expect(moved).toMatchObject([{ bodiesMoved: 25, bodiesStuck: 0 }, { bodiesMoved: 0 }]);
  });

  test("it leaves what is young where it is", () => {
    expect(placed).toEqual({ database: 3, files: 25, s3: 0 });
  });

  test("all bodies can be read afterwards", () => {
    expect(readable).toBe(28);
  });

  test("it counts what it moved", () => {
    expect(counted.moves).toEqual({ moved: 25, failed: 0 });
  });

  test("the size of each tier is counted", () => {
    const bytes = bodies.old.reduce((sum, body) => sum + body.bytes.length, 0);
    expect(counted.sizes).toEqual([{ tier: "files", bodies: 25, bytes }]);
  });
});

describe("bodies that are not what was stored", () => {
  type Found = Awaited<ReturnType<typeof findBody>>;
  let ids: Record<"broken" | "gone" | "changed" | "last", string>;
  let result: Awaited<ReturnType<typeof move>>;
  let found: Record<"gone" | "changed", Found>;
  let read: Awaited<ReturnType<typeof getBody>>;
  let checked = { bodies: 0, lost: [] as object[] };
  let readable: number;
  let withoutTiers: { found: Found; removal: unknown; bodies: number };
  beforeAll(async () => {
    await start();
    const bodies = await storedAgo(25);
    const own = store.collections.bodies;
    const [broken = "", gone = "", changed = ""] = bodies.map(({ _id }) => _id);
    ids = { broken, gone, changed, last: bodies.at(-1)?._id ?? "" };
    await own.updateOne({ _id: broken }, { $set: { bytes: Buffer.from("others") } });
    result = await move("files");
    await files?.remove([gone]);
    await files?.put(changed, Buffer.from("others"));
    found = { gone: await findBody(store, gone), changed: await findBody(store, changed) };
    read = await getBody(store, changed);
    for await (checked of checkBodies(store));
    await s3?.put(changed, bodies[2]?.bytes ?? Buffer.of());
    readable = await right(bodies);
    store.tiers = {};
    withoutTiers = {
      found: await findBody(store, ids.last),
      removal: await removeBodies(store, ago(0), 100).catch((error: unknown) => error),
      bodies: await own.countDocuments(),
    };
  });

  test("a body whose bytes changed is not moved, and its hash is named as the reason", () => {
    expect([result.moved, result.failed.map(({ id }) => id)]).toEqual([24, [ids.broken]]);
    expect(result.failed[0]?.why).toMatch(/SHA-256 differs/);
  });

  test("a body whose file is gone is missing", () => {
    expect(found.gone).toEqual({ lost: "missing", tier: "files" });
  });

  test("a body whose file has other bytes is changed", () => {
    expect(found.changed).toEqual({ lost: "changed", tier: "files" });
  });

  test("a changed body is not read", () => {
    expect(read).toBeNull();
  });

  test("a check of all bodies finds each lost one", () => {
    expect(checked.bodies).toBe(25);
    expect(checked.lost).toHaveLength(3);
  });

  test("a right copy in another tier is read instead", () => {
    expect(readable).toBe(23);
  });

  test("a body in a tier that is not set up says so", () => {
    expect(withoutTiers.found).toEqual({ lost: "not set up", tier: "files" });
  });

  test("no body is removed while its tier is not set up", () => {
    expect(withoutTiers.removal).toBeInstanceOf(TierUnreachable);
    expect(withoutTiers.bodies).toBe(25);
  });
});

test("a killed process's write that arrives during the next move leaves no old copy", async () => {
  await start();
  const bodies = await storedAgo(2);
  const own = store.collections.bodies;
  const { _id, bytes } = (await own.findOne()) ?? {};
  for await (const { moved } of moveOld(store, { tier: "files", until: ago(30) })) {
    expect(moved).toBe(2);
    await own.updateOne({ _id: _id ?? "" }, { $set: { was: "database", ...(bytes && { bytes }) } });
    expect(await lying()).toMatchObject({ database: 1, files: 2 });
  }
  expect(await right(bodies)).toBe(2);
  expect(await lying()).toEqual({ database: 0, files: 2, s3: 0 });
});

test("a tier that returns other bytes than it was given gets no body", async () => {
  await start();
  const bodies = await storedAgo(2);
  if (!files) throw new Error("it is opened");
  const real = files;
  const cutting: BodyStore = { ...real, put: (id, bytes) => real.put(id, bytes.subarray(1)) };
  const { moved, failed } = await move("files", { ...store, tiers: { files: cutting } });
  expect([moved, failed.length]).toEqual([0, 2]);
  expect(failed[0]?.why).toBe("files returns other bytes than were written");
  expect(await right(bodies)).toBe(2);
  expect(await lying()).toMatchObject({ database: 2 });
});

test("a tier that can't be reached stops no other upkeep", async () => {
  await start();
  await storedAgo(1);
  store.tiers = { ...(files && { files }), s3: bucket.open({ secret: () => "wrong" }) };
  const settings = { bodies: { tier: "s3", after: DAY_MS } } as Deps["settings"];
  expect(await keepBodies(upkeep({ settings }))).toMatchObject({ bodiesMoved: 0 });
  expect((await readMoves(store)).failed).toBe(1);
});

test("a body in a tier that can't be reached is no lost body", async () => {
  await start();
  const bodies = await storedAgo(2);
  await move("s3");
  store.tiers = { ...(files && { files }), s3: bucket.open({ secret: () => "wrong" }) };
  await expect(findBody(store, bodies[0]?._id ?? "")).rejects.toThrow(TierUnreachable);
  store.tiers = { ...(s3 && { s3 }) };
  expect(await right(bodies)).toBe(2);
});

describe("a moved body that is stored again", () => {
  let again: { placed: Record<Tier, number>; readable: number };
  let moved: object;
  let afterwards: { placed: Record<Tier, number>; readable: number };
  beforeAll(async () => {
    await start();
    const bodies = await storedAgo(2);
    await move("files");
    const young = bodies.map((body) => ({ ...body, storedAt: ago(0) }));
    await addCaptures(store, [], young);
    again = { placed: await lying(), readable: await right(bodies) };
    moved = await move("files");
    afterwards = { placed: await lying(), readable: await right(bodies) };
  });

  test("it has its own bytes in the database again", () => {
    expect(again.placed).toMatchObject({ database: 2, files: 2 });
    expect(again.readable).toBe(2);
  });

  test("it is as young as its last storing, so it is not moved", () => {
    expect(moved).toMatchObject({ moved: 0 });
  });

  test("its former copy is removed by the next move", () => {
    expect(afterwards.placed).toMatchObject({ database: 2, files: 0 });
    expect(afterwards.readable).toBe(2);
  });
});

test("a body that is erased while it is copied leaves no copy", async () => {
  await start();
  const [gone = ""] = (await storedAgo(3)).map(({ _id }) => _id);
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
  expect(await real.get(gone)).toBeNull();
});

test("a copy that belongs to no body is swept once it is an hour old", async () => {
  await start();
  const [first = ""] = (await storedAgo(2)).map(({ _id }) => _id);
  await move("files");
  await store.collections.bodies.deleteOne({ _id: first });
  const prefix = first.slice(0, 2);
  expect(await sweepOrphans(store, { prefix, now: new Date() })).toBe(0);
  const later = new Date(Date.now() + 2 * 3_600_000);
  expect(await sweepOrphans(store, { prefix, now: later })).toBe(1);
  expect(await lying()).toEqual({ database: 0, files: 1, s3: 0 });
});
