import type { FileHandle } from "node:fs/promises";

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
