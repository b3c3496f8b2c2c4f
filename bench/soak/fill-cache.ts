import { randomBytes, randomInt } from "node:crypto";
import type { MongoClient } from "mongodb";

const KB = 1024;
/**
 * Minimum and maximum size of a document, bytes, similar to the sizes of compressed pages. Larger
 * documents aren't cached.
 */
const SIZES = { least: KB / 2, most: 24 * KB };
const BATCH = 50;
const WRITERS = 4;
/**
 * Number of times that the cache is filled. After that, freed memory is reused and the heap stops
 * growing.
 */
const TIMES = 4;

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
