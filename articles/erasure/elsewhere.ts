import type { Collection, Document } from "mongodb";
import { inPieces } from "../../store/erasure.ts";
import type { Collections, Store } from "../../store/store.ts";
import { type Finds, findsIn, redacted } from "./needles.ts";
import type { Progress } from "./subject.ts";

/** Collections that are looked after by key, or that hold no text of others. */
const APART: readonly (keyof Collections)[] = [
  "articles",
  "revisions",
  "texts",
  "changes",
  "aliases",
  "links",
  "captures",
  "bodies",
  "fingerprints",
  "corrections",
  "previews",
  "tombstones",
  "days",
  "figures",
  "sourceDays",
  "meta",
  "sessions",
  "keys",
  "users",
  "sources",
];

/** Replaces every string that holds what is erased, in every other collection; answers where. */
export async function redactElsewhere(
  store: Store,
  finds: Finds,
  { dryRun, progress }: { dryRun: boolean; progress: Progress },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, collection] of Object.entries(store.collections)) {
    if (APART.some((apart) => apart === name)) continue;
    const count = await redactIn(collection, finds, dryRun);
    if (count > 0) counts[name] = count;
    progress(name, count);
  }
  return counts;
}

async function redactIn(collection: Collection, finds: Finds, dryRun: boolean): Promise<number> {
  let count = 0;
  for await (const piece of inPieces(collection)) {
    for (const document of piece) {
      if (!findsIn(finds, document)) continue;
      count++;
      const { _id, ...rest } = document;
      if (!dryRun) await collection.replaceOne({ _id }, redacted(finds, rest) as Document);
    }
  }
  return count;
}

/** Sources whose file, or whose entry points, name it: configuration, which an operator has to change. */
export async function sourcesNaming(store: Store, finds: Finds): Promise<string[]> {
  const { sources, links } = store.collections;
  const found = new Set<string>();
  for await (const piece of inPieces(sources)) {
    for (const source of piece) if (findsIn(finds, source)) found.add(source._id);
  }
  for await (const piece of inPieces(links)) {
    for (const link of piece) {
      if (link.kind !== "article" && findsIn(finds, link)) found.add(link.sourceId);
    }
  }
  return [...found];
}
