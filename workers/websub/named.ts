import { randomBytes } from "node:crypto";
import type { Discovery, Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { dropSubscription, wantSubscription } from "../../store/crawl/subscriptions.ts";
import { saveHub } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";

/** Notes which hub a feed names, if that is news: its pushes are wanted, or no longer. */
export async function noteHub(
  { store, now }: Pick<Deps, "store" | "now">,
  source: SourceRecord,
  link: Pick<Link, "_id">,
  hub: Discovery["hub"],
): Promise<void> {
  const known = source.hubs?.[link._id];
  if (known?.url === hub?.url && known?.self === hub?.self) return;
  const linkId = link._id;
  if (hub) {
    const names = { sourceId: source._id, linkId, hub: hub.url, topic: hub.self };
    const secrets = {
      _id: randomBytes(24).toString("hex"),
      secret: randomBytes(32).toString("hex"),
    };
    await wantSubscription(store, { ...secrets, ...names }, now());
  } else await dropSubscription(store, linkId);
  await saveHub(store, source._id, linkId, hub);
}
