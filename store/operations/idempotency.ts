import type { IdempotencyRecord } from "../../model/operations/idempotency.ts";
import { changeOne, ignoreDuplicates } from "../queries.ts";
import type { Store } from "../store.ts";

/** Claims a key. Returns null if it was free, otherwise the record of the earlier request. */
export async function claimIdempotencyKey(
  { collections: { idempotencyRecords } }: Store,
  idempotencyRecord: Omit<IdempotencyRecord, "answer">,
): Promise<IdempotencyRecord | null> {
  const isNew = await ignoreDuplicates(
    idempotencyRecords.insertOne({ ...idempotencyRecord, answer: null }),
  );
  return isNew ? null : idempotencyRecords.findOne({ _id: idempotencyRecord._id });
}

/** Takes over the key of an unanswered request; returns false if the record has changed. */
export function takeOverIdempotencyKey(
  { collections }: Store,
  { _id, at }: Pick<IdempotencyRecord, "_id" | "at">,
  now: Date,
): Promise<boolean> {
  const filter = { _id, at, answer: null };
  return changeOne(collections.idempotencyRecords, filter, { $set: { at: now } });
}

export async function saveIdempotentResponse(
  { collections }: Store,
  _id: string,
  answer: NonNullable<IdempotencyRecord["answer"]>,
): Promise<void> {
  await collections.idempotencyRecords.updateOne({ _id }, { $set: { answer } });
}

/** Releases a key whose request failed, so that the request can be repeated. */
export async function releaseIdempotencyKey({ collections }: Store, _id: string): Promise<void> {
  await collections.idempotencyRecords.deleteOne({ _id });
}
