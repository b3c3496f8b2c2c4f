import { CommanderError } from "@commander-js/extra-typings";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { exitCodeOf, explain } from "../../../bin/exit.ts";
import { ConfigError } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { ProblemError } from "../../../model/problem.ts";

describe("exitCodeOf", () => {
  it("tells usage, partial success and missing services apart", () => {
    const refused = new Error("connect ECONNREFUSED 127.0.0.1:6379");
    const selection = Object.assign(new Error("gone"), { name: "MongoServerSelectionError" });
    expect([
      exitCodeOf(new CommandError("partly", "2 of 3")),
      exitCodeOf(new ConfigError([])),
      exitCodeOf(new ProblemError(404, "unknown-view", "There is no view.")),
      exitCodeOf(new CommanderError(1, "commander.unknownOption", "unknown option")),
      exitCodeOf(new CommanderError(0, "commander.helpDisplayed", "")),
      exitCodeOf(refused),
      exitCodeOf(selection),
      exitCodeOf(Object.assign(new Error("no Redis"), { name: "RedisUnreachable" })),
      exitCodeOf(new Error("broken")),
      exitCodeOf("broken"),
    ]).toEqual([3, 2, 2, 2, 0, 4, 4, 4, 1, 1]);
  });
});

describe("explain", () => {
  it("names the service that can't be reached", () => {
    const selection = Object.assign(new Error("Server selection timed out after 10000 ms"), {
      name: "MongoServerSelectionError",
    });
    expect(explain(selection)).toBe(
      "the database can't be reached: Server selection timed out after 10000 ms",
    );
  });

  it("adds the cause, and is silent when the command line has spoken", () => {
    const cause = new Error("disk full");
    expect(explain(new Error("no export", { cause }))).toBe("no export\n  because: disk full");
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    expect(explain(full)).toContain("Free some disk space");
    expect(explain(new CommanderError(1, "x", "y"))).toBeNull();
    const { error } = z.object({ id: z.string() }).safeParse({});
    expect(explain(error)).toContain("id");
  });
});
