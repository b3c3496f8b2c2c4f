import { note } from "../../store/audit.ts";
import { declareSource, type Making } from "../../store/declare.ts";
import { getSource } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import type { Edited } from "./edit-sources.ts";
import { placeFile } from "./file.ts";

/** Writes the files of edited sources and declares them so; answers why some were not, in words. */
export async function applyEdits(
  store: Store,
  edited: readonly Edited[],
  { at, by, reason }: Making,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { id, file, before, after } of edited) {
    const refused = await placeFile(file, after.yaml, before);
    if (refused) {
      problems.push(refused);
      continue;
    }
    const record = await getSource(store, id);
    if (!(await declareSource(store, record ?? undefined, after, { at, by, reason }))) {
      problems.push(`${id} was changed at the same moment: newsgather sources plan shows it`);
    }
    await note(store, { at, by, action: "source.change", subject: id, reason });
  }
  return problems;
}
