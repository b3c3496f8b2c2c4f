import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type Config, PRODUCT } from "../../config/env.ts";
import { LIMITS } from "../../config/limits.ts";
import type { Logger } from "../../config/logger.ts";
import type { Tracer } from "../../config/telemetry.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { CommandError } from "../../lib/exit.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import { createProducer, type Producer, type QueueAddress } from "../../queues/producer.ts";
import type { Deps } from "../../workers/deps.ts";
import type { Outage } from "../../workers/fetch/outage.ts";
import { startWorkers, type Workers } from "../../workers/runtime/start-workers.ts";
import { createMeter, type Meter, silentTracer } from "../../workers/runtime/telemetry.ts";
import type { LinksInProgress } from "../../workers/turn/buffers.ts";
import { openDiskSpace, openStoreOf } from "../open-store.ts";

export interface RoleContext {
  config: Config;
  mongoUrl: string;
  redisUrl: string;
  log: Logger;
  /** Ids of the sources to fetch; null for all of them. */
  only: readonly string[] | null;
}

export interface RunningRole {
  /** URL where the role listens; null for roles that don't listen. */
  address: string | null;
  inHand?: LinksInProgress;
  metrics: Registry;
  /** Returns why the role doesn't work; null if it works. */
  trouble(): Promise<ProcessProblem | null>;
  /** Finishes running work and closes everything in reverse order. Can be called repeatedly. */
  stop(): Promise<void>;
}

export interface Opened {
  deps: Deps;
  queues: QueueAddress;
  metrics: Registry;
  meter: Meter;
  stack: ReleaseStack;
  stop(): Promise<void>;
}

/**
 * Starts workers. When the role stops, they wait for their running jobs, but at most
 * `LIMITS.shutdown / share` ms.
 */
export function openWorkers(
  { stuckAfter }: Config,
  { deps, queues, meter, stack }: Opened,
  handlers: Parameters<typeof startWorkers>[0],
  concurrency: Parameters<typeof startWorkers>[1]["concurrency"],
  share = 2,
): Workers {
  const { log, producer } = deps;
  const options = { ...queues, concurrency, stuckAfter, producer, meter, log };
  const workers = startWorkers(handlers, options);
  const names = Object.keys(handlers).join(", ");
  stack.add(`workers of ${names}`, () => workers.close(LIMITS.shutdown / share));
  return workers;
}

interface Clock {
  stack: ReleaseStack;
  name: string;
  report: (err: unknown) => void;
  /** Whether the first check is now, and not after the first interval. */
  atOnce?: boolean;
}

/**
 * Runs `check` every `ms` until the stack is closed; skips a time at which the previous check still
 * runs. Passes the errors of checks to `report`.
 */
export function runEvery(
  ms: number,
  check: () => Promise<unknown>,
  { stack, name, report, atOnce = false }: Clock,
): void {
  let running: Promise<unknown> | undefined;
  const run = () => {
    running ??= check()
      .catch(report)
      .finally(() => (running = undefined));
  };
  const timer = setInterval(run, ms);
  stack.add(name, () => clearInterval(timer));
  if (atOnce) run();
}

const STOP_TIMEOUT_MS = 20_000;

export async function openDeps({
  config,
  mongoUrl,
  redisUrl,
  log,
  only,
}: RoleContext): Promise<Opened> {
  const stack = new ReleaseStack();
  const stop = () =>
    stack.close(STOP_TIMEOUT_MS, (name, err) => log.warn({ err, name }, "not closed"));
  const store = await openStoreOf(config, mongoUrl);
  stack.add("store", () => store.close());
  const queues = { redisUrl, prefix: config.queuePrefix };
  const producer = createProducer(queues);
  stack.add("producer", () => producer.close());
  await producer.ready();
  const deps: Deps = {
    store,
    producer,
    log,
    trace: await openTracer(config.traces, stack),
    now: () => new Date(),
    random: Math.random,
    settings: {
      product: PRODUCT,
      timezone: config.timezone,
      only,
      keep: config.keep,
      bodies: config.bodies,
      coverage: config.coverage,
    },
    diskSpace: openDiskSpace(config, store, producer),
    noteProgress: () => {},
  };
  const metrics = new Registry();
  addProcess(metrics);
  return { deps, queues, metrics, meter: createMeter(metrics), stack, stop };
}

