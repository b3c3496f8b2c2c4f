import { expect, test } from "vitest";
import {
  aroundDay,
  isPairKey,
  pairKey,
  runKey,
  textKey,
} from "../../../../model/articles/fingerprint.ts";

const DAYS = ["1969-01-01", "1970-01-02", "2026-11-27", "2148-12-31", "9999-01-01"].map(
  (day) => new Date(`${day}T12:00:00Z`),
);
const HASHES = ["0".repeat(32), "f".repeat(32), "0123456789abcdef".repeat(2)];
const RUNS = [0, 1, 2 ** 32 - 1];

const keysOf = (at: Date) => [
  ...RUNS.map((run) => runKey(run, at)),
  ...HASHES.map((hash) => pairKey(hash, at)),
];

test("keys are whole numbers that a double holds, however large", () => {
  const keys = [...HASHES.map(textKey), ...DAYS.flatMap(keysOf)].flatMap(aroundDay);
  expect(keys.filter((key) => !Number.isSafeInteger(key))).toEqual([]);
});

test("no two things have one key", () => {
  const days = DAYS.slice(1, -1);
  const keys = [...HASHES.map(textKey), ...days.flatMap(keysOf)];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter(isPairKey)).toHaveLength(HASHES.length * days.length);
});

test("what was written on one day lies together", () => {
  const [day = new Date(), next = new Date()] = ["2026-11-27", "2026-11-28"].map(
    (each) => new Date(each),
  );
  expect(Math.max(...keysOf(day))).toBeLessThan(Math.min(...keysOf(next)));
  expect(Math.max(...HASHES.map(textKey))).toBeLessThan(Math.min(...keysOf(day)));
});

test("around a day are its neighbours, and a text is the same on all days", () => {
  const at = (day: string) => keysOf(new Date(day));
  const around = at("2026-11-27").flatMap(aroundDay);
  const wanted = ["2026-11-26", "2026-11-27", "2026-11-28"].flatMap(at);
  expect(around.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
  expect(HASHES.map(textKey).flatMap(aroundDay)).toEqual(HASHES.map(textKey));
});

test("keys stay what they are: stored ones are compared with later ones", () => {
  const noon = new Date("2026-11-27T12:00:00Z");
  const day = Date.UTC(2026, 10, 27) / 86_400_000;
  const hash = "0123456789abcdef".repeat(2);
  expect([runKey(7, noon), pairKey(hash, noon), textKey(hash)]).toEqual([
    day * 2 ** 37 + 7,
    day * 2 ** 37 + 2 ** 36 + 0x012345678,
    -1 - 0x0123456789abc,
  ]);
});
