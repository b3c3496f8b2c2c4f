import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config/env.ts";
import { sleep } from "../../lib/time.ts";
import { claimDataDir, findOwner } from "./claim.ts";
import { startDatabase } from "./database.ts";
import { isAlive, startedAt, thisProcess } from "./machine.ts";
import type { Log } from "./supervise.ts";

const POLL_MS = 50;
/**
 * The database runs this long after its last use, so that a script of ten commands starts it once.
 */
const LINGER_MS = 2000;
const DEADLINE_MS = 120_000;

/**
 * Returns the data folder's shared database. Calls `startKeeper` if no process runs the database.
 * Throws after two minutes without such a process.
 */
export async function shareDatabase(
  dataDir: string,
  startKeeper: () => Promise<void>,
  now = () => performance.now(),
): Promise<{ url: string; release(): Promise<void> }> {
  // Register first, because an ending owner checks for users last.
  const release = await registerUser(dataDir);
  try {
    for (let deadline = now() + DEADLINE_MS; ; ) {
      const owner = findOwner(dataDir);
      if (owner?.mongoUrl && !owner.ending) return { url: owner.mongoUrl, release };
      const since = now();
      if (owner) {
        await sleep(POLL_MS);
        // The owner ends by itself if its database doesn't start.
        deadline += now() - since;
      } else if (since < deadline) await startKeeper();
      else
        throw new Error(`the database in ${dataDir} did not start within ${DEADLINE_MS / 1000} s`);
    }
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Runs the data folder's database until no command has used it for two seconds. After `stop`, ends
 * as soon as no command uses the database. Throws `DataDirInUse` if another process uses the data
 * folder.
 */
export async function keepDatabase(
  { dataDir, databaseCache: cache }: Pick<Config, "dataDir" | "databaseCache">,
  { log, stop, onReady }: { log: Log; stop: AbortSignal; onReady: () => void },
): Promise<void> {
  const claim = await claimDataDir(dataDir, { shared: true });
  try {
    const database = await startDatabase({ dataDir, log, cache });
    const gone = new AbortController();
    void database.exited.then(() => gone.abort());
    try {
      do {
        await claim.publish({ mongoUrl: database.url, redisUrl: null });
        onReady();
        await untilUnused(dataDir, { stop, gone: gone.signal });
        await claim.announceEnd();
      } while (!gone.signal.aborted && (await hasUsers(dataDir)));
    } finally {
      await database.stop();
    }
  } finally {
    await claim.release();
  }
}

async function untilUnused(
  dataDir: string,
  { stop, gone }: { stop: AbortSignal; gone: AbortSignal },
): Promise<void> {
  let unusedSince: number | null = null;
  while (!gone.aborted) {
    if (await hasUsers(dataDir)) unusedSince = null;
    else unusedSince ??= Date.now();
    const wait = stop.aborted ? 0 : LINGER_MS;
    if (unusedSince !== null && Date.now() - unusedSince >= wait) return;
    await sleep(POLL_MS);
  }
}

export async function untilOthersAreDone(dataDir: string, onWait: () => void): Promise<void> {
  for (let notified = false; await hasUsers(dataDir); notified = true) {
    if (!notified) onWait();
    await sleep(POLL_MS);
  }
}

const usersIn = (dataDir: string) => join(dataDir, "run", "users");

async function registerUser(dataDir: string): Promise<() => Promise<void>> {
  const folder = usersIn(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // One process can use the database several times concurrently.
  const { pid, started } = thisProcess();
  const path = join(folder, `${pid}.${randomUUID()}`);
  await writeFile(path, started, { mode: 0o600 });
  return () => rm(path, { force: true });
}

/** Returns whether a process uses the database; removes records of crashed processes. */
async function hasUsers(dataDir: string): Promise<boolean> {
  const folder = usersIn(dataDir);
  let found = false;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const started = await readFile(path, "utf8").catch(() => null);
    if (started === null) continue;
    const pid = Number.parseInt(name, 10);
    // An empty file is being written, or was left on a full disk.
    const isUsed = started === "" ? startedAt(pid) !== null : isAlive({ pid, started });
    if (isUsed) found = true;
    else await rm(path, { force: true });
  }
  return found;
}
