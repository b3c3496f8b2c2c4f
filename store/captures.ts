import type { Body, Capture } from "../model/capture.ts";
import { ignoreDuplicates } from "./errors.ts";
import type { Store } from "./store.ts";

/** Stores captures and their bodies; a body that is there already is shared. */
export async function addCaptures(store: Store, captures: Capture[], bodies: Body[]) {
  const { captures: log, bodies: shelf } = store.collections;
  const different = [...new Map(bodies.map((body) => [body._id, body])).values()];
  // Bodies first: a capture never names a body that isn't there.
  if (different.length > 0) {
    await ignoreDuplicates(shelf.insertMany(different, { ordered: false }));
  }
  if (captures.length > 0) await ignoreDuplicates(log.insertMany(captures, { ordered: false }));
}

export function getCapture(store: Store, id: string): Promise<Capture | null> {
  return store.collections.captures.findOne({ _id: id });
}

export function getBody(store: Store, id: string): Promise<Body | null> {
  return store.collections.bodies.findOne({ _id: id }, { promoteBuffers: true });
}
