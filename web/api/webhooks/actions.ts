import type { Delivery } from "../../../model/delivery.ts";
import type { Subscriber } from "../../../model/subscriber.ts";

/** What webhooks need of the way out; made in `bin`. */
export interface WebhookActions {
  /** Why an address is refused, in words; null when it may be tried. */
  refusal(url: string): string | null;
  /** Sends a message that only asks whether somebody is there. */
  test(subscriber: Subscriber): Promise<Delivery>;
  /** What was sent, made again; null where its change is no longer kept. */
  body(delivery: Delivery): Promise<{ body: string; same: boolean } | null>;
}
