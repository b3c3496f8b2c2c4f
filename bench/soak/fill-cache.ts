import { randomBytes } from "node:crypto";
import type { MongoClient } from "mongodb";

const KB = 1024;
/** Small enough to be kept on pages of the cache, which large values aren't. */
const DOCUMENT = 4 * KB;
const BATCH = 500;

/** Fills a database's cache of so many MB, twice over, with documents of a database of their own. */
export async function fillCache(client: MongoClient, size: number): Promise<void> {
  const filler = client.db("filler").collection("filler");
  const document = () => ({ bytes: randomBytes(DOCUMENT) });
  for (let left = (2 * size * KB * KB) / DOCUMENT; left > 0; left -= BATCH) {
    await filler.insertMany(Array.from({ length: BATCH }, document));
  }
}
