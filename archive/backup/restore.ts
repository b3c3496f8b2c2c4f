import { applyCorrections } from "../../articles/editorial/correct.ts";
import { retractAgain } from "../../articles/editorial/retract.ts";
import { runSteps } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import type { Progress } from "./dump.ts";
import { loadBackup, openRestored } from "./load.ts";

/** Restores a checked backup into a prepared store. An interrupted restore must begin again. */
export async function restoreBackup(
  store: Store,
  lines: AsyncIterable<string>,
  { progress, now }: { progress: Progress; now: Date },
): Promise<void> {
  const takenBack = await loadBackup(store, lines, progress);
  await runSteps(store);
  await retractAgain(store, takenBack);
  await applyCorrections(store, now);
  await openRestored(store, now);
}
