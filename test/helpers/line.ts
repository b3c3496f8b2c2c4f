import { createLogger } from "../../config/logger.ts";
import { createSecrets } from "../../config/secrets.ts";
import { createAddressCap } from "../../fetch/address-cap.ts";
import { addressGroup } from "../../fetch/address-group.ts";
import { createGuard } from "../../fetch/guard.ts";
import { createHttp } from "../../fetch/http.ts";
import { createLoginSessions } from "../../fetch/login-sessions.ts";
import { createPace } from "../../fetch/pace.ts";
import { together } from "../../lib/batch.ts";
import { cached } from "../../lib/cache.ts";
import { shortHash } from "../../lib/hash.ts";
import { ReleaseStack } from "../../lib/stack.ts";
import { sleep } from "../../lib/time.ts";
import type { Lane } from "../../model/link.ts";
import { boilerplateKeys } from "../../store/boilerplate.ts";
import { getHosts } from "../../store/hosts.ts";
import { getSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { createCommit } from "../../workers/articles/commit.ts";
import type { TurnDeps } from "../../workers/deps.ts";
import { connect, createProducer } from "../../workers/enqueue.ts";
import type { Parser } from "../../workers/extract/parser.ts";
import { createLogins } from "../../workers/reach/logins.ts";
import { proxiesIn } from "../../workers/reach/proxy-of.ts";
import { silentTracer } from "../../workers/telemetry/tracer.ts";
import { createFileBuffer } from "../../workers/turn/file-buffer.ts";
import { createLinkBuffer } from "../../workers/turn/link-buffer.ts";
import { createOutage } from "../../workers/turn/outage.ts";
import { takeTurn } from "../../workers/turn/turn.ts";

/** What one process of the line works with, on a clock that a test can move. */
export interface TestLine {
  deps: TurnDeps;
  prefix: string;
  /** Moves the clock of this process. */
  advance: (ms: number) => void;
  close: () => Promise<void>;
}

const BODIES = { tier: "database", after: 30 * 86_400_000 } as const;
const KEEP = { raw: null, articles: null, runs: null, changes: null };

/** One process of the line by HTTP; `sites` maps names to loopback addresses. */
export async function openLine(options: {
  store: Store;
  redisUrl: string;
  parser: Parser;
  sites: Record<string, string>;
  name: string;
  /** Requests at once to one address; 4 where it isn't given. */
  addressConcurrency?: number;
  /** How long hosts and sources are believed, ms; each is read anew where it isn't given. */
  believed?: number;
}): Promise<TestLine> {
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
  const http = createHttp({ guard, userAgent: "Newsgather/test", limits: { deadline: 5000 } });
  stack.add("http", () => http.close());
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  // Read anew each time, so a test sees at once what it changed.
  const fresh = { ttl: options.believed ?? 0, size: 100 };
  const log = createLogger({ logLevel: "silent" });
  const deps: TurnDeps = {
    store,
    producer,
    log,
    trace: silentTracer,
    now,
    random: Math.random,
    settings: { product: "Newsgather", timezone: "UTC", only: null, keep: KEEP, bodies: BODIES },
    room: () => Promise.resolve({ free: null, low: null }),
    http,
    logins: createLogins({
      secrets: createSecrets({}, null),
      sessions: createLoginSessions(redis, `${prefix}:`),
      logIn: null,
      now,
    }),
    proxyOf: proxiesIn(createSecrets({}, null)),
    parser,
    browser: null,
    pace: createPace(redis, `${prefix}:`),
    addressCap: createAddressCap(redis, `${prefix}:`, options.addressConcurrency ?? 4),
    commit: createCommit(store, { timezone: "UTC", now }),
    links: createLinkBuffer(store),
    files: createFileBuffer(store),
    outage: createOutage({ now, random: Math.random, log }),
    hosts: cached(
      together((ids) => getHosts(store, ids)),
      fresh,
    ),
    sources: cached(
      together((ids) => getSources(store, ids)),
      fresh,
    ),
    addresses: cached((host) => addressGroup(guard, host), fresh),
    boilerplate: cached((id) => boilerplateKeys(store, id), fresh),
  };
  return {
    deps,
    prefix,
    advance: (ms) => void (ahead += ms),
    close: () => stack.close(),
  };
}

/** Takes a host's turns one after the other as its job does, until none is due within 2 s. */
export async function drive(
  { deps }: TestLine,
  host: string,
  turn = 0,
  lane: Lane = "http",
): Promise<Date | "done"> {
  for (let turns = 0; turns < 200; turns++) {
    const next = await takeTurn(deps, lane, { host, turn });
    if (next === "done") return next;
    const wait = next.at.getTime() - deps.now().getTime();
    if (wait > 2000) return next.at;
    await sleep(wait);
  }
  throw new Error(`the turns of ${host} don't end`);
}
