import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSigningKey, type StoredSigningKey } from "../../../../crawler/signing/keys.ts";
import { DAY_MS, MINUTE_MS } from "../../../../lib/time.ts";
import type { Store } from "../../../../store/store.ts";
import { type AlarmSettings, checkForTrouble } from "../../../../workers/maintain/alarms.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const after = (ms: number) => new Date(NOW.getTime() + ms);

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("machine");
});
afterAll(() => database.close());

/** The alarms that are open once this was looked for. */
async function alarmsOf(more: Partial<AlarmSettings>, now = NOW) {
  await emptyStore(store);
  const diskSpace = () => Promise.resolve({ free: null, low: null, tight: null });
  const settings = { ways: [], every: 1, title: "", page: "", ...more };
  const open = await checkForTrouble({ store, now: () => now, diskSpace }, settings);
  return open.map(({ subject, state, words, todo }) => ({ subject, state, words, todo }));
}

describe("the keys that sign requests", () => {
  const keys: StoredSigningKey[] = [createSigningKey(NOW)];
  const at = (ms: number) => alarmsOf({ signingKeys: () => keys }, after(ms));

  test("raise no alarm while one signs for long", async () => {
    expect(await at(DAY_MS)).toEqual([]);
  });

  test("raise an alarm before the last one expires", async () => {
    expect(await at(170 * DAY_MS)).toMatchObject([
      { subject: "signing-keys", state: "degraded", todo: "newsgather signing-keys rotate" },
    ]);
  });

  test("raise an alarm once the last one has expired", async () => {
    expect(await at(200 * DAY_MS)).toMatchObject([
      { subject: "signing-keys", state: "failing", words: expect.stringContaining("not signed") },
    ]);
  });

  test("raise an alarm where they can't be read", async () => {
    const signingKeys = () => {
      throw new Error("line 1 is broken");
    };
    expect(await alarmsOf({ signingKeys })).toMatchObject([
      { state: "failing", words: expect.stringContaining("line 1 is broken") },
    ]);
  });
});

describe("a clock", () => {
  const at = (skewMs: number) => alarmsOf({ otherClock: () => Promise.resolve(after(-skewMs)) });

  test("that is right to 30 s raises no alarm", async () => {
    expect([await at(0), await at(30_000), await at(-30_000)]).toEqual([[], [], []]);
  });

  test.each([
    [31, "ahead of", 31_000],
    [31, "behind", -31_000],
    [3660, "ahead of", 61 * MINUTE_MS],
  ])("that is %i s %s Redis' raises an alarm", async (seconds, way, skewMs) => {
    expect(await at(skewMs)).toMatchObject([
      { subject: "clock", words: `the clock is ${seconds} s ${way} the clock of Redis` },
    ]);
  });

  test("that can't be compared raises no alarm", async () => {
    const otherClock = () => Promise.reject(new Error("Redis is away"));
    expect(await alarmsOf({ otherClock })).toEqual([]);
  });
});
