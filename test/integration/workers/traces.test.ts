import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { runSequencer } from "../../../articles/stream/sequencer.ts";
import { openTracer } from "../../../bin/roles/context.ts";
import { createLogger } from "../../../config/logger.ts";
import { untimed } from "../../../config/telemetry.ts";
import { urlKey } from "../../../crawler/links/url.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import type { Article } from "../../../model/articles/article.ts";
import { type Run, traceIdOf } from "../../../model/crawl/outcome.ts";
import { whyOf } from "../../../sources/why.ts";
import { crawl } from "../../../workers/crawl/open-runs.ts";
import { tick } from "../../../workers/schedule/tick.ts";
import { makeSource } from "../../helpers/articles.ts";
import { type Collector, collectTraces, lines } from "../../helpers/collector.ts";
import { articlePage, feedOf } from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
let collector: Collector;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
  collector = await collectTraces();
});
afterEach(() => services.closeSites());
afterAll(async () => {
  await collector?.close();
  await services?.close();
});

describe("a run from its schedule to the change of its article", () => {
  type Span = ReturnType<Collector["spans"]>[number];
  let article: Article | null;
  let run: Run | undefined;
  let traceId: string;
  let why: Awaited<ReturnType<typeof whyOf>>;
  let spans: Span[];
  let logged: ReturnType<ReturnType<typeof lines>["lines"]>;
  beforeAll(async () => {
    const { worker, site, store } = await services.watchSite("traces", []);
    const stack = new ReleaseStack();
    const before = collector.spans().length;
    const out = lines();
    const trace = await openTracer(collector.url, stack);
    const log = createLogger({ logLevel: "debug" }, out);
    const deps = Object.assign(worker.deps, { trace, log });
    site.pages["/a"] = articlePage("Report a");
    site.pages["/feed"] = feedOf([site.at("/a")]);
    const nextDueAt = new Date(Date.now() - 60_000);
    const source = makeSource("s1", { feeds: [site.at("/feed")], render: "http", nextDueAt });
    source.pace = { delay: 20, concurrency: 1 };
    await store.collections.sources.insertOne(source);

    await tick(deps);
    await crawl(deps, [{ sourceId: "s1" }]);
    await takeTurns(worker, site.host);
    await tick(deps);
    const stop = new AbortController();
    const meter = { served: () => {}, stage: untimed };
    const sequencing = runSequencer({ ...deps, meter }, stop.signal);
    await vi.waitUntil(() => store.collections.changes.findOne(), { timeout: 30_000 });
    stop.abort();
    await sequencing;
    await stack.close();

    article = await store.collections.articles.findOne({ _id: urlKey(site.at("/a")) });
    [run] = await store.collections.runs.find().toArray();
    traceId = traceIdOf(run?._id ?? "");
    why = await whyOf({ store, product: "Newsgather", now: deps.now }, site.at("/a"));
    spans = collector.spans().slice(before);
    logged = out.lines();
  });

  const parentOf = ({ parentSpanId }: Span) => spans.find(({ spanId }) => spanId === parentSpanId);

  test("all its spans are of one trace", () => {
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  test("its trace has a span for each step, under the step that it belongs to", () => {
    const paths = spans.map((span) => {
      const parent = parentOf(span);
      return parent ? `${parent.name} > ${span.name}` : span.name;
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
  });

  test("no span ends after the one that it belongs to", () => {
    // Spans that others noted are in whole milliseconds.
    const rounded = 1_000_000n;
    const outlived = spans.filter((span) => {
      const parent = parentOf(span);
      return parent && BigInt(parent.endTimeUnixNano) + rounded < BigInt(span.endTimeUnixNano);
    });
    expect(outlived).toEqual([]);
  });

  test("its article names the trace", () => {
    expect(article).toMatchObject({ traceId });
  });

  test("what is known of a URL names the trace", () => {
    expect(why.facts).toContainEqual({ name: "trace", value: traceId });
  });

  test("its log lines name the trace and the run", () => {
    const closed = logged.find(({ msg }) => msg === "run closed");
    expect(closed).toMatchObject({ traceId, runId: run?._id });
    expect(logged.find(({ msg }) => msg === "robots.txt read")).toMatchObject({ traceId });
  });

  test("no log line is without a trace", () => {
    const without = logged.filter((one) => !/^[0-9a-f]{32}$/.test(String(one["traceId"])));
    expect(without).toEqual([]);
  });
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
