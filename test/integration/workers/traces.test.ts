import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openTracer } from "../../../bin/roles/tracer.ts";
import { createLogger } from "../../../config/logger.ts";
import { urlKey } from "../../../discover/canonical-url.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import { traceIdOf } from "../../../model/trace.ts";
import { crawl } from "../../../workers/crawl.ts";
import { tick } from "../../../workers/schedule.ts";
import { runSequencer } from "../../../workers/sequencer.ts";
import { untimed } from "../../../workers/telemetry/stage.ts";
import { whyOf } from "../../../workers/why.ts";
import { makeSource } from "../../helpers/articles.ts";
import { type Collector, collectTraces, lines } from "../../helpers/collector.ts";
import { articlePage, feedOf } from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
let collector: Collector;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
  collector = await collectTraces();
});
afterEach(() => services.closeSites());
afterAll(async () => {
  await collector?.close();
  await services?.close();
});

test("a run is one trace from schedule to change, which its article and its log lines name", async () => {
  const { worker, site, store } = await services.watchSite("traces", []);
  const stack = new ReleaseStack();
  const out = lines();
  const trace = await openTracer(collector.url, stack);
  const deps = Object.assign(worker.deps, { trace, log: createLogger({ logLevel: "debug" }, out) });
  site.pages["/a"] = articlePage("Report a");
  site.pages["/feed"] = feedOf([site.at("/a")]);
  const nextDueAt = new Date(Date.now() - 60_000);
  const source = makeSource("s1", { feeds: [site.at("/feed")], render: "http", nextDueAt });
  source.pace = { delay: 20, concurrency: 1 };
  await store.collections.sources.insertOne(source);

  await tick(deps);
  await crawl(deps, { sourceId: "s1", trigger: "schedule" });
  await takeTurns(worker, site.host);
  await tick(deps);
  const stop = new AbortController();
  const meter = { served: () => {}, stage: untimed };
  const sequencing = runSequencer({ ...deps, meter }, stop.signal);
  await vi.waitFor(async () => expect(await store.collections.changes.findOne()).not.toBeNull(), {
    timeout: 30_000,
  });
  stop.abort();
  await sequencing;
  await stack.close();

  const article = await store.collections.articles.findOne({ _id: urlKey(site.at("/a")) });
  const [run] = await store.collections.runs.find().toArray();
  const traceId = traceIdOf(run?._id ?? "");
  expect(article).toMatchObject({ traceId });
  const why = await whyOf({ store, product: "Newsgather", now: deps.now }, site.at("/a"));
  expect(why.facts).toContainEqual({ name: "trace", value: traceId });

  const spans = collector.spans();
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const paths = spans.map(({ name, parentSpanId }) => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${parent.name} > ${name}` : name;
  });
  expect(new Set(paths)).toEqual(
    new Set([
      "schedule",
      "crawl",
      ...["", " > fetch", " > discover", " > commit"].map((part) => `look at feed${part}`),
      ...["", " > fetch", " > extract", " > commit"].map((part) => `look at article${part}`),
      "run",
      "change",
    ]),
  );
  // A span ends so long after its start, and starts are in whole milliseconds.
  const rounded = 1_000_000n;
  const outlived = spans.filter(({ parentSpanId, endTimeUnixNano }) => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent && BigInt(parent.endTimeUnixNano) + rounded < BigInt(endTimeUnixNano);
  });
  expect(outlived).toEqual([]);
  const read = out.lines();
  expect(read.find(({ msg }) => msg === "run closed")).toMatchObject({ traceId, runId: run?._id });
  expect(read.find(({ msg }) => msg === "robots.txt read")).toMatchObject({ traceId });
  expect(read.filter((one) => !/^[0-9a-f]{32}$/.test(String(one["traceId"])))).toEqual([]);
});

test("a stage that fails is a span with its error", async () => {
  const { worker, site, link } = await services.watchSite("failing", ["/broken"]);
  const stack = new ReleaseStack();
  worker.deps.trace = await openTracer(collector.url, stack);
  site.pages["/broken"] = (request) => void request.socket.resetAndDestroy();
  await takeTurns(worker, site.host);
  await stack.close();
  const { runId } = (await link("/broken")) ?? { runId: "" };
  const failed = collector
    .spans()
    .filter(({ traceId, name }) => traceId === traceIdOf(runId) && name === "fetch");
  expect(failed).toMatchObject([
    { status: { code: 2, message: expect.stringMatching(/ECONNRESET/) } },
  ]);
});

test("nothing is sent where no address is given", async () => {
  const stack = new ReleaseStack();
  const trace = await openTracer(null, stack);
  expect(await trace("0".repeat(32)).span("work", {}, () => Promise.resolve(1))).toBe(1);
});