/** These gauges end in `_total`, like counters. prom-client also has them without `_total`. */
const MISNAMED_METRICS = ["handles", "requests", "resources"].map(
  (of) => `nodejs_active_${of}_total`,
);

export function addProcess(registry: Registry): Registry {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED_METRICS) registry.removeSingleMetric(name);
  return registry;
}

export type Labelled = readonly [labels: Record<string, string>, value: number];

/**
 * Returns functions that add a gauge or a counter. Each scrape calls `measure`; after null, the
 * metric keeps its value.
 */
export function metricsIn(registry: Registry) {
  const adder =
    (Metric: typeof Gauge | typeof Counter) =>
    (
      name: string,
      help: string,
      measure: () => Promise<number | null | readonly Labelled[]>,
      labelNames: string[] = [],
    ): void => {
      const options = { name: `newsgather_${name}`, help, labelNames, registers: [registry] };
      const metric: Gauge | Counter = new Metric({
        ...options,
        async collect() {
          const measured = await measure();
          if (measured === null) return;
          metric.reset();
          if (typeof measured === "number") metric.inc(measured);
          else for (const [labels, value] of measured) metric.inc(labels, value);
        },
      });
    };
  return { gauge: adder(Gauge), counter: adder(Counter) };
}

const PEERS = {
  sdk: "@opentelemetry/sdk-trace-base@2.12.1",
  exporter: "@opentelemetry/exporter-trace-otlp-http@0.223.1",
  resources: "@opentelemetry/resources@2.12.1",
};

type Sdk = typeof import("@opentelemetry/sdk-trace-base");
type Exporter = typeof import("@opentelemetry/exporter-trace-otlp-http");
type Resources = typeof import("@opentelemetry/resources");

/**
 * Opens a tracer that sends to `url`, or one that does nothing if `url` is null. Throws
 * `CommandError` if OpenTelemetry's SDK isn't installed.
 */
export async function openTracer(url: string | null, stack: ReleaseStack): Promise<Tracer> {
  if (!url) return silentTracer;
  const { BasicTracerProvider, BatchSpanProcessor } = await load<Sdk>(PEERS.sdk);
  const { OTLPTraceExporter } = await load<Exporter>(PEERS.exporter);
  const { resourceFromAttributes } = await load<Resources>(PEERS.resources);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "newsgather" }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  const { createTracer } = await import("../../workers/runtime/open-telemetry.ts");
  stack.add("traces", () => provider.shutdown());
  return createTracer(provider);
}

async function load<Peer>(peer: string): Promise<Peer> {
  try {
    return (await import(peer.slice(0, peer.lastIndexOf("@")))) as Peer;
  } catch (error) {
    const hint = `npm install --no-save --save-optional ${Object.values(PEERS).join(" ")}`;
    throw new CommandError("usage", `NEWSGATHER_TRACES needs OpenTelemetry's SDK: ${hint}`, {
      cause: error,
    });
  }
}

/** Returns why the workers of this process don't work; null if they work. */
export async function troubleOf(
  workers: Workers,
  producer: Producer,
  outage?: Outage,
): Promise<ProcessProblem | null> {
  try {
    const counts = await producer.counts();
    const trouble = workers.trouble((queue) => counts[queue]?.["waiting"] ?? 0);
    if (trouble) return trouble;
    const offline = outage?.problem() ?? null;
    return offline === null ? null : { text: offline, stuckSince: null };
  } catch (error) {
    // Without Redis, the number of waiting jobs is unknown. With zero, idle workers don't count the
    // outage as time in which they are stuck.
    workers.trouble(() => 0);
    const why = error instanceof Error ? error.message : String(error);
    return { text: `Redis doesn't answer: ${why}`, stuckSince: null };
  }
}
