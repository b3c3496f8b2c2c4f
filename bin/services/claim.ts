import { readFileSync } from "node:fs";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { sleep } from "../../lib/time.ts";
import { writeFileAtomically } from "../../lib/write-file.ts";
import { isAlive, type ProcessName, sendSignal, thisProcess } from "./machine.ts";

export const Holder = z.object({ pid: z.int(), started: z.string() });

const Owner = Holder.extend({
  mongoUrl: z.string().nullable(),
  redisUrl: z.string().nullable(),
  shared: z.boolean().default(false),
  /** Other commands must not use the services of a process that is ending. */
  ending: z.boolean().default(false),
});

/**
 * The process that uses a data folder, and the URLs of its services. A URL is null until the
 * service is ready, or if the process doesn't use the service.
 */
export type Owner = z.infer<typeof Owner>;

export class DataDirInUse extends Error {
  override name = "DataDirInUse";
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(
      `another Newsgather (pid ${pid}) uses this data folder, ${dataDir}: ` +
        "stop it first, or set NEWSGATHER_DATA_DIR to another folder",
    );
    this.pid = pid;
  }
}

/** A data folder that this process owns until it is released. */
export interface Claim {
  publish(urls: { mongoUrl: string; redisUrl: string | null }): Promise<void>;
  announceEnd(): Promise<void>;
  release(): Promise<void>;
}

/** Returns the running process that uses a data folder; null if none does. */
export function findOwner(dataDir: string): Owner | null {
  return readOwned(ownerFile(dataDir), Owner);
}

/** Throws `DataDirInUse` if another process uses a data folder. */
export function refuseOwned(dataDir: string): void {
  const owner = findOwner(dataDir);
  if (owner) throw new DataDirInUse(dataDir, owner.pid);
}

const POLL_MS = 100;

/**
 * Claims a data folder for this process. Throws `DataDirInUse` if another process uses the folder.
 * A `shared` process only runs a database for commands. A process that isn't `shared` asks it to
 * stop, and waits until it has.
 */
export async function claimDataDir(
  dataDir: string,
  { shared = false, onWait }: { shared?: boolean; onWait?: (pid: number) => void } = {},
): Promise<Claim> {
  await mkdir(join(dataDir, "run"), { recursive: true, mode: 0o700 });
  const path = ownerFile(dataDir);
  if (!shared) await replaceShared(dataDir, onWait);
  const nothing = { mongoUrl: null, redisUrl: null, shared, ending: false };
  const claim = await claimFile(path, nothing);
  if (!claim) {
    refuseOwned(dataDir);
    throw new Error(`${path} was in use by another process a moment ago; try again`);
  }
  return {
    publish: (urls) => claim.write({ ...nothing, ...urls }),
    announceEnd: () => claim.write({ ...nothing, ending: true }),
    release: () => claim.release(),
  };
}

async function replaceShared(dataDir: string, onWait?: (pid: number) => void): Promise<void> {
  let signalledPid: number | null = null;
  for (;;) {
    const owner = findOwner(dataDir);
    if (!owner?.shared) return;
    if (signalledPid !== owner.pid) {
      signalledPid = owner.pid;
      sendSignal(signalledPid, "SIGTERM");
      onWait?.(signalledPid);
    }
    await sleep(POLL_MS);
  }
}

function ownerFile(dataDir: string): string {
  return join(dataDir, "run", "owner.json");
}

const MAX_ATTEMPTS = 3;

/** A file that this process owns until it is released. */
export interface ClaimedFile {
  /** Replaces the content of the claimed file, except the entries that name the owning process. */
  write(content: object): Promise<void>;
  release(): Promise<void>;
}

/** Claims a file and writes `content` to it; returns null while another running process has it. */
export async function claimFile(path: string, content: object = {}): Promise<ClaimedFile | null> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const stale = `${own}.stale`;
  const me = thisProcess();
  await writeFile(own, JSON.stringify({ ...content, ...me }), { mode: 0o600 });
  const write = (changed: object) =>
    writeFileAtomically(path, JSON.stringify({ ...changed, ...me }));
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // A link appears with its full content, so nobody reads half a claim.
      const isMine = await link(own, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (isMine) return { write, release: () => rm(path, { force: true }) };
      if (readOwned(path, Holder)) return null;
      // Renamed before it is removed, so that only one of two claimants removes it. If the renamed
      // claim is valid, it is put back.
      await rename(path, stale).catch(() => {});
      if (readOwned(stale, Holder)) await link(stale, path).catch(() => {});
      await rm(stale, { force: true });
    }
    return null;
  } finally {
    await rm(own, { force: true });
  }
}

/** Returns the content of a file that names a process; null unless this process is running. */
export function readOwned<Owned extends ProcessName>(
  path: string,
  schema: z.ZodType<Owned>,
): Owned | null {
  try {
    const owned = schema.parse(JSON.parse(readFileSync(path, "utf8")));
    return isAlive(owned) ? owned : null;
  } catch {
    return null;
  }
}
