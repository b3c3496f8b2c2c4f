import { onTestFinished, vi } from "vitest";

/** Stops the clock until the test ends. Timers still run. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}
