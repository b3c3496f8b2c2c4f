import { tell } from "../../articles/stream/item.ts";
import { digest } from "../../lib/hash.ts";
import type { Delivery, Subscriber } from "../../model/publish/subscriber.ts";
import { readChanges, readRestores } from "../../store/publish/changes.ts";
import { addDelivery } from "../../store/publish/subscribers.ts";
import { sourcesById } from "../../store/sources/directory.ts";
import { attempt } from "./attempt.ts";
import type { DeliverDeps } from "./deliver.ts";
import { messageOf, testMessage } from "./message.ts";

/** Sends a message that only asks whether somebody is there; it is logged and changes nothing else. */
export async function sendTest(
  { store, post, now }: Pick<DeliverDeps, "store" | "post" | "now">,
  subscriber: Subscriber,
): Promise<Delivery> {
  const message = testMessage(subscriber._id, now());
  const delivery = await attempt(post, subscriber, message, { seq: null, now });
  await addDelivery(store, delivery);
  return delivery;
}

/** What was sent, made of the change again; `same` is false where it has changed since (erased, rights). */
export async function sentBody(
  store: DeliverDeps["store"],
  { subscriberId, seq, request }: Delivery,
): Promise<{ body: string; same: boolean } | null> {
  if (seq === null) return null;
  const changes = await readChanges(store, seq - 1, 1);
  const sources = await sourcesById(store);
  const restores = await readRestores(store);
  const [told] = tell(changes, {}, sources);
  if (!told) return null;
  const { body } = messageOf(subscriberId, told, restores);
  return { body, same: digest(Buffer.from(body)) === request.digest };
}
