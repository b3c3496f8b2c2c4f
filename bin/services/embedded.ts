import { ReleaseStack } from "../../lib/stack.ts";
import { claimDataDir } from "./claim.ts";
import { startDatabase } from "./database.ts";
import { ServiceEnded } from "./launch.ts";
import { freePort } from "./machine.ts";
import { startRedis } from "./redis.ts";
import type { Log, Service } from "./service.ts";
import { type Supervised, supervise } from "./supervise.ts";

/** Where the services are, and how to end those that were started here. */
export interface Embedded {
  mongoUrl: string;
  redisUrl: string;
  /** The processes started here, for status and tests; empty when both addresses were given. */
  services: Supervised[];
  stop(): Promise<void>;
}

/**
 * Starts what `mongoUrl` and `redisUrl` don't replace, Redis first, each supervised on a port that
 * it keeps. `stop` ends them in reverse. Throws `DataDirInUse` when another process has the folder.
 */
export async function startEmbedded(
  config: {
    dataDir: string;
    mongoUrl: string | null;
    redisUrl: string | null;
    databaseCache?: number;
  },
  { log, stuckAfter }: { log: Log; stuckAfter?: number },
): Promise<Embedded> {
  const { dataDir, databaseCache } = config;
  const cache = databaseCache === undefined ? {} : { cache: databaseCache };
  if (config.mongoUrl !== null && config.redisUrl !== null) {
    const { mongoUrl, redisUrl } = config;
    return { mongoUrl, redisUrl, services: [], stop: () => Promise.resolve() };
  }
  const stack = new ReleaseStack();
  const services: Supervised[] = [];
  const stop = () =>
    stack.close(15_000, (name, err) => log.warn({ service: name, err }, "service did not stop"));
  const claim = await claimDataDir(dataDir, {
    onWait: (pid) => log.info({ pid }, "waiting for commands that use the database of this folder"),
  });
  stack.add("claim", () => claim.release());
  const start = async (
    kind: (place: { dataDir: string; port: number; log: Log }) => Promise<Service>,
  ): Promise<string> => {
    const watched = { log, ...(stuckAfter !== undefined && { stuckAfter }) };
    const service = await startSupervised((port) => kind({ dataDir, port, log }), watched);
    stack.add(service.name, () => service.stop());
    services.push(service);
    log.info({ service: service.name, pid: service.pid, url: service.url }, "service ready");
    return service.url;
  };
  try {
    const redisUrl = config.redisUrl ?? (await start(startRedis));
    const mongoUrl =
      config.mongoUrl ?? (await start((place) => startDatabase({ ...place, ...cache })));
    await claim.publish({ mongoUrl, redisUrl });
    return { mongoUrl, redisUrl, services, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a service on a free port; another one when a stranger took it in between. */
async function startSupervised(
  start: (port: number) => Promise<Service>,
  watched: { log: Log; stuckAfter?: number },
  attempts = 3,
): Promise<Supervised> {
  const port = await freePort();
  try {
    return await supervise(() => start(port), watched);
  } catch (error) {
    const taken = error instanceof ServiceEnded && /in use/i.test(error.exit.output);
    if (!taken || attempts <= 1) throw error;
    return startSupervised(start, watched, attempts - 1);
  }
}
