import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

function check(title: string): { code: number | null; err: string } {
  const { status, stderr } = spawnSync("node", [".ci/titles.mjs", "-"], {
    input: title,
    encoding: "utf8",
  });
  return { code: status, err: stderr };
}

test("a title of one subject passes", () => {
  expect(check("fix(fetch): a reset at the first byte is retried")).toEqual({ code: 0, err: "" });
});

test.each([
  [`fix(fetch): ${"x".repeat(61)}`, "has 73 characters, at most 72"],
  ["a reset is retried", "doesn't begin with a type"],
  ["fix(fetch): a reset is retried; the log names it", "has two subjects"],
  ["fix(fetch): a reset is retried, and the log names it", "has two subjects"],
])("the title %j is refused with its reason", (title, reason) => {
  expect(check(title)).toEqual({ code: 1, err: expect.stringContaining(reason) });
});

test("a title of 72 characters passes", () => {
  expect(check(`fix(fetch): ${"x".repeat(60)}`)).toEqual({ code: 0, err: "" });
});
