import { randomBytes } from "node:crypto";
import type { MongoClient } from "mongodb";

const MB = 1024 * 1024;

/** Fills a database's cache of so many MB with documents of a database of their own. */
export async function fillCache(client: MongoClient, size: number): Promise<void> {
  const filler = client.db("filler").collection("filler");
  for (let n = 0; n < size; n++) await filler.insertOne({ bytes: randomBytes(MB) });
  for await (const _ of filler.find({}, { batchSize: 4 }));
}
