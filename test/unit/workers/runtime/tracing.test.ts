import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { createLogger } from "../../../../config/logger.ts";
import { traceIdOf } from "../../../../model/crawl/outcome.ts";
import { logOfRun } from "../../../../workers/runtime/tracing.ts";

const run = { runId: "r1", sourceId: "city" };

test("a line says which run and link it belongs to, with secrets hidden, from a logger's child too", () => {
  const out = new PassThrough();
  const log = logOfRun(createLogger({ logLevel: "info" }, out), run, { linkId: "l1" });
  log.info({ token: "secret" }, "looked at");
  log.child({ lane: "http" }).warn("late");
  const lines = String(out.read())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  const of = { ...run, linkId: "l1", traceId: traceIdOf("r1") };
  expect(lines).toMatchObject([
    { ...of, token: "***", msg: "looked at" },
    { ...of, lane: "http", msg: "late" },
  ]);
});

test("nothing is bound for lines that aren't written, and once for all that are", () => {
  const log = createLogger({ logLevel: "warn" }, new PassThrough());
  const child = vi.spyOn(log, "child");
  const own = logOfRun(log, run);
  own.debug("looked at");
  own.info("kept");
  expect(child).not.toHaveBeenCalled();
  own.warn("late");
  own.error("lost");
  expect(child).toHaveBeenCalledTimes(1);
});
