import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { startedAt } from "./machine.ts";

const Holder = z.object({ pid: z.int(), started: z.string() });

/** How often a claim is tried that a dead process holds. */
const ATTEMPTS = 3;

/** Takes a file for this process, which gives it back by `release`; null while another living process has it. */
export async function claimFile(path: string): Promise<{ release(): Promise<void> } | null> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const stale = `${own}.stale`;
  const me: z.infer<typeof Holder> = { pid: process.pid, started: startedAt(process.pid) ?? "" };
  await writeFile(own, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // A link appears with all that is in it, so nobody reads half a claim.
      const isMine = await link(own, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (isMine) return { release: () => rm(path, { force: true }) };
      if (await isHeld(path)) return null;
      // Renamed before it is removed, so that of two claimants only one clears it; put back if it is a new one by now.
      await rename(path, stale).catch(() => {});
      if (await isHeld(stale)) await link(stale, path).catch(() => {});
      await rm(stale, { force: true });
    }
    return null;
  } finally {
    await rm(own, { force: true });
  }
}

async function isHeld(path: string): Promise<boolean> {
  try {
    const holder = Holder.parse(JSON.parse(await readFile(path, "utf8")));
    return startedAt(holder.pid) === holder.started;
  } catch {
    return false;
  }
}
