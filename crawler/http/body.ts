/** Reads a stream up to `limit` bytes; beyond that it stops and says `truncated`. */
export async function collect(
  stream: AsyncIterable<unknown>,
  limit: number,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
    if (size > limit) return { bytes: Buffer.concat(chunks), truncated: true };
  }
  return { bytes: Buffer.concat(chunks), truncated: false };
}
