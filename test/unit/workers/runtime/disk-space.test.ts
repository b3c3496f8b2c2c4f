import { expect, test } from "vitest";
import { createDiskSpace } from "../../../../workers/runtime/disk-space.ts";

const GB = 1024 ** 3;
const diskSpace = (...bytes: (number | null)[]) =>
  createDiskSpace(() => Promise.resolve(bytes), GB)();

test("the fullest disk counts, and says which setting it is under", async () => {
  expect(await diskSpace(5 * GB, 2 * GB)).toMatchObject({ free: 2 * GB, low: null });
  expect(await diskSpace(5 * GB, GB / 2)).toMatchObject({
    free: GB / 2,
    low: expect.stringMatching(/only 0\.50 GB of disk .* NEWSGATHER_DISK_FREE \(1\.00 GB\)/),
  });
});

test("room that nobody tells, or that can't be read, stops nothing", async () => {
  expect(await diskSpace(null, null)).toMatchObject({ free: null, low: null });
  expect(await diskSpace(null, 3 * GB)).toMatchObject({ free: 3 * GB, low: null });
  const broken = createDiskSpace(() => Promise.reject(new Error("no statfs")), GB);
  expect(await broken()).toMatchObject({ free: null, low: null });
});

test("the disk is not asked for every request", async () => {
  let probes = 0;
  const read = () => Promise.resolve([++probes * GB]);
  const often = createDiskSpace(read, GB);
  await Promise.all([often(), often(), often()]);
  expect(probes).toBe(1);
});

test.each([
  ["59 of 100 MB", 59, null, null],
  ["60 of 100 MB", 60, expect.stringContaining("60 %"), null],
  [
    "75 of 100 MB",
    75,
    expect.stringContaining("75 %"),
    expect.stringContaining("nothing is fetched"),
  ],
])(
  "Redis that uses %s is told of from 60 %% on, and stops fetching from 75 %% on",
  async (_, used, tight, low) => {
    const memory = () => Promise.resolve({ used, most: 100 });
    const { tight: isTight, low: stopped } = await createDiskSpace(
      () => Promise.resolve([]),
      GB,
      memory,
    )();
    expect(isTight).toEqual(tight);
    expect(stopped).toEqual(low);
  },
);

test("Redis without a bound, or that is away, stops nothing", async () => {
  for (const memory of [
    () => Promise.resolve({ used: 100, most: null }),
    () => Promise.reject(new Error("no Redis")),
  ]) {
    const read = createDiskSpace(() => Promise.resolve([5 * GB]), GB, memory);
    expect(await read()).toEqual({ free: 5 * GB, low: null, tight: null });
  }
});
