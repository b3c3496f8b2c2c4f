import { isPaused } from "../model/source.ts";
import { noted } from "../store/audit.ts";
import { askForRun, getSource, holdSource, resumeSource } from "../store/sources.ts";
import type { Store } from "../store/store.ts";
import { runIdOf } from "./schedule/run-id.ts";

/** Who asks, and why. */
interface Asked {
  by: string;
  reason: string;
}

/** Keeps a source from being looked at, from its next run on and until a time if one is given; false when there is none. */
export async function hold(
  store: Store,
  id: string,
  { until, ...asked }: Asked & { until?: Date | undefined },
  now: Date,
): Promise<boolean> {
  if (!(await getSource(store, id))) return false;
  const detail = until ? `until ${until.toISOString()}` : null;
  const entry = { at: now, action: "source.hold", subject: id, ...asked, detail };
  const set = { ...asked, at: now, ...(until && { until }) };
  return noted(store, entry, () => holdSource(store, id, set));
}

/** Lets a held source go on; false when it isn't held. */
export async function resume(store: Store, id: string, asked: Asked, now: Date): Promise<boolean> {
  if (!(await getSource(store, id))?.held) return false;
  const entry = { at: now, action: "source.resume", subject: id, ...asked };
  return noted(store, entry, () => resumeSource(store, id, now));
}

/** Has a source looked at now, whatever its schedule says; answers the id of the run, or why there is none. */
export async function runNow(
  store: Store,
  id: string,
  { by, reason }: Asked,
  now: Date,
): Promise<{ runId: string } | { problem: string }> {
  const source = await getSource(store, id);
  if (!source?.active) return { problem: `there is no active source ${id}` };
  if (isPaused(source, now)) return { problem: `${id} is paused: let it go on first` };
  if (source.openRunId) return { runId: source.openRunId };
  if (source.asked) return { runId: runIdOf(source) ?? id };
  const entry = { at: now, by, action: "source.run", subject: id, reason };
  if (!(await noted(store, entry, () => askForRun(store, source, { by, at: now }))))
    return runNow(store, id, { by, reason }, now);
  return { runId: runIdOf({ _id: id, nextDueAt: now }) ?? id };
}
