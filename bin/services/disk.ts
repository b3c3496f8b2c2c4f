import { access, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Bytes that may still be written on the disk of a folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearest(folder));
  return bavail * bsize;
}

async function nearest(path: string): Promise<string> {
  const full = resolve(path);
  try {
    await access(full);
    return full;
  } catch {
    return nearest(dirname(full));
  }
}
