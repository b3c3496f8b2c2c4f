import { afterEach, expect, test, vi } from "vitest";
import { untilStopped } from "../../../bin/until-stopped.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a signal stops, one right after it is the same, a later one ends the process at once", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const on = vi.spyOn(process, "on");
  const stopped = untilStopped();
  const added = on.mock.calls as [NodeJS.Signals, () => void][];
  const send = (signal: NodeJS.Signals) => process.emit(signal, signal);
  try {
    send("SIGINT");
    await stopped;
    vi.advanceTimersByTime(200);
    send("SIGINT");
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    send("SIGTERM");
    expect(exit).toHaveBeenCalledWith(1);
  } finally {
    for (const [signal, listener] of added) process.off(signal, listener);
  }
});
