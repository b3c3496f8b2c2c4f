import { randomBytes } from "node:crypto";
import { digest } from "../../lib/text.ts";
import { type Body, isLost } from "../../model/crawl/capture.ts";
import { readBodies } from "../../store/archive/bodies.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import type { Store } from "../../store/store.ts";

/** Stores bodies of random bytes in the database, the first one at `since`, the others a millisecond apart each. */
export async function storeBodies(
  store: Store,
  count: number,
  { since, size = 100 }: { since: Date; size?: number },
): Promise<Body[]> {
  const bodies = Array.from({ length: count }, (_, index): Body => {
    const bytes = randomBytes(size + index);
    const storedAt = new Date(since.getTime() + index);
    return { _id: digest(bytes), bytes, encoding: "gzip", size: 2 * size, storedAt };
  });
  await addCaptures(store, [], bodies);
  return bodies;
}

/** Returns how many of these bodies can be read and have the right bytes. */
export async function countRight(store: Store, bodies: Body[]): Promise<number> {
  const ids = bodies.map(({ _id }) => _id);
  const found = await readBodies(store, ids);
  return bodies.filter(({ _id, bytes }) => {
    const body = found.get(_id);
    return body && !isLost(body) && Buffer.from(body.bytes).equals(bytes);
  }).length;
}
