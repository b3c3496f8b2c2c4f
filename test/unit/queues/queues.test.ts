import { expect, test } from "vitest";
import { z } from "zod";
import { PIPELINE } from "../../../queues/pipeline.ts";
import {
  crawlQueue,
  decodePayload,
  encodePayload,
  fetchQueue,
  TurnPayload,
} from "../../../queues/queues.ts";

const turn = { host: "city.example:443", turn: 1 };

test("a payload is read as it was packed", () => {
  expect(decodePayload(fetchQueue, encodePayload(fetchQueue, turn))).toEqual(turn);
});

test("a job of before versions were told is of the first", () => {
  expect(decodePayload(fetchQueue, turn)).toEqual(turn);
});

test("what a later version only adds is left out", () => {
  const payload = z.object({ ...TurnPayload.shape, since: z.int() });
  const later = { version: fetchQueue.version, payload };
  expect(decodePayload(fetchQueue, encodePayload(later, { ...turn, since: 5 }))).toEqual(turn);
});

test("what a later version says is otherwise is left to its workers", () => {
  const later = { ...fetchQueue, version: fetchQueue.version + 1 };
  expect(decodePayload(fetchQueue, encodePayload(later, turn))).toBeNull();
  expect(decodePayload(later, encodePayload(fetchQueue, turn))).toEqual(turn);
});

test("anything else is refused, by each queue", () => {
  expect(() => decodePayload(fetchQueue, { host: 1 })).toThrow(/host/);
  expect(() => decodePayload(crawlQueue, null)).toThrow(/object/);
  for (const queue of PIPELINE)
    expect(() => decodePayload<unknown>(queue, "text")).toThrow(/object/);
});
