import type { Fingerprint } from "../../model/articles/fingerprint.ts";

/** Returns a fingerprint that resembles no other. Tests override the fields that they are about. */
export function makePrint(id: string, overrides: Partial<Fingerprint> = {}): Fingerprint {
  return {
    _id: id,
    version: 1,
    sourceId: "cities",
    rules: "test",
    trust: 0.5,
    textHash: `hash of ${id}`,
    signature: new Uint16Array(),
    shingles: 0,
    terms: [],
    keys: [],
    at: new Date("2026-11-25T08:00:00Z"),
    words: 90,
    title: `title of ${id}`,
    guid: null,
    isAnnounced: false,
    numbers: { title: [], text: [], form: id, textForm: id },
    ...overrides,
  };
}
