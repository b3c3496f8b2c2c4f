import { checkedReading, type Reading } from "../../../articles/stream/reading.ts";
import type { Asking } from "../../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../../model/problem.ts";
import type { Consumer } from "../../../model/publish/consumer.ts";
import { noted } from "../../../store/operations/audit.ts";
import {
  addConsumer,
  getConsumer,
  listConsumers,
  moveBookmark,
  removeConsumer,
} from "../../../store/publish/consumers.ts";
import type { Store } from "../../../store/store.ts";
import { bookmarkAt } from "../stream/from.ts";

/** The consumer of a name; throws a 404 problem. */
export async function consumerNamed(store: Store, name: string): Promise<Consumer> {
  const consumer = await getConsumer(store, name);
  if (consumer) return consumer;
  const known = (await listConsumers(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-consumer", unknownName("consumer", name, known));
}

/** Makes a consumer at a point of the stream; throws a 409 problem when its name is taken. */
export async function makeConsumer(
  store: Store,
  { name, from, filter, view }: Reading & { name: string },
  { by, now }: Asking,
): Promise<void> {
  const wanted = await checkedReading(store, { filter, view });
  const bookmark = { ...(await bookmarkAt(store, from, now)), turn: 0 };
  const made = { _id: name, ...wanted, createdAt: now, createdBy: by, ackedAt: null };
  const entry = { at: now, by, action: "consumer.add", subject: name, detail: from };
  if (!(await noted(store, entry, () => addConsumer(store, { ...made, ...bookmark })))) {
    throw new ProblemError(409, "name-taken", `There is a consumer "${name}" already.`);
  }
}

/** Sets a consumer to another point of the stream; a lease that is out is lost. */
export async function replayConsumer(
  store: Store,
  { name, from }: { name: string; from: string },
  { by, now }: Asking,
): Promise<void> {
  const consumer = await consumerNamed(store, name);
  const to = await bookmarkAt(store, from, now);
  const detail = `${from}: behind change ${to.seq}`;
  const entry = { at: now, by, action: "consumer.replay", subject: name, detail };
  const move = () => moveBookmark(store.collections.consumers, consumer, to);
  if (!(await noted(store, entry, move))) {
    throw new ProblemError(409, "leased", "It got on at this moment: ask again.");
  }
}

/** Removes a consumer; throws a 404 problem when there is none. */
export async function dropConsumer(store: Store, name: string, { by, now }: Asking): Promise<void> {
  await consumerNamed(store, name);
  const entry = { at: now, by, action: "consumer.remove", subject: name };
  await noted(store, entry, () => removeConsumer(store, name));
}
