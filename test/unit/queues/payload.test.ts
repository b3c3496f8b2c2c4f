import { expect, test } from "vitest";
import { z } from "zod";
import { crawlQueue } from "../../../queues/crawl.ts";
import { fetchQueue, TurnPayload } from "../../../queues/fetch.ts";
import { pack, unpack } from "../../../queues/payload.ts";
import { PIPELINE } from "../../../queues/pipeline.ts";

const turn = { host: "city.example:443", turn: 1 };

test("a payload is read as it was packed", () => {
  expect(unpack(fetchQueue, pack(fetchQueue, turn))).toEqual(turn);
});

test("a job of before versions were told is of the first", () => {
  expect(unpack(fetchQueue, turn)).toEqual(turn);
});

test("what a later version only adds is left out", () => {
  const payload = z.object({ ...TurnPayload.shape, since: z.int() });
  const later = { version: fetchQueue.version, payload };
  expect(unpack(fetchQueue, pack(later, { ...turn, since: 5 }))).toEqual(turn);
});

test("what a later version says is otherwise is left to its workers", () => {
  const later = { ...fetchQueue, version: fetchQueue.version + 1 };
  expect(unpack(fetchQueue, pack(later, turn))).toBeNull();
  expect(unpack(later, pack(fetchQueue, turn))).toEqual(turn);
});

test("anything else is refused, by each queue", () => {
  expect(() => unpack(fetchQueue, { host: 1 })).toThrow(/host/);
  expect(() => unpack(crawlQueue, null)).toThrow(/object/);
  for (const queue of PIPELINE) expect(() => unpack<unknown>(queue, "text")).toThrow(/object/);
});
