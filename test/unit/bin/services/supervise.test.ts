import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Exit,
  type Log,
  type Service,
  supervise,
} from "../../../../bin/services/supervise.ts";
import { orAborted } from "../../../../lib/async.ts";
import type { ProcessProblem } from "../../../../model/operations/process.ts";

const log: Log = { debug: () => {}, info: () => {}, warn: () => {} };
const backoff = { first: 5, most: 20, healthy: 60_000 };

/** Starters of services without a process; `die` ends the newest, `fail` spoils the next starts. */
function fakeStarter() {
  const started: { end: (exit: Exit) => void; stops: number }[] = [];
  let failures = 0;
  let trouble: ProcessProblem | null = null;
  const start = async (): Promise<Service> => {
    if (failures-- > 0) throw new Error("port taken");
    const entry = { end: (_exit: Exit) => {}, stops: 0 };
    const exited = new Promise<Exit>((resolve) => {
      entry.end = resolve;
    });
    started.push(entry);
    const stop = async () => {
      entry.stops++;
      entry.end({ code: 0, signal: null, output: "" });
    };
    const kill = () => entry.end({ code: null, signal: "SIGKILL", output: "" });
    const inspect = async () => trouble;
    return { name: "cache", url: "cache://1", pid: started.length, stop, kill, inspect, exited };
  };
  return {
    start,
    started,
    die: () => started.at(-1)?.end({ code: null, signal: "SIGKILL", output: "out of memory\n" }),
    fail: (times: number) => {
      failures = times;
    },
    say: (what: ProcessProblem | null) => {
      trouble = what;
    },
  };
}

describe("supervise", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  /** Lets so many milliseconds pass. */
  const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it("aborts the start of a new process when it is stopped", async () => {
    const { start, die } = fakeStarter();
    let starts = 0;
    const startOnce = (signal?: AbortSignal) =>
      starts++ === 0 ? start() : orAborted(new Promise<Service>(() => {}), signal);
    const service = await supervise(startOnce, { log, backoff });
    die();
    await advance(backoff.first);
    expect(starts).toBe(2);
    await service.stop();
    expect(service.pid).toBeNull();
  });

  it("restarts a service that died and says how it ended", async () => {
    const { start, started, die } = fakeStarter();
    const service = await supervise(start, { log, backoff });
    die();
    await advance(backoff.first);
    expect(service.pid).toBe(2);
    expect(service.restarts).toBe(1);
    expect(service.lastExit).toBe("killed by SIGKILL: out of memory");
    await service.stop();
    expect(started.map((entry) => entry.stops > 0)).toEqual([false, true]);
  });

  it("stops a process whose restart was under way when the stop came", async () => {
    const { start, started, die } = fakeStarter();
    let finishStart = () => {};
    let starts = 0;
    const startSlowly = async () => {
      if (starts++ > 0) await new Promise<void>((resolve) => (finishStart = resolve));
      return start();
    };
    const service = await supervise(startSlowly, { log, backoff });
    die();
    await advance(backoff.first);
    const stopped = service.stop();
    finishStart();
    await stopped;
    expect(started.map((entry) => entry.stops > 0)).toEqual([false, true]);
  });

  it("keeps trying while a restart fails", async () => {
    const { start, die, fail } = fakeStarter();
    const service = await supervise(start, { log, backoff });
    fail(3);
    die();
    expect(service.restarts).toBe(0);
    // It waits twice as long after each failure, up to its bound.
    await advance(5 + 10 + 20 + 19);
    expect(service.pid).toBeNull();
    await advance(1);
    expect(service.pid).toBe(2);
    await service.stop();
  });

  it("throws when the first start fails", async () => {
    const { start, fail } = fakeStarter();
    fail(1);
    await expect(supervise(start, { log, backoff })).rejects.toThrow("port taken");
  });

  it("replaces a service that has been stuck for long enough, and counts and says so", async () => {
    const { start, say } = fakeStarter();
    const service = await supervise(start, { log, backoff, stuckAfter: 1500 });
    say({ text: "does not answer", stuckSince: Date.now() });
    await advance(1000);
    expect(service.problem).toBe("does not answer");
    expect(service.pid).toBe(1);
    await advance(1000 + backoff.first);
    expect(service.pid).toBe(2);
    say(null);
    expect(service).toMatchObject({ restarts: 1, replaced: 1 });
    expect(service.lastExit).toBe("replaced: does not answer");
    await advance(1000);
    expect(service.problem).toBeNull();
    await service.stop();
  });

  it.each([
    [{ isSilent: true as const }, true],
    [{}, false],
  ])(
    "tells a stuck process (%j) that can be a page's fault (%j) from others",
    async (how, isFault) => {
      const { start, say } = fakeStarter();
      const lost = vi.fn<() => Promise<void>>(async () => say(null));
      const service = await supervise(start, { log, backoff, stuckAfter: 500, lost });
      say({ text: "is stuck", stuckSince: Date.now(), ...how });
      await advance(2000);
      expect(lost).toHaveBeenCalledExactlyOnceWith(expect.anything(), isFault);
      await service.stop();
    },
  );

  it("shows a trouble that no new process would help, and replaces nothing", async () => {
    const { start, say } = fakeStarter();
    const service = await supervise(start, { log, backoff, stuckAfter: 100 });
    say({ text: "the clock is wrong", stuckSince: null });
    await advance(1000);
    expect(service.problem).toBe("the clock is wrong");
    await advance(60_000);
    expect(service).toMatchObject({ pid: 1, restarts: 0 });
    await service.stop();
  });

  it("says why it can't be started again", async () => {
    const { start, die, fail } = fakeStarter();
    const service = await supervise(start, { log, backoff: { ...backoff, first: 50, most: 50 } });
    fail(3);
    die();
    await advance(50);
    expect(service.problem).toBe("port taken");
    await advance(3 * 50);
    expect(service.pid).toBe(2);
    expect(service.problem).toBeNull();
    await service.stop();
  });

  it("restarts nothing once it is stopped", async () => {
    const { start, started } = fakeStarter();
    const service = await supervise(start, { log, backoff });
    await service.stop();
    await advance(60_000);
    expect(started).toHaveLength(1);
    expect(service.restarts).toBe(0);
  });

  it("stops while it waits to restart", async () => {
    const { start, started, die } = fakeStarter();
    const service = await supervise(start, { log, backoff: { ...backoff, first: 60_000 } });
    die();
    await advance(0);
    expect(service.restarts).toBe(1);
    await service.stop();
    await advance(60_000);
    expect(started).toHaveLength(1);
  });
});
