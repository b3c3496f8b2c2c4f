import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import {
  BODY_CONCURRENCY,
  type BodyStore,
  DIGEST_PATTERN,
  pathOf,
  TierUnreachable,
} from "./tier.ts";

/** This folder is on the tier itself, because `rename` can't move a file to another file system. */
const UNFINISHED = "unfinished";
const MAX_UNFINISHED_AGE_MS = 3_600_000;

/** Stores bodies in a folder, as files named `ab/cd/DIGEST`; writing creates the folder. */
export function openFiles(root: string): BodyStore {
  const unfinished = join(root, UNFINISHED);
  const at = (id: string) => join(root, pathOf(id));
  let ready: Promise<void> | null = null;
  const prepare = async () => {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await clear(unfinished);
  };
  /** Throws if nothing was ever written to the folder: perhaps its disk isn't mounted. */
  const mounted = async (): Promise<null> => {
    if (await orNull(stat(unfinished))) return null;
    throw new Error("nothing was ever written there: check that the disk is mounted");
  };
  return {
    put: (id, bytes) =>
      inFolder(root, async () => {
        ready ??= prepare();
        await ready.catch((error: unknown) => {
          ready = null;
          throw error;
        });
        const part = join(unfinished, `${id}.${randomUUID()}`);
        try {
          await writeFile(part, bytes, { flag: "wx", mode: 0o600, flush: true });
          await mkdir(dirname(at(id)), { recursive: true, mode: 0o700 });
          await rename(part, at(id));
        } catch (error) {
          await rm(part, { force: true });
          throw error;
        }
        // A file name is safely on the disk only once its folders are flushed.
        for (const folder of [dirname(at(id)), dirname(dirname(at(id))), root]) await flush(folder);
      }),
    get: (id) => inFolder(root, async () => (await orNull(readFile(at(id)))) ?? mounted()),
    remove: (ids) =>
      inFolder(root, async () => {
        await pLimit(BODY_CONCURRENCY).map([...ids], (id) => rm(at(id), { force: true }));
      }),
    async *list(prefix) {
      for (const first of await listNames(root, /^[0-9a-f]{2}$/)) {
        if (!first.startsWith(prefix)) continue;
        for (const second of await listNames(join(root, first), /^[0-9a-f]{2}$/)) {
          for (const id of await listNames(join(root, first, second), DIGEST_PATTERN)) {
            const found = await inFolder(root, () => orNull(stat(at(id))));
            if (found) yield { id, length: found.size, at: found.mtime };
          }
        }
      }
    },
  };
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function clear(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name);
    const found = await orNull(stat(path));
    if (found && found.mtimeMs < Date.now() - MAX_UNFINISHED_AGE_MS)
      await rm(path, { force: true });
  }
}

async function listNames(folder: string, form: RegExp): Promise<string[]> {
  const names = await inFolder(folder, () => orNull(readdir(folder)));
  return (names ?? []).filter((name) => form.test(name)).toSorted();
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TierUnreachable(`the folder of bodies can't be used: ${why} (${folder})`, { cause });
  }
}
