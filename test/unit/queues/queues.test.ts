import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  crawlQueue,
  decodePayload,
  encodePayload,
  fetchQueue,
  PIPELINE,
  ROLES,
  renderQueue,
  TurnPayload,
} from "../../../queues/queues.ts";

test("each queue has one role", () => {
  const names = PIPELINE.map(({ name }) => name);
  expect(Object.values(ROLES).flat().toSorted()).toEqual(names.toSorted());
});

describe("jobs", () => {
  const turn = { host: "www.city.example:8443", turn: 3 };
  const ids = [
    crawlQueue.jobId({ sourceId: "42" }),
    fetchQueue.jobId(turn),
    renderQueue.jobId({ host: "[2001:db8::1]:80", turn: 0 }),
    ...PIPELINE.filter(({ name }) => name === "schedule" || name === "maintain").map((queue) =>
      queue.jobId({} as never),
    ),
  ];

  test.each(ids)("%s is an id that BullMQ takes: no colon, no number", (id) => {
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(id).not.toMatch(/^\d+$/);
  });

  test("of the same entity are the same job, of others another one", () => {
    expect(fetchQueue.jobId({ ...turn })).toBe(fetchQueue.jobId(turn));
    expect(fetchQueue.jobId({ ...turn, turn: 4 })).not.toBe(fetchQueue.jobId(turn));
    expect(fetchQueue.jobId({ ...turn, host: "city.example" })).not.toBe(fetchQueue.jobId(turn));
    expect(crawlQueue.jobId({ sourceId: "city" })).not.toBe(crawlQueue.jobId({ sourceId: "town" }));
  });

  test("keep their id when their payload gets a field", () => {
    const added = { previewId: "a", sourceId: "b", subscriberId: "c", exportId: "d", added: "x" };
    const names = ["preview", "reread", "deliver", "export"];
    const queues = PIPELINE.filter(({ name }) => names.includes(name));
    expect(queues.map((queue) => queue.jobId(added as never))).toEqual([
      "preview-a",
      "reread-b",
      "deliver-c",
      "export-d",
    ]);
  });

  test("carry no more than their payload says", () => {
    for (const queue of PIPELINE) {
      const { success, data } = queue.payload.safeParse({ html: "<p>" });
      expect(success && "html" in data).toBe(false);
    }
    expect(fetchQueue.payload.parse(turn)).toEqual(turn);
    expect(fetchQueue.payload.safeParse({ ...turn, turn: -1 }).success).toBe(false);
  });
});

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
