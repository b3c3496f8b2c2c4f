import { Registry } from "prom-client";
import type { CommitEntry, CommitResult } from "../../articles/ingest/commit.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { LIMITS } from "../../config/limits.ts";
import { Batcher, type ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import { fetchQueue } from "../../queues/queues.ts";
import { countUp } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { httpHandlers } from "../../workers/handlers.ts";
import { startWorkers } from "../../workers/runtime/start-workers.ts";
import { createMeter } from "../../workers/runtime/telemetry.ts";
import { got } from "./recorded.ts";
import { HOST_COUNT, type Scene } from "./scene.ts";

const JOB_CHECK_INTERVAL_MS = 20;
const STUCK_JOB_TIMEOUT_MS = 60_000;

export interface LinePart {
  stage: string;
  /** Restores the same input before each round. The time for this doesn't count. */
  prepare?(): Promise<void>;
  run(): Promise<unknown>;
}

/**
 * Returns the stages that spend their CPU time on communication, in order. Host turns use recorded
 * responses and extractions.
 */
export function lineParts(scene: Scene, stack: ReleaseStack): LinePart[] {
  const { line, urls, answers, readings, putBack } = scene;
  const { deps } = line;
  const { store, http, commit, parser } = deps;
  let entries: CommitEntry[] = [];
  deps.http = { ...http, get: ({ url }) => Promise.resolve(got(answers, url)) };
  deps.parser = { ...parser, extract: ({ url }) => Promise.resolve(got(readings, url)) };
  const handed = handOver(store, (some) => entries.push(...some));
  deps.commit = { ...commit, add: (entry) => handed.add(entry) };
  const takeTurns = jobsOf(scene, stack);
  const fetch = () => Promise.all(urls.map((url) => http.get({ url })));
  return [
    { stage: "fetch", run: fetch },
    {
      stage: "turn",
      async prepare() {
        await putBack();
        entries = [];
      },
      run: () => takeTurns(urls.map((url) => new URL(url).host)),
    },
    {
      stage: "store",
      async run() {
        if (entries.length !== HOST_COUNT)
          throw new Error(`${entries.length} turns of ${HOST_COUNT}`);
        await Promise.all(entries.map((entry) => commit.add(entry)));
        while ((await sequence(store, deps.now())) > 0);
        while ((await countUp(store)) > 0);
      },
    },
  ];
}

function handOver(store: Store, take: (entries: CommitEntry[]) => void) {
  const size = { size: HOST_COUNT, ms: LIMITS.commitDelay };
  return new Batcher<CommitEntry, CommitResult>(size, async (entries) => {
    take(entries);
    const ids = entries.map(({ link }) => link._id);
    const done = { state: "done", dueAt: null } as const;
    await store.collections.links.updateMany({ _id: { $in: ids } }, { $set: done });
    return entries.map(() => ({ outcome: "new" }));
  });
}

function jobsOf({ line: { deps, prefix }, redisUrl }: Scene, stack: ReleaseStack) {
  const workers = startWorkers(httpHandlers(deps), {
    redisUrl,
    prefix,
    concurrency: { fetch: HOST_COUNT },
    stuckAfter: STUCK_JOB_TIMEOUT_MS,
    producer: deps.producer,
    meter: createMeter(new Registry()),
    log: deps.log,
  });
  stack.add("workers", () => workers.close(5000));
  const fetches = deps.producer.queues().find(({ name }) => name === fetchQueue.name);
  return async (hosts: readonly string[]) => {
    await deps.producer.add(
      fetchQueue,
      hosts.map((host) => ({ host, turn: 0 })),
    );
    do {
      await sleep(JOB_CHECK_INTERVAL_MS);
    } while ((await fetches?.getJobCountByTypes("active", "waiting")) !== 0);
  };
}
