import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newsgather } from "../../helpers/newsgather.ts";
import { mountSmallDisk } from "../../helpers/small-disk.ts";
import { startTree, type Tree } from "../../helpers/tree.ts";

const FIRST = ["civic-wire", "rathaus-digital"];
const LATER = "plaza-digital";
/** All data lies in a file system of this size, so that a test can fill it. */
const SIZE = "300m";
const PIECE = Buffer.alloc(256 * 1024);
const WAIT = { timeout: 90_000, interval: 500 };

/** Writes into a file until the disk is full. */
async function fill(file: string): Promise<void> {
  try {
    for (;;) await appendFile(file, PIECE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

let tree: Tree;
let disk: ReturnType<typeof mountSmallDisk> = null;
const dataDir = () => tree.place.dataDir;
const published = () =>
  tree.store.collections.articles
    .find({ status: "published" }, { projection: { _id: 1 } })
    .map(({ _id }) => _id)
    .toArray();
const openRuns = () => tree.store.collections.runs.countDocuments({ open: true });
const applySources = async () =>
  (await newsgather(["sources", "apply", "--reason", "room again"], tree.place).ended()).code;
const statusOf = async (path: string) =>
  fetch(`${tree.address}${path}`).then(
    (response) => response.status,
    () => 0,
  );

beforeAll(async () => {
  tree = await startTree(FIRST, { NEWSGATHER_DISK_FREE: "20MB" }, async (place) => {
    disk = mountSmallDisk(place.dataDir, SIZE);
  });
  await vi.waitUntil(
    async () => (await published()).length >= 10 && (await openRuns()) === 0,
    WAIT,
  );
}, 300_000);

afterAll(async () => {
  disk?.close();
  await tree?.close();
});

describe("a disk that runs full, and has room again", () => {
  let before: string[];
  const seen = new Set<number>();

  beforeAll(async () => {
    if (!disk) return;
    before = await published();
    const filler = join(dataDir(), "filler");
    await fill(filler);
    // Heartbeats are written all the time: the database ends at one of them.
    const isAway = async () => {
      for (const path of ["/v1/articles?limit=1", "/"]) seen.add(await statusOf(path));
      return seen.has(503);
    };
    await vi.waitUntil(isAway, { ...WAIT, interval: 1000 });
    await rm(filler);
    await tree.addSources([LATER]);
    await vi.waitUntil(async () => (await applySources()) === 0, WAIT);
  }, 300_000);

  test("is never answered by an internal error", ({ skip }) => {
    skip(!disk, "this user can't mount a file system");
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  test("loses nothing, and goes on by itself", { timeout: 300_000 }, async ({ skip }) => {
    skip(!disk, "this user can't mount a file system");
    const later = () =>
      tree.store.collections.articles.countDocuments({ sourceId: LATER, status: "published" });
    await vi.waitUntil(async () => (await later().catch(() => 0)) > 0, WAIT);
    expect(await published()).toEqual(expect.arrayContaining(before));
    expect(await statusOf("/v1/articles?limit=1")).toBe(200);
  });
});
