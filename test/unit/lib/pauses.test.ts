import { expect, test } from "vitest";
import { watchPauses } from "../../../lib/time.ts";

test("a process that calls late was paused in between, one that calls about in time wasn't", () => {
  let time = 0;
  const pausedMs = watchPauses(1000, () => time);
  const after = (ms: number) => {
    time += ms;
    return pausedMs();
  };
  expect([after(1000), after(5900), after(90_000), after(1000)]).toEqual([0, 0, 89_000, 0]);
});
