import { PassThrough } from "node:stream";
import { DelayedError, type Job } from "bullmq";
import { Registry } from "prom-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { createLogger } from "../../../../config/logger.ts";
import { traceIdOf } from "../../../../model/crawl/outcome.ts";
import { createMeter, logOfRun } from "../../../../workers/runtime/telemetry.ts";

const job = {} as Job;
const context = { token: "token", closing: new AbortController().signal, noteProgress: () => {} };

test("a job that hands itself on is well, one that throws has failed", async () => {
  const registry = new Registry();
  const meter = createMeter(registry);
  const run = async (error: Error | null) => {
    const handler = meter.job("fetch", async () => {
      if (error) throw error;
    });
    await handler(job, context);
  };
  await run(null);
  const delayed = new DelayedError();
  await expect(run(delayed)).rejects.toBe(delayed);
  await expect(run(new Error("broken"))).rejects.toThrow("broken");
  const text = await registry.metrics();
  expect(text).toContain('newsgather_job_seconds_count{queue="fetch",outcome="ok"} 2');
  expect(text).toContain('newsgather_job_seconds_count{queue="fetch",outcome="failed"} 1');
});

test("responses are counted by class of status, refused ones apart and without bytes", async () => {
  const registry = new Registry();
  const meter = createMeter(registry);
  meter.response({ lane: "http", of: "page" }, { status: 204, bytes: 0 });
  meter.response({ lane: "http", of: "page" }, { status: 200, bytes: 1200 });
  meter.response({ lane: "browser", of: "page" }, { status: 503, bytes: 30 });
  meter.response({ lane: "http", of: "page" }, null);
  const text = await registry.metrics();
  expect(text).toContain('newsgather_responses_total{lane="http",of="page",status="2xx"} 2');
  expect(text).toContain('newsgather_responses_total{lane="http",of="page",status="refused"} 1');
  expect(text).toContain('newsgather_responses_total{lane="browser",of="page",status="5xx"} 1');
  expect(text).toContain('newsgather_response_bytes_total{lane="http"} 1200');
});

test("a stage is timed from where its work starts the clock anew", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const registry = new Registry();
  const meter = createMeter(registry);
  await meter.stage("fetch", async (restart) => {
    await vi.advanceTimersByTimeAsync(300);
    restart();
  });
  expect(await registry.metrics()).toMatch(
    /stage_seconds_bucket\{le="0.1",stage="fetch",outcome="ok"\} 1/,
  );
});

const RUN = { runId: "r1", sourceId: "city" };

test("a line says which run and link it belongs to, with secrets hidden, from a logger's child too", () => {
  const out = new PassThrough();
  const log = logOfRun(createLogger({ logLevel: "info" }, out), RUN, { linkId: "l1" });
  log.info({ token: "secret" }, "looked at");
  log.child({ lane: "http" }).warn("late");
  const lines = String(out.read())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  const of = { ...RUN, linkId: "l1", traceId: traceIdOf("r1") };
  expect(lines).toMatchObject([
    { ...of, token: "***", msg: "looked at" },
    { ...of, lane: "http", msg: "late" },
  ]);
});

test("nothing is bound for lines that aren't written, and once for all that are", () => {
  const log = createLogger({ logLevel: "warn" }, new PassThrough());
  const child = vi.spyOn(log, "child");
  const own = logOfRun(log, RUN);
  own.debug("looked at");
  own.info("kept");
  expect(child).not.toHaveBeenCalled();
  own.warn("late");
  own.error("lost");
  expect(child).toHaveBeenCalledTimes(1);
});
