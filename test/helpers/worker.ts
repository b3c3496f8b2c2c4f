import type { Parser } from "../../articles/reading/parser.ts";
import { assembleTurns } from "../../bin/roles/turns.ts";
import { createLogger } from "../../config/logger.ts";
import { createSecrets } from "../../config/secrets.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { createHttp } from "../../crawler/http/http.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { shortHash } from "../../lib/text.ts";
import { sleep } from "../../lib/time.ts";
import type { Lane } from "../../model/crawl/link.ts";
import { connect, createProducer } from "../../queues/producer.ts";
import type { Store } from "../../store/store.ts";
import type { TurnDeps } from "../../workers/deps.ts";
import { takeTurn } from "../../workers/flow.ts";
import { silentTracer } from "../../workers/runtime/telemetry.ts";

/** A worker that fetches over HTTP, with a clock that a test can move. */
export interface TestWorker {
  deps: TurnDeps;
  prefix: string;
  /** Moves the clock of this process. */
  advance: (ms: number) => void;
  close: () => Promise<void>;
}

const BODIES = { tier: "database", after: 30 * 86_400_000 } as const;
const KEEP = { raw: null, articles: null, runs: null, changes: null };

/** Opens a worker in this process; `sites` maps names to loopback addresses. */
export async function openWorker(options: {
  store: Store;
  redisUrl: string;
  parser: Parser;
  sites: Record<string, string>;
  name: string;
  /** Concurrent requests to one address; 4 by default. */
  addressConcurrency?: number;
  /** How long hosts and sources are cached, ms; by default not at all, so that a test sees its changes at once. */
  cacheMs?: number;
}): Promise<TestWorker> {
  const { store, redisUrl, parser, sites } = options;
  const stack = new ReleaseStack();
  const prefix = `test-${shortHash(options.name).slice(0, 12)}`;
  const redis = connect(redisUrl, { maxRetriesPerRequest: 1 });
  stack.add("pace", () => redis.disconnect());
  const producer = createProducer({ redisUrl, prefix });
  stack.add("producer", () => producer.close());
  await producer.ready();
  const hosts = new Map(Object.entries(sites).map(([name, address]) => [name, [address]]));
  const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  // A test may hold a page while it does other work.
  const limits = { headersTimeout: 30_000, deadline: 30_000 };
  const http = createHttp({ guard, userAgent: "Newsgather/test", limits });
  stack.add("http", () => http.close());
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const cached = options.cacheMs ?? 0;
  const deps = assembleTurns({
    deps: {
      store,
      producer,
      log: createLogger({ logLevel: "silent" }),
      trace: silentTracer,
      now,
      random: Math.random,
      settings: {
        product: "Newsgather",
        timezone: "UTC",
        only: null,
        keep: KEEP,
        bodies: BODIES,
        coverage: { share: 0.99, within: 30 * 60_000 },
      },
      diskSpace: () => Promise.resolve({ free: null, low: null, tight: null }),
      noteProgress: () => {},
    },
    http,
    guard,
    secrets: createSecrets({}, null),
    parser,
    browser: null,
    redis,
    prefix,
    addressConcurrency: options.addressConcurrency ?? 4,
    commit: {},
    cacheMs: { records: cached, addresses: cached, boilerplate: cached },
  });
  return {
    deps,
    prefix,
    advance: (ms) => void (ahead += ms),
    close: () => stack.close(),
  };
}

/** Takes a host's turns in sequence, as its job does, until none is due within `patienceMs`. */
export async function takeTurns(
  { deps }: TestWorker,
  host: string,
  turn = 0,
  lane: Lane = "http",
  patienceMs = 2000,
): Promise<Date | "done"> {
  for (let turns = 0; turns < 200; turns++) {
    const next = await takeTurn(deps, lane, { host, turn });
    if (next === "done") return next;
    const wait = next.at.getTime() - deps.now().getTime();
    if (wait > patienceMs) return next.at;
    await sleep(Math.max(0, wait));
  }
  throw new Error(`the turns of ${host} don't end`);
}
