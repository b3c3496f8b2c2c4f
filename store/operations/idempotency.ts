import type { IdempotencyRecord } from "../../model/operations/idempotency.ts";
import type { Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/** Takes a key for a request; returns the idempotencyRecord of the one that had it before, null when there was none. */
export async function claimIdempotencyKey(
  { collections: { idempotencyRecords } }: Store,
  idempotencyRecord: Omit<IdempotencyRecord, "answer">,
): Promise<IdempotencyRecord | null> {
  const isNew = await ignoreDuplicates(
    idempotencyRecords.insertOne({ ...idempotencyRecord, answer: null }),
  );
  return isNew ? null : idempotencyRecords.findOne({ _id: idempotencyRecord._id });
}

/** Takes over a key whose request was never answered; false when another was faster. */
export async function takeOverIdempotencyKey(
  { collections }: Store,
  { _id, at }: Pick<IdempotencyRecord, "_id" | "at">,
  now: Date,
): Promise<boolean> {
  const { modifiedCount } = await collections.idempotencyRecords.updateOne(
    { _id, at },
    { $set: { at: now } },
  );
  return modifiedCount === 1;
}

/** Keeps what a request was answered. */
export async function saveIdempotentResponse(
  { collections }: Store,
  _id: string,
  answer: NonNullable<IdempotencyRecord["answer"]>,
): Promise<void> {
  await collections.idempotencyRecords.updateOne({ _id }, { $set: { answer } });
}

/** Releases a key: its request failed, and may be tried again. */
export async function releaseIdempotencyKey({ collections }: Store, _id: string): Promise<void> {
  await collections.idempotencyRecords.deleteOne({ _id });
}
