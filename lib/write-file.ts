import { type FileHandle, rename, rm, writeFile } from "node:fs/promises";

/** Writes bytes at a position of a file, and returns the position after them. */
export async function writeAt(
  handle: Pick<FileHandle, "write">,
  bytes: Uint8Array,
  at: number,
): Promise<number> {
  // On a disk that becomes full, a write succeeds with fewer bytes, and only the next one fails.
  for (let done = 0; done < bytes.length; ) {
    const left = bytes.length - done;
    done += (await handle.write(bytes, done, left, at + done)).bytesWritten;
  }
  return at + bytes.length;
}

/**
 * Writes `text` to a file that only its owner can read. A failure leaves an earlier file unchanged.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Whether a write failed because the disk, or a quota of it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}
