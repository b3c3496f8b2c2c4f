import { expect, test } from "vitest";
import { createRoom } from "../../../../workers/turn/room.ts";

const GB = 1024 ** 3;
const room = (...bytes: (number | null)[]) => createRoom(() => Promise.resolve(bytes), GB)();

test("the fullest disk counts, and says which setting it is under", async () => {
  expect(await room(5 * GB, 2 * GB)).toEqual({ free: 2 * GB, low: null });
  expect(await room(5 * GB, GB / 2)).toEqual({
    free: GB / 2,
    low: expect.stringMatching(/only 0\.50 GB of disk .* NEWSGATHER_DISK_FREE \(1\.00 GB\)/),
  });
});

test("room that nobody tells, or that can't be read, stops nothing", async () => {
  expect(await room(null, null)).toEqual({ free: null, low: null });
  expect(await room(null, 3 * GB)).toEqual({ free: 3 * GB, low: null });
  const broken = createRoom(() => Promise.reject(new Error("no statfs")), GB);
  expect(await broken()).toEqual({ free: null, low: null });
});

test("the disk is not asked for every request", async () => {
  let asked = 0;
  const read = () => Promise.resolve([++asked * GB]);
  const often = createRoom(read, GB);
  await Promise.all([often(), often(), often()]);
  expect(asked).toBe(1);
});
