import { existsSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MongoServerError } from "mongodb";
import { root } from "../../config/root.ts";
import { createMongoClient } from "../../store/mongo-client.ts";
import { Broken, launch, onPath } from "./launch.ts";
import { freePort } from "./machine.ts";
import type { Log, Service } from "./supervise.ts";

/** An installed database program, with the folder for its data. */
export interface Engine {
  name: "mongod" | "secantusd-rs" | "secantusdb";
  command: string;
  dir: string;
}

const MB = 1024 * 1024;
const DEFAULT_CACHE_BYTES = 256 * MB;

/**
 * Returns the installed engine with data in `dataDir`, otherwise `mongod` or SecantusDB; null if
 * neither is installed. Throws if the only engine with data in `dataDir` isn't installed.
 */
export async function findEngine(
  dataDir: string,
  setUpDir = join(root, "data"),
): Promise<Engine | null> {
  const installed = (program: string) =>
    [dataDir, dirname(dataDir), setUpDir]
      .map((folder) => join(folder, program))
      .find((path) => existsSync(path));
  const found = [
    ["mongod", await onPath("mongod"), "mongodb"],
    [
      "secantusd-rs",
      installed(COMPILED_SERVER_PATH) ?? (await onPath("secantusd-rs")),
      "secantusd-rs",
    ],
    ["secantusdb", installed("venv/bin/secantusd-py"), "secantusdb"],
  ] as const;
  const engines = found.flatMap(([name, command, dir]): Engine[] =>
    command ? [{ name, command, dir: join(dataDir, dir) }] : [],
  );
  const owner = engines.find((engine) => hasFiles(engine.dir));
  if (owner) return owner;
  // Another engine would start with an empty database.
  for (const [name, , dir] of found) {
    const path = join(dataDir, dir);
    if (hasFiles(path))
      throw new Error(`${path} contains data of ${name}, which isn't installed or isn't on PATH`);
  }
  return engines[0] ?? null;
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

const COMPILED_SERVER_PATH = "secantusdb-compiled/bin/secantusd-rs";

/** Starts the database of a data folder on 127.0.0.1. Resolves when the database works. */
export async function startDatabase(options: {
  dataDir: string;
  port?: number;
  /** Maximum size of the database's cache, in bytes; 256 MB by default. */
  cache?: number | undefined;
  /** For SecantusDB: whether acknowledged writes are always on disk; true by default. */
  durable?: boolean;
  signal?: AbortSignal | undefined;
  log: Log;
}): Promise<Service> {
  const { dataDir, cache = DEFAULT_CACHE_BYTES, durable = true, signal, log } = options;
  const engine = await findEngine(dataDir);
  if (!engine) {
    throw new Error("no database is installed: run `npm run setup`, or set MONGODB_URI");
  }
  await mkdir(engine.dir, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  return launch({
    name: "database",
    ...commandLine(engine, port, { cache, durable }),
    url,
    port,
    dataDir,
    signature: [engine.dir, "--port"],
    probe: () => ping(url),
    signal,
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
    // Without the first option, a SIGKILL loses up to 50 ms of acknowledged writes. Without the
    // second, each written document is stored again for an hour, for change streams that nobody
    // uses, which takes a fifth of the database's CPU.
    const modes = [...(durable ? ["--sync-on-commit"] : []), "--standalone"];
    const server = ["--host", "127.0.0.1", ...listen, ...storage, ...modes];
    // Without the first variable, each thread has its own heap, and the database's memory grows
    // indefinitely beyond the cache. Without the second, large blocks lie among small ones, and the
    // memory is a tenth larger. The compiled version has a separate option for change streams.
    const heap = ["MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=131072"];
    const args = [...heap, "SECANTUS_DISABLE_OPLOG=1", command, ...server];
    // If this process dies, nothing could kill a database whose graceful end hangs, so the kernel
    // kills it at once. With `durable`, it loses nothing: every acknowledged write is on disk.
    return { command: "env", args, orphaned: "KILL" as const };
  }
  // 0.25 GB is mongod's minimum.
  const gigabytes = Math.max(0.25, cache / (1024 * MB));
  const storage = ["--dbpath", dir, "--wiredTigerCacheSizeGB", gigabytes.toFixed(2)];
  const rest = ["--nounixsocket", "--quiet"];
  return { command, args: ["--bind_ip", "127.0.0.1", ...listen, ...storage, ...rest] };
}

async function ping(url: string): Promise<void> {
  const client = createMongoClient(url, {
    serverSelectionTimeoutMS: 1500,
    heartbeatFrequencyMS: 500,
  });
  try {
    const admin = client.db("admin");
    await admin.command({ ping: 1 });
    // The storage engine can fail while the database still answers.
    await admin.command({ listDatabases: 1, nameOnly: true }).catch((error: unknown) => {
      if (!(error instanceof MongoServerError)) throw error;
      throw new Broken(`the storage engine has failed: ${error.message}`, { cause: error });
    });
  } finally {
    await client.close();
  }
}
