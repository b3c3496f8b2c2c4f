import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { MongoClient, MongoServerError } from "mongodb";
import { Broken, launch, onPath } from "./launch.ts";
import { freePort } from "./machine.ts";
import type { Log, Service } from "./service.ts";

/** A database program that is installed here, with the folder that holds its data. */
export interface Engine {
  name: "mongod" | "secantusd-rs" | "secantusdb";
  command: string;
  dir: string;
}

const MB = 1024 * 1024;
const DEFAULT_CACHE_BYTES = 256 * MB;

/**
 * The database to start for a data folder: `mongod` where it is on PATH, else SecantusDB, compiled
 * (`npm run setup:database`, or on PATH) or out of the set-up's venv; a folder that already holds
 * data keeps its engine. Null: none is installed.
 */
export async function findEngine(dataDir: string): Promise<Engine | null> {
  const installed = (program: string) =>
    [dataDir, dirname(dataDir), resolve("data")]
      .map((folder) => join(folder, program))
      .find((path) => existsSync(path));
  const found = [
    ["mongod", await onPath("mongod"), "mongodb"],
    ["secantusd-rs", installed(COMPILED) ?? (await onPath("secantusd-rs")), "secantusd-rs"],
    ["secantusdb", installed("venv/bin/secantusd-py"), "secantusdb"],
  ] as const;
  const engines = found.flatMap(([name, command, dir]): Engine[] =>
    command ? [{ name, command, dir: join(dataDir, dir) }] : [],
  );
  return engines.find((engine) => existsSync(engine.dir)) ?? engines[0] ?? null;
}

const COMPILED = "secantusdb-compiled/bin/secantusd-rs";

/** Starts the database of a data folder on 127.0.0.1; ready when a driver's ping is answered. */
export async function startDatabase(options: {
  dataDir: string;
  port?: number;
  /** Bytes that its cache may take; default 256 MB. */
  cache?: number;
  /** Whether each acknowledged write is on disk; false for data that nobody needs after a crash, where disks are slow. */
  durable?: boolean;
  log: Log;
}): Promise<Service> {
  const { dataDir, log } = options;
  const engine = await findEngine(dataDir);
  if (!engine) {
    throw new Error("no database is installed: run `npm run setup`, or set MONGODB_URI");
  }
  await mkdir(engine.dir, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  return launch({
    name: "database",
    ...commandLine(engine, port, { cache: DEFAULT_CACHE_BYTES, durable: true, ...options }),
    url,
    port,
    dataDir,
    signature: [engine.dir, "--port"],
    probe: () => ping(url),
    log,
  });
}

function commandLine(
  { name, command, dir }: Engine,
  port: number,
  { cache, durable }: { cache: number; durable: boolean },
) {
  const listen = ["--port", String(port)];
  if (name !== "mongod") {
    const storage = ["--storage-path", dir, "--cache-size", `${Math.ceil(cache / MB)}M`];
    // Without the first a SIGKILL takes up to 50 ms of acknowledged writes with it. Without the second each document
    // that is written is kept once more, for an hour, for change streams that nobody asks for: a fifth of its CPU.
    const modes = [...(durable ? ["--sync-on-commit"] : []), "--standalone"];
    const server = ["--host", "127.0.0.1", ...listen, ...storage, ...modes];
    // With a heap for each of its threads its memory grows on and on, out of the cache; with large blocks among small
    // ones it takes a tenth more. The compiled one is told of change streams apart.
    const heap = ["MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=131072"];
    const args = [...heap, "SECANTUS_DISABLE_OPLOG=1", command, ...server];
    // Nobody is there to end it by force when its graceful end takes forever, and every acknowledged write is on disk.
    return { command: "env", args, orphaned: "KILL" as const };
  }
  // mongod takes no smaller one.
  const gigabytes = Math.max(0.25, cache / (1024 * MB));
  const storage = ["--dbpath", dir, "--wiredTigerCacheSizeGB", gigabytes.toFixed(2)];
  const rest = ["--nounixsocket", "--quiet"];
  return { command, args: ["--bind_ip", "127.0.0.1", ...listen, ...storage, ...rest] };
}

/**
 * Asks for more than a ping: after a full disk the embedded database's storage engine has given up,
 * but its process lives on, answers pings and fails everything else.
 */
async function ping(url: string): Promise<void> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: 1500,
    heartbeatFrequencyMS: 500,
  });
  try {
    const admin = client.db("admin");
    await admin.command({ ping: 1 });
    await admin.command({ listDatabases: 1, nameOnly: true }).catch((error: unknown) => {
      if (!(error instanceof MongoServerError)) throw error;
      throw new Broken(`its storage engine has failed: ${error.message}`, { cause: error });
    });
  } finally {
    await client.close();
  }
}
