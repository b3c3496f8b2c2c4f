import { note } from "../store/audit.ts";
import { holdSource, resumeSource } from "../store/sources.ts";
import type { Store } from "../store/store.ts";

/** Who asks, and why. */
interface Asked {
  by: string;
  reason: string;
}

/** Keeps a source from being looked at, from its next run on; false when there is none. */
export async function hold(store: Store, id: string, asked: Asked, now: Date): Promise<boolean> {
  const done = await holdSource(store, id, { ...asked, at: now });
  if (done) await note(store, { at: now, action: "source.hold", subject: id, ...asked });
  return done;
}

/** Lets a held source go on; false when it isn't held. */
export async function resume(store: Store, id: string, asked: Asked, now: Date): Promise<boolean> {
  const done = await resumeSource(store, id, now);
  if (done) await note(store, { at: now, action: "source.resume", subject: id, ...asked });
  return done;
}
