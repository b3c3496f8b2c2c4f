import { existsSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { inTemporaryFolder } from "../../../bin/temporary-folder.ts";

const PREFIX = "newsgather-test-";

test("the folder is gone after its use", async () => {
  const folder = await inTemporaryFolder(PREFIX, (path) => Promise.resolve(path));
  expect(existsSync(folder)).toBe(false);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends the process and removes the folder",
  async (signal) => {
    const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
    const once = vi.spyOn(process, "once");
    onTestFinished(() => void vi.restoreAllMocks());
    await inTemporaryFolder(PREFIX, async (folder) => {
      process.emit(signal, signal);
      expect(exit).toHaveBeenCalledWith(1);
      const [, atExit] = once.mock.calls.find(([event]) => String(event) === "exit") ?? [];
      (atExit as () => void)();
      expect(existsSync(folder)).toBe(false);
    });
  },
);
