import { Registry } from "prom-client";
import { type Config, PRODUCT } from "../../config/env.ts";
import type { Logger } from "../../config/logger.ts";
import { ReleaseStack } from "../../lib/stack.ts";
import type { ProcessProblem } from "../../model/operations/process.ts";
import { createProducer, type QueueAddress } from "../../queues/producer.ts";
import type { Deps } from "../../workers/deps.ts";
import { createMeter, type Meter } from "../../workers/runtime/meter.ts";
import type { InHand } from "../../workers/turn/lost-workers.ts";
import { openStoreOf } from "../open-store.ts";
import { openDiskSpace } from "./disk-space.ts";
import { addProcess } from "./process-metrics.ts";
import { openTracer } from "./tracer.ts";

/** What a role is started with. */
export interface RoleContext {
  config: Config;
  mongoUrl: string;
  redisUrl: string;
  log: Logger;
  /** Sources that are looked at; null for all of them. */
  only: readonly string[] | null;
}

/** A role at work in this process. */
export interface RunningRole {
  /** Where it listens; null for roles that don't. */
  address: string | null;
  /** The links that it is at; only of roles that fetch. */
  inHand?: InHand;
  /** What this process measures of itself. */
  metrics: Registry;
  /** What keeps it from its work; null when nothing does. */
  trouble(): Promise<ProcessProblem | null>;
  /** Drains and closes, last opened first; idempotent. */
  stop(): Promise<void>;
}

/** What every role opens first. */
export interface Opened {
  deps: Deps;
  queues: QueueAddress;
  metrics: Registry;
  meter: Meter;
  stack: ReleaseStack;
  stop(): Promise<void>;
}

const DEADLINE = 20_000;

/** Opens store and producer. */
export async function openDeps({
  config,
  mongoUrl,
  redisUrl,
  log,
  only,
}: RoleContext): Promise<Opened> {
  const stack = new ReleaseStack();
  const stop = () => stack.close(DEADLINE, (name, err) => log.warn({ err, name }, "not closed"));
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
    },
    diskSpace: openDiskSpace(config, store, producer),
  };
  const metrics = new Registry();
  addProcess(metrics);
  return { deps, queues, metrics, meter: createMeter(metrics), stack, stop };
}
