import type { Receipt } from "../../model/operations/idempotency.ts";
import type { Store } from "../store.ts";
import { ignoreDuplicates } from "../writes.ts";

/** Takes a key for a request; answers the receipt of the one that had it before, null where there was none. */
export async function takeKey(
  { collections: { receipts } }: Store,
  receipt: Omit<Receipt, "answer">,
): Promise<Receipt | null> {
  const isNew = await ignoreDuplicates(receipts.insertOne({ ...receipt, answer: null }));
  return isNew ? null : receipts.findOne({ _id: receipt._id });
}

/** Takes over a key whose request was never answered; false when another was faster. */
export async function takeOver(
  { collections }: Store,
  { _id, at }: Pick<Receipt, "_id" | "at">,
  now: Date,
): Promise<boolean> {
  const { modifiedCount } = await collections.receipts.updateOne(
    { _id, at },
    { $set: { at: now } },
  );
  return modifiedCount === 1;
}

/** Keeps what a request was answered. */
export async function keepAnswer(
  { collections }: Store,
  _id: string,
  answer: NonNullable<Receipt["answer"]>,
): Promise<void> {
  await collections.receipts.updateOne({ _id }, { $set: { answer } });
}

/** Gives a key back: its request came to nothing, and may be tried again. */
export async function giveKeyBack({ collections }: Store, _id: string): Promise<void> {
  await collections.receipts.deleteOne({ _id });
}
