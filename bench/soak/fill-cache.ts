import { randomBytes, randomInt } from "node:crypto";
import type { MongoClient } from "mongodb";

const KB = 1024;
/** Sizes as pages have them packed; larger values aren't kept in the cache. */
const SIZES = { least: KB / 2, most: 24 * KB };
const BATCH = 50;
const WRITERS = 4;
/** Until memory that was given back is in use again as often as it will be, the heap grows. */
const TIMES = 4;

/** Fills a database's cache of so many MB, several times over, with documents of a database of their own. */
export async function fillCache(client: MongoClient, size: number): Promise<void> {
  const filler = client.db("filler").collection("filler");
  const room = { left: TIMES * size * KB * KB };
  const document = () => {
    const bytes = randomBytes(randomInt(SIZES.least, SIZES.most));
    room.left -= bytes.length;
    return { bytes };
  };
  const write = async () => {
    while (room.left > 0) await filler.insertMany(Array.from({ length: BATCH }, document));
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}
