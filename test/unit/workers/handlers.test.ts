import { DelayedError, type Job } from "bullmq";
import { MongoNetworkError } from "mongodb";
import { expect, test } from "vitest";
import type { TurnDeps } from "../../../workers/deps.ts";
import { turnHandlers } from "../../../workers/handlers.ts";

/** Runs a host's turn whose first look into the store fails; when the job runs again, ms from now. */
async function turnThatFails(cause: Error): Promise<number[]> {
  const deps = {
    room: async () => ({ low: false }),
    hosts: { get: () => Promise.reject(cause) },
    now: () => new Date(),
    log: { warn: () => {} },
  } as unknown as TurnDeps;
  const moved: number[] = [];
  const job = {
    id: "host-1-0",
    data: { host: "city.example", turn: 0 },
    moveToDelayed: async (at: number) => void moved.push(at - Date.now()),
  } as unknown as Job;
  const { fetch } = turnHandlers(deps);
  await expect(fetch?.(job, "token")).rejects.toThrow(
    cause instanceof MongoNetworkError ? DelayedError : cause.message,
  );
  return moved;
}

test("a turn that can't reach the database is taken again soon, not given up until the next tick", async () => {
  const [wait = Infinity, ...more] = await turnThatFails(new MongoNetworkError("connection reset"));
  expect(more).toEqual([]);
  expect(wait).toBeGreaterThan(500);
  expect(wait).toBeLessThan(2000);
});

test("a turn that fails for another reason is a failed job", async () => {
  expect(await turnThatFails(new Error("a bug"))).toEqual([]);
});
