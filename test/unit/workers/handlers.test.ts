import { DelayedError, type Job } from "bullmq";
import { MongoNetworkError } from "mongodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ROLES } from "../../../queues/queues.ts";
import type { JobContext, TurnDeps } from "../../../workers/deps.ts";
import { browserHandlers, httpHandlers } from "../../../workers/handlers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const makeContext = (
  closing = new AbortController().signal,
  noteProgress = () => {},
): JobContext => ({ token: "token", closing, noteProgress });

/** Runs a host's turn whose first look into the store fails; when the job runs again, ms from now. */
async function turnThatFails(cause: Error): Promise<number[]> {
  const deps = {
    diskSpace: async () => ({ low: false }),
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
  const { fetch } = httpHandlers(deps);
  await expect(fetch(job, makeContext())).rejects.toThrow(
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

/** Runs a host's job whose first two turns find it busy for `wait` ms; how many it took, and how far the job was moved, ms; null: not. */
async function turnsOf(lane: "fetch" | "render", wait: number, closing?: AbortSignal) {
  let turns = 0;
  let progress = 0;
  let moved: number | null = null;
  const deps = {
    diskSpace: async () => ({ low: false }),
    hosts: { get: async () => (++turns > 2 ? null : { openUntil: new Date(Date.now() + wait) }) },
    now: () => new Date(),
  } as unknown as TurnDeps;
  const job = {
    id: "host-1-0",
    data: { host: "city.example", turn: 0 },
    moveToDelayed: async (at: number) => void (moved = at - Date.now()),
  } as unknown as Job;
  const handler = { ...httpHandlers(deps), ...browserHandlers(deps) }[lane];
  const ended = handler(
    job,
    makeContext(closing, () => progress++),
  ).catch(() => {});
  await vi.runAllTimersAsync();
  await ended;
  expect(progress).toBe(turns);
  return { turns, moved };
}

test("in the browser a job stays with its host, over HTTP where the next turn is at hand alone", async () => {
  expect(await turnsOf("render", 200)).toEqual({ turns: 3, moved: null });
  expect(await turnsOf("fetch", 20)).toEqual({ turns: 3, moved: null });
  expect(await turnsOf("fetch", 400)).toEqual({ turns: 1, moved: expect.closeTo(400, -2) });
});

test("a job is moved so far that it doesn't run again before BullMQ has done with it", async () => {
  const closing = AbortSignal.abort();
  expect((await turnsOf("fetch", 50, closing)).moved).toBeGreaterThan(90);
});

test("in the browser a job is put off where the next turn is far, and as soon as its worker closes", async () => {
  expect(await turnsOf("render", 60_000)).toEqual({ turns: 1, moved: expect.any(Number) });
  const closing = new AbortController();
  const stayed = turnsOf("render", 4000, closing.signal);
  closing.abort();
  expect(await stayed).toEqual({ turns: 1, moved: expect.any(Number) });
});

test("the roles http and browser work on their own queues alone", () => {
  const deps = {} as TurnDeps;
  expect(Object.keys(httpHandlers(deps)).toSorted()).toEqual([...ROLES.http].toSorted());
  expect(Object.keys(browserHandlers(deps)).toSorted()).toEqual([...ROLES.browser].toSorted());
});
