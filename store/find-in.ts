import type { Collection, Document, Filter, WithId } from "mongodb";
import pLimit from "p-limit";
import { piecesOf } from "../lib/pieces.ts";
import { type FindAllOptions, findAll } from "./find-all.ts";

/** Values in one query: the embedded database's `$in` costs what it is given times what it finds. */
const CHUNK = 50;
/** Chunks asked for at once: a sitemap may name 50,000 links, and others have questions too. */
const AT_ONCE = 8;

/** Documents whose `field` has one of the values, asked for in chunks; each document once. */
export async function findIn<Doc extends Document>(
  collection: Collection<Doc>,
  field: string,
  values: readonly string[],
  options: FindAllOptions = {},
): Promise<WithId<Doc>[]> {
  // By an order that it is given the embedded database needn't find out the one that MongoDB would answer in.
  const asked = field === "_id" ? { sort: { _id: 1 } as const, ...options } : options;
  const ask = (chunk: readonly string[]) => {
    return findAll(collection, { [field]: { $in: chunk } } as Filter<Doc>, asked);
  };
  if (values.length === 0) return [];
  if (values.length <= CHUNK) return ask(values);
  const found = await pLimit(AT_ONCE).map(piecesOf(values, CHUNK), ask);
  return [...new Map(found.flat().map((document) => [String(document._id), document])).values()];
}
