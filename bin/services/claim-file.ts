import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { isAlive, thisProcess } from "./machine.ts";

const Holder = z.object({ pid: z.int(), started: z.string() });

const MAX_ATTEMPTS = 3;

/** A file that this process owns until it is released. */
export interface ClaimedFile {
  /** Replaces the content of the file, but keeps the entry that names the owner. */
  write(content: object): Promise<void>;
  release(): Promise<void>;
}

/** Claims a file and writes `content` into it; null while another running process has it. */
export async function claimFile(path: string, content: object = {}): Promise<ClaimedFile | null> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const stale = `${own}.stale`;
  const me = thisProcess();
  await writeFile(own, JSON.stringify({ ...content, ...me }), { mode: 0o600 });
  const write = async (changed: object) => {
    await writeFile(`${path}.new`, JSON.stringify({ ...changed, ...me }), { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
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
      if (await isOwned(path)) return null;
      // Renamed before it is removed, so that only one of two claimants removes it. If the renamed claim is valid, it
      // is put back.
      await rename(path, stale).catch(() => {});
      if (await isOwned(stale)) await link(stale, path).catch(() => {});
      await rm(stale, { force: true });
    }
    return null;
  } finally {
    await rm(own, { force: true });
  }
}

async function isOwned(path: string): Promise<boolean> {
  try {
    return isAlive(Holder.parse(JSON.parse(await readFile(path, "utf8"))));
  } catch {
    return false;
  }
}
