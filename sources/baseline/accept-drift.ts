import { driftWords } from "../../model/health.ts";
import { noted } from "../../store/audit.ts";
import { readHabits, saveHabits } from "../../store/habits.ts";
import { clearDrift, getSource } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { acceptDrift } from "../health/drift.ts";

/** Takes how a source is read now for what is usual from now on; false when nothing drifted. */
export async function accept(
  store: Store,
  id: string,
  asked: { by: string; reason: string },
  now: Date,
): Promise<boolean> {
  const source = await getSource(store, id);
  if (!source?.drift?.length) return false;
  const detail = source.drift.map(driftWords).join("; ");
  await noted(
    store,
    { at: now, action: "source.accept", subject: id, detail, ...asked },
    async () => {
      const habits = await readHabits(store, id);
      await saveHabits(store, { _id: id }, acceptDrift(habits));
      await clearDrift(store, id);
    },
  );
  return true;
}
