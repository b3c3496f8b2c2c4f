import type { Declared } from "../../model/version.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { applySources, noteApplied } from "./apply.ts";
import { placeFile } from "./file.ts";
import type { Outcome } from "./rollback.ts";

/** Writes the file of a source that there isn't yet, and watches it; the others stay as they are. */
export async function addSource(
  { store, file, now }: { store: Store; file: string; now: Date },
  declaration: Declared,
  { by, reason }: { by: string; reason: string },
): Promise<Outcome> {
  const refused = await placeFile(file, declaration.yaml);
  if (refused) return { problem: refused };
  const keep = new Set((await listSources(store)).map(({ _id }) => _id));
  const making = { at: now, by, reason };
  const done = await applySources(store, [declaration], { ...making, keep });
  await noteApplied(store, done, making);
  return { done: `${declaration.source.id} is watched; its file is ${file}` };
}
