import { expect, test } from "vitest";
import { main } from "../../../bin/cli.ts";

test("a command goes on when the reader of its log has ended", async () => {
  await main(["--version"]);
  const closed = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  expect(() => process.stderr.emit("error", closed)).not.toThrow();
});
