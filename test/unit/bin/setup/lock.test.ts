import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../../helpers/folder.ts";

const module = JSON.stringify(new URL("../../../../bin/setup/lock.mjs", import.meta.url).href);

/** A process that appends `in` and `out` to a log while it holds the lock for `ms`. */
function holder(folder: string, ms: number): ChildProcess {
  const program = `
    import { appendFileSync } from "node:fs";
    import { withLock } from ${module};
    await withLock(process.argv[1] + "/lock", (pid) => console.log("waiting for " + pid), async () => {
      appendFileSync(process.argv[1] + "/log", "in ");
      await new Promise((resolve) => setTimeout(resolve, ${ms}));
      appendFileSync(process.argv[1] + "/log", "out ");
    });
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", program, folder]);
}

describe("withLock", () => {
  it("lets one process in at a time", async () => {
    const folder = await testFolder();
    const holders = [holder(folder, 100), holder(folder, 100), holder(folder, 100)];
    await Promise.all(holders.map((child) => once(child, "exit")));
    expect(await readFile(join(folder, "log"), "utf8")).toBe("in out in out in out ");
  });

  it("takes over from a process that was killed", async () => {
    const folder = await testFolder();
    await writeFile(join(folder, "lock"), "999999999 12345");
    await once(holder(folder, 1), "exit");
    expect(await readFile(join(folder, "log"), "utf8")).toBe("in out ");
  });
});
