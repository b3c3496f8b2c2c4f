import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ReleaseStack, within, withReleases } from "../../../lib/async.ts";

describe("ReleaseStack", () => {
  test("releases the last opened first, each after the one before, and only once", async () => {
    const stack = new ReleaseStack();
    const released: string[] = [];
    for (const name of ["database", "queue", "server"]) {
      stack.add(name, async () => {
        await sleep(name === "server" ? 10 : 0);
        released.push(name);
      });
    }
    await Promise.all([stack.close(), stack.close()]);
    await stack.close();
    expect(released).toEqual(["server", "queue", "database"]);
  });

  test("what fails or hangs is reported and left behind, the rest is released", async () => {
    const stack = new ReleaseStack();
    const released: string[] = [];
    stack.add("first", () => released.push("first"));
    stack.add("hangs", () => new Promise(() => {}));
    stack.add("throws", () => {
      throw new Error("at once");
    });
    stack.add("rejects", async () => {
      throw new Error("later");
    });
    const reports: string[] = [];
    await stack.close(20, (name, error) => reports.push(`${name}: ${String(error)}`));
    expect(released).toEqual(["first"]);
    expect(reports).toEqual([
      "rejects: Error: later",
      "throws: Error: at once",
      "hangs: Error: closing hangs timed out after 20 ms",
    ]);
  });
});

describe("withReleases", () => {
  const released: string[] = [];
  const use = async (stack: ReleaseStack, end: () => string) => {
    stack.add("browser", () => released.push("browser"));
    await Promise.resolve();
    return end();
  };

  test("releases what was added, whether the work succeeds or fails", async () => {
    expect(await withReleases((stack) => use(stack, () => "done"))).toBe("done");
    expect(released).toEqual(["browser"]);
    const failing = () => {
      throw new Error("failed");
    };
    await expect(withReleases((stack) => use(stack, failing))).rejects.toThrow("failed");
    expect(released).toEqual(["browser", "browser"]);
  });
});

describe("within", () => {
  test("passes on what comes in time, value or error", async () => {
    expect(await within(1000, Promise.resolve(7), "asking")).toBe(7);
    await expect(within(1000, Promise.reject(new Error("no")), "asking")).rejects.toThrow("no");
  });

  test("rejects when it takes too long, and says what did", async () => {
    await expect(within(10, sleep(5000, null, { ref: false }), "asking Redis")).rejects.toThrow(
      "asking Redis timed out after 10 ms",
    );
  });
});
