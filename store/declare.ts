import { Source, type SourceRecord } from "../model/source.ts";
import type { Declared, Version } from "../model/version.ts";
import { ignoreDuplicates } from "./errors.ts";
import { BLANK, nextFor } from "./sources.ts";
import type { Store } from "./store.ts";
import { keepVersion } from "./versions.ts";

/** Who makes a version of a source, when and why. */
export type Making = Pick<Version, "at" | "by" | "reason">;

const FIELDS = Object.keys(Source.shape);

/**
 * Makes a source what its file says, as its next version, due at once unless it is held or paused;
 * `record` is the source as it was read. False when it was changed since.
 */
export async function declareSource(
  store: Store,
  record: SourceRecord | undefined,
  { source, checksum, yaml }: Declared,
  making: Making,
): Promise<boolean> {
  const { sources } = store.collections;
  const { id: _id } = source;
  const version = (record?.version ?? 0) + 1;
  const nextDueAt = nextFor({ ...source, held: record?.held ?? null }, making.at);
  const set = { ...source, version, checksum, active: true, nextDueAt };
  // A field that the file no longer has is no longer there.
  const unset = FIELDS.filter((field) => !(field in source)).map((field) => [field, ""] as const);
  const done = record
    ? await isMatched(
        sources.updateOne(
          { _id, version: record.version },
          { $set: set, ...(unset.length > 0 && { $unset: Object.fromEntries(unset) }) },
        ),
      )
    : await ignoreDuplicates(sources.insertOne({ _id, ...BLANK, ...set }));
  if (done) await keepVersion(store, { sourceId: _id, version, ...making, source, yaml });
  return done;
}

/** Retires a source: it is looked at no more, and its archive stays. False when it was changed since it was read. */
export async function retireSource(
  store: Store,
  { _id, version: last }: Pick<SourceRecord, "_id" | "version">,
  making: Making,
): Promise<boolean> {
  const version = last + 1;
  const done = await isMatched(
    store.collections.sources.updateOne(
      { _id, version: last },
      { $set: { active: false, nextDueAt: null, version } },
    ),
  );
  const nothing = { source: null, yaml: null };
  if (done) await keepVersion(store, { sourceId: _id, version, ...making, ...nothing });
  return done;
}

async function isMatched(update: Promise<{ matchedCount: number }>): Promise<boolean> {
  return (await update).matchedCount > 0;
}
