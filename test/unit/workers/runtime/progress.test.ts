import type { Job } from "bullmq";
import { describe, expect, test, vi } from "vitest";
import { createProgress } from "../../../../workers/runtime/start-workers.ts";
import { stopClock } from "../../../helpers/clock.ts";

const job = {} as Job;

function makeView() {
  let time = 1_000_000;
  const progress = createProgress(() => time);
  let end = () => {};
  let noteProgress = () => {};
  const handler = progress.tracked("fetch", (_, context) => {
    noteProgress = context.noteProgress;
    return new Promise<void>((resolve) => (end = resolve));
  });
  return {
    progress,
    begin: () => handler(job, { token: "token", closing: new AbortController().signal }),
    end: () => end(),
    noteProgress: () => noteProgress(),
    advance: (seconds: number) => void (time += seconds * 1000),
    stuck: (waiting: number) => progress.stuck(() => waiting, 60_000),
  };
}

describe("work of a queue", () => {
  test("is stuck when jobs wait and none ends", () => {
    stopClock();
    const { stuck, advance } = makeView();
    advance(59);
    expect(stuck(3)).toBeNull();
    advance(2);
    expect(stuck(3)).toEqual({
      text: "queue fetch: waiting jobs: 3, running jobs: 0; no progress for 61 s",
      stuckSince: Date.now() - 61_000,
    });
  });

  test("isn't stuck because the clock jumps, as when a machine wakes up", () => {
    stopClock();
    const progress = createProgress();
    progress.tracked("fetch", () => Promise.resolve());
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(progress.stuck(() => 3, 60_000)).toBeNull();
  });

  test("is stuck when a job is at work and does not end", () => {
    const { stuck, advance, begin } = makeView();
    void begin();
    advance(61);
    expect(stuck(0)?.text).toContain("waiting jobs: 0, running jobs: 1");
  });

  test("is not stuck while a long job makes progress", () => {
    const { stuck, advance, begin, noteProgress } = makeView();
    void begin();
    advance(59);
    noteProgress();
    advance(59);
    expect(stuck(0)).toBeNull();
    advance(2);
    expect(stuck(0)).not.toBeNull();
  });

  test("is not stuck because its process was paused", () => {
    const { progress, stuck, advance, begin } = makeView();
    void begin();
    advance(100);
    progress.forgive(90_000);
    expect(stuck(0)).toBeNull();
    advance(51);
    expect(stuck(0)).not.toBeNull();
  });

  test("is not stuck while jobs end, or while there is nothing to do", async () => {
    const { stuck, advance, begin, end } = makeView();
    advance(600);
    expect(stuck(0)).toBeNull();
    advance(59);
    expect(stuck(5)).toBeNull();
    const begun = begin();
    end();
    await begun;
    advance(59);
    expect(stuck(5)).toBeNull();
    advance(2);
    expect(stuck(5)).not.toBeNull();
  });
});
