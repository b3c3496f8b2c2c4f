import { availableParallelism } from "node:os";
import { LIMITS } from "../../config/limits.ts";
import { createAddressCap } from "../../fetch/address-cap.ts";
import { addressGroup } from "../../fetch/address-group.ts";
import type { Guard } from "../../fetch/guard.ts";
import { createLoginSessions } from "../../fetch/login-sessions.ts";
import { createPace } from "../../fetch/pace.ts";
import { together } from "../../lib/batch.ts";
import { cached } from "../../lib/cache.ts";
import type { TopicRule } from "../../model/topic.ts";
import { boilerplateKeys } from "../../store/boilerplate.ts";
import { getHosts } from "../../store/hosts.ts";
import { getSources } from "../../store/sources.ts";
import { createCommit } from "../../workers/articles/commit.ts";
import type { CommitOptions } from "../../workers/articles/commit-articles.ts";
import type { TurnDeps } from "../../workers/deps.ts";
import { connect } from "../../workers/enqueue.ts";
import { createParser } from "../../workers/extract/parser.ts";
import { tryParser } from "../../workers/extract/try-parser.ts";
import type { BrowserSessions } from "../../workers/reach/browser-sessions.ts";
import { createLogins } from "../../workers/reach/logins.ts";
import { proxiesIn } from "../../workers/reach/proxy-of.ts";
import { metered } from "../../workers/telemetry/metered.ts";
import { createFileBuffer } from "../../workers/turn/file-buffer.ts";
import { createLinkBuffer } from "../../workers/turn/link-buffer.ts";
import { createOutage } from "../../workers/turn/outage.ts";
import type { Opened, RoleContext } from "./context.ts";
import { openHttp, secretsOf } from "./way-out.ts";

/** How long a host or source is believed before it is read again, ms. */
const BELIEVED = 1000;
/** How long a turn's question after one waits for those of other turns, ms: it begins before its slot opens. */
const COMPANY = { ms: 10 };

/** How long a name's addresses are believed, ms: they only tell who shares a server. */
const RESOLVED = 300_000;

/** What host turns need, opened and put on the stack, once a page can be read. */
export async function openTurns(
  { config, redisUrl }: RoleContext,
  { deps, meter, stack }: Opened,
  options: {
    guard: Guard;
    browser: BrowserSessions | null;
    topics: TopicRule[];
    ruled: CommitOptions["ruled"];
  },
): Promise<TurnDeps> {
  const redis = connect(redisUrl, { maxRetriesPerRequest: 1 });
  stack.add("pace", () => redis.disconnect());
  const http = openHttp(config, options.guard, stack);
  const parser = createParser(availableParallelism(), options.topics);
  stack.add("parser", () => parser.close());
  await tryParser(parser);
  const { store, settings, now } = deps;
  const kept = { ttl: BELIEVED, size: 5000 };
  const secrets = secretsOf(config);
  const turns: TurnDeps = {
    ...deps,
    http,
    logins: createLogins({
      secrets,
      sessions: createLoginSessions(redis, `${config.queuePrefix}:`),
      logIn: options.browser && options.browser.enter,
      now,
    }),
    proxyOf: proxiesIn(secrets),
    parser,
    browser: options.browser,
    pace: createPace(redis, `${config.queuePrefix}:`),
    addressCap: createAddressCap(redis, `${config.queuePrefix}:`, config.addressConcurrency),
    commit: createCommit(store, {
      timezone: settings.timezone,
      ruled: options.ruled,
      now,
      timed: meter.stage,
      ...(options.browser && { company: LIMITS.commitDelayRendered }),
    }),
    links: createLinkBuffer(store),
    files: createFileBuffer(store),
    outage: createOutage(deps),
    hosts: cached(
      together((ids) => getHosts(store, ids), COMPANY),
      kept,
    ),
    sources: cached(
      together((ids) => getSources(store, ids), COMPANY),
      kept,
    ),
    addresses: cached((host) => addressGroup(options.guard, host), { ...kept, ttl: RESOLVED }),
    boilerplate: cached((id) => boilerplateKeys(store, id), { ...kept, ttl: 30 * BELIEVED }),
  };
  return metered(turns, meter);
}
