import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { findOwner } from "../../bin/services/claim.ts";
import type { Setting } from "../../demo/place.ts";
import { startWorld, type World } from "../../demo/world.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { type Command, makePlace, newsgather, type Place } from "../../test/helpers/newsgather.ts";
import { kill, pidOfRole, processesOf } from "../../test/helpers/processes.ts";
import { scaled } from "../world/scaled.ts";

/** A sample world, and a `newsgather start` that crawls the world while faults are injected. */
export interface Stage {
  place: Place;
  world: World;
  /** The open connections to the world. */
  sockets: ReadonlySet<Socket>;
  /** Why the data folder isn't on a separate small disk; null if it is. */
  noDisk: string | null;
  readonly running: Running;
  restart(): Promise<void>;
  announce(sources: { id: string; yaml: string }[]): Promise<void>;
  /** Removes the files of these sources, and makes the daemon read its sources again. */
  withdraw(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  daemon: Command;
  mongoUrl: string;
  redisUrl: string;
  address: string;
  store: Store;
}

/** This is enough for the embedded database and its journal. */
const DISK_SIZE = "1500m";

export async function openStage(options: {
  sites: number;
  articles: number;
  delayMs: number;
  /** Share of unavailable articles on every second site. */
  faults?: number;
  seed: number;
  env?: Record<string, string>;
}): Promise<Stage> {
  const { env, seed, ...size } = options;
  const plan = (setting: Setting) => scaled(setting, { ...size, concurrency: 1 });
  const world = await startWorld({ plan, seed, port: 0 });
  const sockets = socketsOf(world);
  const place = await makePlace({
    NEWSGATHER_HOSTS: world.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.allowNetworks,
    NEWSGATHER_REQUEST_TIMEOUT: "5s",
    NEWSGATHER_TICK: "1s",
    // The small disk has less free space than the default limit from the start.
    NEWSGATHER_DISK_FREE: "50MB",
    ...env,
  });
  const noDisk = mountDisk(place.dataDir);
  const clear = async () => {
    await place.clear();
    await world.close();
  };
  let running: Running;
  try {
    running = await start(place);
  } catch (error) {
    unmount(place.dataDir, noDisk);
    await clear();
    throw error;
  }
  return {
    place,
    world,
    sockets,
    noDisk,
    get running() {
      return running;
    },
    async restart() {
      await running.store.close();
      running = await start(place);
    },
    async announce(sources) {
      for (const { id, yaml } of sources)
        await writeFile(join(place.sourcesDir, `${id}.yaml`), yaml);
      kill(pidOfRole(place.folder, "scheduler"), "SIGHUP");
    },
    async withdraw(ids) {
      for (const id of ids) await rm(join(place.sourcesDir, `${id}.yaml`));
      kill(pidOfRole(place.folder, "scheduler"), "SIGHUP");
    },
    async close() {
      await running.store.close();
      kill(running.daemon.pid, "SIGTERM");
      await running.daemon.ended().catch(() => {});
      for (const { pid } of processesOf(place.folder)) kill(pid);
      unmount(place.dataDir, noDisk);
      await clear();
    },
  };
}

async function start(place: Place): Promise<Running> {
  const daemon = newsgather(["start"], place);
  const [, address = ""] = await daemon.says(/portal, API and admin: (\S+)/);
  const { mongoUrl, redisUrl } = findOwner(place.dataDir) ?? {};
  if (!mongoUrl || !redisUrl) throw new Error("the daemon doesn't say where its services are");
  const store = await openStore(mongoUrl, { database: "newsgather" });
  return { daemon, mongoUrl, redisUrl, address, store };
}

function socketsOf({ servers }: World): Set<Socket> {
  const open = new Set<Socket>();
  for (const server of servers) {
    server.on("connection", (socket: Socket) => {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    });
  }
  return open;
}

function mountDisk(folder: string): string | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_SIZE},mode=0755`, "tmpfs", folder], {
      stdio: "pipe",
    });
    return null;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    return `mounting a small disk isn't possible here${said && ` (${said})`}`;
  }
}

function unmount(folder: string, noDisk: string | null): void {
  if (noDisk === null) execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
}
