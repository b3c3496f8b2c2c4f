import type { Alias } from "../../model/articles/article.ts";
import { findIn } from "../queries.ts";
import type { Store } from "../store.ts";
import { ignoreDuplicates, writeEach } from "../writes.ts";

export async function articlesOfKeys(store: Store, keys: string[]): Promise<Map<string, string>> {
  const found = await findIn(store.collections.aliases, "_id", keys, {
    projection: { articleId: 1 },
  });
  return new Map(found.map((alias) => [alias._id, alias.articleId]));
}

export async function ownersOfKeys(
  { collections }: Store,
  keys: string[],
): Promise<Map<string, Pick<Alias, "articleId" | "kind">>> {
  const projection = { articleId: 1, kind: 1 };
  const found = await findIn(collections.aliases, "_id", keys, { projection });
  return new Map(found.map(({ _id, articleId, kind }) => [_id, { articleId, kind }]));
}

/** Sets the kind, such as `amp`, of URLs whose kind is still `self`. */
export async function noteVersions(
  { collections }: Store,
  versions: readonly Pick<Alias, "_id" | "kind">[],
): Promise<void> {
  await writeEach(collections.aliases, versions, ({ _id, kind }) => ({
    updateOne: { filter: { _id, kind: "self" as const }, update: { $set: { kind } } },
  }));
}

/** Assigns URL keys to articles; taken keys stay as they are. Returns whether all were new. */
export async function claimAliases(store: Store, aliases: Alias[]): Promise<boolean> {
  const different = [...new Map(aliases.map((alias) => [alias._id, alias])).values()];
  if (different.length === 0) return true;
  return ignoreDuplicates(store.collections.aliases.insertMany(different, { ordered: false }));
}
