import { mkdir, rename } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { launch, onPath, ServiceEnded } from "./launch.ts";
import { freePort } from "./machine.ts";
import type { Log, Service } from "./service.ts";

const BROKEN_LOG = /reading the append only file|AOF manifest|(reading|in) RDB|RDB (file|reading)/i;

/**
 * Starts a Redis on 127.0.0.1 that appends each write to disk (fsync every second) and evicts
 * nothing. An append log that can't be read is moved aside: Redis only carries what is due.
 */
export async function startRedis(options: {
  dataDir: string;
  port?: number;
  log: Log;
}): Promise<Service> {
  const command = await onPath("redis-server");
  if (!command) {
    throw new Error("redis-server is not installed: run `npm run setup`, or set REDIS_URL");
  }
  const dir = join(options.dataDir, "redis");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const start = () => launchRedis({ ...options, command, dir, port });
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ServiceEnded) || !BROKEN_LOG.test(error.exit.output)) throw error;
    const aside = `appendonlydir.broken-${Date.now()}`;
    options.log.warn({ service: "redis", aside }, "its append log is damaged and was moved aside");
    await rename(join(dir, "appendonlydir"), join(dir, aside));
    return start();
  }
}

function launchRedis(options: {
  dataDir: string;
  command: string;
  dir: string;
  port: number;
  log: Log;
}): Promise<Service> {
  const { command, dir, port, dataDir, log } = options;
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
    // The title would replace the arguments by which a leftover is recognised.
    "set-proc-title": "no",
  };
  return launch({
    name: "redis",
    command,
    args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
    url: `redis://127.0.0.1:${port}`,
    port,
    dataDir,
    signature: ["--dir", dir, "--appendonly"],
    probe: () => ping(port),
    log,
  });
}

/** Resolves when a Redis on that port answers PING with PONG (and is done loading). */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(2000, () => socket.destroy(new Error("no answer to PING")));
    socket.once("error", reject);
    socket.once("data", (answer) => {
      socket.destroy();
      const text = answer.toString().trim();
      if (text === "+PONG") resolve();
      else reject(new Error(text));
    });
  });
}
