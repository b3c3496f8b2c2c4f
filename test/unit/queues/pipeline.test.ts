import { describe, expect, test } from "vitest";
import { checkPipeline, PIPELINE, ROLES } from "../../../queues/pipeline.ts";
import { crawlQueue, fetchQueue, renderQueue } from "../../../queues/queues.ts";

describe("checkPipeline", () => {
  test("the pipeline as it is has one role for each queue", () => {
    expect(() => checkPipeline()).not.toThrow();
  });

  test.each<[string, Record<string, readonly string[]>, string]>([
    ["a queue without a role", { ...ROLES, browser: [] }, 'queue "render" has 0 roles'],
    [
      "a queue with two roles",
      { ...ROLES, api: ["deliver", "crawl"] },
      'queue "crawl" has 2 roles',
    ],
    [
      "a queue twice in one role",
      { ...ROLES, api: ["deliver", "crawl", "crawl"] },
      'queue "crawl" has 3',
    ],
    [
      "a queue that isn't there",
      { ...ROLES, api: ["deliver", "export", "publish"] },
      'works on queue "publish"',
    ],
  ])("%s is refused by its name", (_what, roles, message) => {
    expect(() => checkPipeline(PIPELINE, roles)).toThrow(message);
  });

  test("a new queue that no role works on is refused", () => {
    expect(() => checkPipeline([...PIPELINE, { name: "print" }])).toThrow('"print" has 0 roles');
  });
});

describe("jobs", () => {
  const turn = { host: "www.city.example:8443", turn: 3 };
  const ids = [
    crawlQueue.jobId({ sourceId: "42", trigger: "manual" }),
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
    const manual = crawlQueue.jobId({ sourceId: "city", trigger: "manual" });
    expect(crawlQueue.jobId({ sourceId: "city", trigger: "schedule" })).toBe(manual);
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
