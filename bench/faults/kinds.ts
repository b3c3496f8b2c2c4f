import { open, rm } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { join } from "node:path";
import { startedAt } from "../../bin/services/machine.ts";
import type { Random } from "../../demo/random.ts";
import { SECOND_MS, sleep } from "../../lib/time.ts";
import { connect } from "../../queues/producer.ts";
import { commandOf } from "../../test/helpers/chromium.ts";
import { kill, killAll, pidOfRole, processesOf } from "../../test/helpers/processes.ts";
import { skewedWorker, whyNoSkew } from "./skewed.ts";
import type { Stage } from "./stage.ts";

export interface Fault {
  name: string;
  does: string;
  /** Set if one site of the wave is fetched in the browser. */
  browser?: true;
  /** Set if the fault makes Redis lose leases and the time of each host's last request. */
  forgetsPace?: true;
  /** Time within which work on the wave must continue after the fault, ms. */
  within: number;
  /** Returns why the fault can't be injected here; null if it can. */
  impossible?(stage: Stage): string | null;
  /**
   * Injects the fault. Returns the time at which the fault was over and recovery began, epoch ms.
   */
  inject(stage: Stage, random: Random): Promise<number>;
}

/**
 * A killed worker's jobs continue once their locks have expired and stalled jobs were checked. The
 * links of hosts that Redis doesn't know then wait up to 35 s, because Redis could have lost a
 * host's lease.
 */
const WORKER_RECOVERY_MS = 40_000;
const SERVICE_RECOVERY_MS = 5_000;

const killed = async (pid: number): Promise<number> => {
  const started = startedAt(pid);
  kill(pid);
  const isThere = () => started !== null && startedAt(pid) === started;
  while (isThere()) await sleep(5);
  return Date.now();
};

const killRole = (role: string) => async (stage: Stage) =>
  killed(pidOfRole(stage.place.folder, role));

/**
 * Suspends a role's process long enough for its jobs to go to another process, and then resumes it.
 */
const freezeRole =
  (role: string): Fault["inject"] =>
  async ({ place }, random) => {
    const pid = pidOfRole(place.folder, role);
    kill(pid, "SIGSTOP");
    await sleep(random.int(11, 14) * SECOND_MS);
    kill(pid, "SIGCONT");
    return Date.now();
  };

const killService = (name: "redis" | "database") => async (stage: Stage) => {
  const { redisUrl, mongoUrl } = stage.running;
  const port = Number(new URL(name === "redis" ? redisUrl : mongoUrl).port);
  const since = await killed(serviceOf(stage, name));
  // The killed process's port can close a little later. The service doesn't restart sooner than
  // this.
  while ((await accepts(port)) && Date.now() < since + SECOND_MS / 5) await sleep(5);
  return answersAt(port);
};

export const FAULTS: readonly Fault[] = [
  { name: "http worker", does: "kill -9", within: WORKER_RECOVERY_MS, inject: killRole("http") },
  { name: "scheduler", does: "kill -9", within: WORKER_RECOVERY_MS, inject: killRole("scheduler") },
  {
    name: "redis",
    does: "kill -9",
    forgetsPace: true,
    within: SERVICE_RECOVERY_MS,
    inject: killService("redis"),
  },
  {
    name: "database",
    does: "kill -9",
    within: SERVICE_RECOVERY_MS,
    inject: killService("database"),
  },
  {
    name: "browser worker",
    does: "kill -9",
    browser: true,
    within: WORKER_RECOVERY_MS,
    inject: killRole("browser"),
  },
  {
    name: "browser",
    does: "kill -9",
    browser: true,
    within: WORKER_RECOVERY_MS,
    async inject({ place }) {
      const found = processesOf(place.folder).filter(
        ({ pid }) =>
          commandOf(pid).includes("--user-data-dir") && !commandOf(pid).includes("--type="),
      );
      for (const { pid } of found) await killed(pid);
      return Date.now();
    },
  },
  {
    name: "process group",
    does: "kill -9, then start",
    forgetsPace: true,
    within: WORKER_RECOVERY_MS,
    async inject(stage) {
      killAll(stage.place.folder);
      await stage.running.daemon.ended();
      await stage.restart();
      return Date.now();
    },
  },
  {
    name: "frozen http worker",
    does: "SIGSTOP past its lock, SIGCONT",
    within: WORKER_RECOVERY_MS,
    inject: freezeRole("http"),
  },
  {
    name: "frozen browser worker",
    does: "SIGSTOP past its lock, SIGCONT",
    browser: true,
    within: WORKER_RECOVERY_MS,
    inject: freezeRole("browser"),
  },
  {
    name: "full disk",
    does: "data folder's disk filled for 4 s",
    forgetsPace: true,
    within: WORKER_RECOVERY_MS,
    impossible: ({ noDisk }) => noDisk,
    async inject({ place }) {
      const path = join(place.dataDir, "ballast");
      await fill(path);
      await sleep(4 * SECOND_MS);
      await rm(path, { force: true });
      return Date.now();
    },
  },
  {
    name: "redis flushed",
    does: "FLUSHALL",
    forgetsPace: true,
    within: WORKER_RECOVERY_MS,
    async inject({ running }) {
      const redis = connect(running.redisUrl, { maxRetriesPerRequest: 1 });
      await redis.flushall();
      redis.disconnect();
      return Date.now();
    },
  },
  {
    name: "connections reset",
    does: "every connection of the world",
    within: WORKER_RECOVERY_MS,
    async inject({ sockets }) {
      for (const socket of sockets) socket.resetAndDestroy();
      return Date.now();
    },
  },
  {
    name: "skewed clock",
    does: "one more worker, minutes off",
    within: WORKER_RECOVERY_MS,
    impossible: whyNoSkew,
    inject: skewedWorker,
  },
];

function serviceOf({ place }: Stage, name: "redis" | "database"): number {
  const folders = name === "redis" ? ["redis"] : ["mongodb", "secantusd-rs", "secantusdb"];
  const marks = new Set(folders.map((folder) => join(place.dataDir, folder)));
  const found = processesOf(place.folder).find(({ pid }) =>
    commandOf(pid)
      .split(" ")
      .some((word) => marks.has(word)),
  );
  if (!found) throw new Error(`no process is the ${name}`);
  return found.pid;
}

async function answersAt(port: number): Promise<number> {
  while (!(await accepts(port))) await sleep(20);
  return Date.now();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false)).once("close", () => resolve(false));
    socket.setTimeout(SECOND_MS, () => socket.destroy());
  });
}

async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    for (let size = 1 << 22; size >= 1 << 12; size >>= 2) {
      const piece = Buffer.alloc(size);
      for (let room = true; room; ) {
        room = await file.write(piece).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        );
      }
    }
  } finally {
    await file.close();
  }
}
