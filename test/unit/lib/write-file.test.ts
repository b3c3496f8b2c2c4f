import type { FileHandle } from "node:fs/promises";
import { expect, test } from "vitest";
import { writeAt } from "../../../lib/write-file.ts";

/** A file on a disk with space for `capacity` bytes. */
function fileOn(capacity: number) {
  const file = Buffer.alloc(capacity);
  const write = (bytes: Uint8Array, offset: number, length: number, at: number) => {
    const bytesWritten = Math.min(length, capacity - at);
    if (bytesWritten === 0) return Promise.reject(new Error("ENOSPC"));
    file.set(bytes.subarray(offset, offset + bytesWritten), at);
    return Promise.resolve({ bytesWritten, buffer: bytes });
  };
  return { file, handle: { write } as unknown as FileHandle };
}

test("bytes that fit are written at their place", async () => {
  const { file, handle } = fileOn(5);
  expect(await writeAt(handle, Buffer.from("abc"), 2)).toBe(5);
  expect(file.toString()).toBe("\0\0abc");
});

test("a disk that is full before the last byte is an error", async () => {
  const { handle } = fileOn(5);
  await expect(writeAt(handle, Buffer.from("abcd"), 2)).rejects.toThrow("ENOSPC");
});
