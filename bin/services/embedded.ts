import { once } from "node:events";
import { mkdir, rename } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Config } from "../../config/env.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { claimDataDir } from "./claim.ts";
import { startDatabase } from "./database.ts";
import { launch, onPath, ServiceEnded } from "./launch.ts";
import { freePort } from "./machine.ts";
import { type Log, type Service, type Supervised, supervise } from "./supervise.ts";

export interface Embedded {
  mongoUrl: string;
  redisUrl: string;
  /** The services that this process started; empty if `mongoUrl` and `redisUrl` are configured. */
  services: Supervised[];
  stop(): Promise<void>;
}

/** How services are supervised; see `supervise`. */
interface Watched {
  log: Log;
  stuckAfter?: number;
  signal?: AbortSignal | undefined;
}

interface Place {
  dataDir: string;
  port: number;
  signal: AbortSignal | undefined;
  log: Log;
}

/**
 * Starts Redis and the database, except those whose URL is configured. Throws `DataDirInUse` if
 * another process uses the data folder, and the reason of `signal` if it aborts the start.
 */
export async function startEmbedded(
  config: Pick<Config, "dataDir" | "mongoUrl" | "redisUrl"> &
    Partial<Pick<Config, "databaseCache">>,
  watched: Watched,
): Promise<Embedded> {
  const { dataDir, databaseCache: cache } = config;
  const { log } = watched;
  if (config.mongoUrl !== null && config.redisUrl !== null) {
    const { mongoUrl, redisUrl } = config;
    return { mongoUrl, redisUrl, services: [], stop: () => Promise.resolve() };
  }
  const stack = new ReleaseStack();
  const services: Supervised[] = [];
  const stop = () =>
    stack.close(15_000, (name, err) => log.warn({ service: name, err }, "service did not stop"));
  const claim = await claimDataDir(dataDir, {
    onWait: (pid) => log.info({ pid }, "waiting until no command uses the database of this folder"),
  });
  stack.add("claim", () => claim.release());
  const start = async (kind: (place: Place) => Promise<Service>): Promise<string> => {
    const service = await startSupervised((place) => kind({ dataDir, log, ...place }), watched);
    stack.add(service.name, () => service.stop());
    services.push(service);
    log.info({ service: service.name, pid: service.pid, url: service.url }, "service ready");
    return service.url;
  };
  try {
    const redisUrl = config.redisUrl ?? (await start(startRedis));
    const mongoUrl =
      config.mongoUrl ?? (await start((place) => startDatabase({ ...place, cache })));
    await claim.publish({ mongoUrl, redisUrl });
    return { mongoUrl, redisUrl, services, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSupervised(
  start: (place: Pick<Place, "port" | "signal">) => Promise<Service>,
  watched: Watched,
  attempts = 3,
): Promise<Supervised> {
  const port = await freePort();
  try {
    return await supervise((signal) => start({ port, signal }), watched);
  } catch (error) {
    const taken = error instanceof ServiceEnded && /in use/i.test(error.exit.output);
    if (!taken || attempts <= 1) throw error;
    return startSupervised(start, watched, attempts - 1);
  }
}

const BROKEN_LOG = /reading the append only file|AOF manifest|(reading|in) RDB|RDB (file|reading)/i;

/**
 * Starts Redis on 127.0.0.1, with a log on disk and no eviction. If the log is damaged, starts
 * without it; rate limits and logins at sites are then lost.
 */
export async function startRedis(options: {
  dataDir: string;
  port?: number;
  signal?: AbortSignal | undefined;
  log: Log;
}): Promise<Service> {
  const { dataDir, signal, log } = options;
  const command = await onPath("redis-server");
  if (!command) {
    throw new Error("redis-server is not installed: run `npm run setup`, or set REDIS_URL");
  }
  const dir = join(dataDir, "redis");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const start = () =>
    launch({
      name: "redis",
      command,
      args: redisArguments(dir, port),
      url: `redis://127.0.0.1:${port}`,
      port,
      dataDir,
      signature: ["--dir", dir, "--appendonly"],
      probe: () => ping(port),
      signal,
      log,
    });
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ServiceEnded) || !BROKEN_LOG.test(error.exit.output)) throw error;
    const aside = `appendonlydir.broken-${Date.now()}`;
    log.warn(
      { service: "redis", aside },
      "Redis's append-only file is damaged: moving it aside and starting without it",
    );
    await rename(join(dir, "appendonlydir"), join(dir, aside));
    return start();
  }
}

function redisArguments(dir: string, port: number): string[] {
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
    // A process title would replace the arguments, by which a process left over from a crash is
    // recognised.
    "set-proc-title": "no",
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
}

/** Resolves if Redis answers; rejects while Redis still loads its data. */
async function ping(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.setTimeout(2000, () => socket.destroy(new Error("no answer to PING")));
    socket.write("PING\r\n");
    const [answer] = await once(socket, "data");
    const text = String(answer).trim();
    if (text !== "+PONG") throw new Error(text);
  } finally {
    socket.destroy();
  }
}
