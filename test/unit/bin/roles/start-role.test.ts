import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const DIST = join(import.meta.dirname, "../../../../dist");

const SCRIPT = `
  const { reportDefects } = await import("${DIST}/bin/roles/start-role.js");
  const { createLogger } = await import("${DIST}/config/logger.js");
  const inHand = { urls: () => ["http://one.example/a"] };
  reportDefects(createLogger({ logLevel: "info" }), Promise.resolve({ inHand }));
  setTimeout(() => { throw new Error("nobody catches this") }, 10);
  setInterval(() => {}, 1000);
`;

test("an error that nothing caught is reported as a defect with the URLs in hand, and ends the role", async () => {
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile("node", ["--input-type=module", "-e", SCRIPT], (error, stdout, stderr) =>
      resolve({ code: error?.code, output: stdout + stderr }),
    );
  });
  expect(code).toBe(1);
  const line = output.split("\n").find((each) => each.includes("defect")) ?? "{}";
  expect(JSON.parse(line)).toMatchObject({
    kind: "defect",
    urls: ["http://one.example/a"],
    err: { message: "nobody catches this" },
  });
});
