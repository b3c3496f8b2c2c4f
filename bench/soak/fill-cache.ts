import { randomBytes, randomInt } from "node:crypto";
import type { MongoClient } from "mongodb";

const KB = 1024;
/** Similar to the sizes of compressed pages. Larger documents aren't cached. */
const DOCUMENT_BYTES = { least: KB / 2, most: 24 * KB };
const BATCH_SIZE = 50;
const WRITER_COUNT = 4;
/** After this many, freed memory is reused and the heap stops growing. */
const FILL_COUNT = 4;

export async function fillCache(client: MongoClient, size: number): Promise<void> {
  const filler = client.db("filler").collection("filler");
  const room = { left: FILL_COUNT * size * KB * KB };
  const document = () => {
    const bytes = randomBytes(randomInt(DOCUMENT_BYTES.least, DOCUMENT_BYTES.most));
    room.left -= bytes.length;
    return { bytes };
  };
  const write = async () => {
    while (room.left > 0) await filler.insertMany(Array.from({ length: BATCH_SIZE }, document));
  };
  await Promise.all(Array.from({ length: WRITER_COUNT }, write));
}
