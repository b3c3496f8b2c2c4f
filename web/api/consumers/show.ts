import { z } from "zod";
import { changesCursor } from "../../../articles/stream/cursor.ts";
import { epochAfter } from "../../../model/publish/change.ts";
import { type Consumer, ConsumerName } from "../../../model/publish/consumer.ts";
import { Filter } from "../../../model/publish/filter.ts";
import { changedAt, tailSeq } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import type { Head } from "../../server/snapshot.ts";

const Time = z.iso.datetime();

/** A consumer as the API gives it. */
export const ApiConsumer = z.object({
  name: ConsumerName,
  filter: Filter,
  view: z.string().nullable().describe("The view whose query takes the filter's place"),
  state: z
    .enum(["idle", "leased", "expired"])
    .describe("expired: what it would read next is no longer kept, or not what it was; replay it"),
  seq: z.int().describe("Every change up to this one is dealt with"),
  cursor: z.string().describe("The same place, for `/v1/changes`"),
  lag: z.object({
    changes: z.int().describe("Changes of the stream behind its place, also those of no concern"),
    seconds: z.int().nullable().describe("Age of the first of them"),
  }),
  leasedUntil: Time.nullable(),
  ackedAt: Time.nullable(),
  createdAt: Time,
  createdBy: z.string(),
});

/** A consumer with how far it is behind. */
export async function showConsumer(
  store: Store,
  consumer: Consumer,
  { head, now }: { head: Pick<Head, "seq" | "restores">; now: Date },
): Promise<z.input<typeof ApiConsumer>> {
  const { _id, filter, view = null, seq, epoch, lease, ackedAt, createdAt, createdBy } = consumer;
  const changes = Math.max(0, head.seq - seq);
  const [at, tail] = await Promise.all([
    changes > 0 ? changedAt(store, seq + 1) : null,
    tailSeq(store),
  ]);
  const expired = seq < tail || epoch !== epochAfter(head.restores);
  const leasedUntil = lease && lease.until > now ? lease.until : null;
  return {
    name: _id,
    filter,
    view,
    state: expired ? "expired" : leasedUntil ? "leased" : "idle",
    seq,
    cursor: changesCursor({ seq, epoch }),
    lag: {
      changes,
      seconds: at && Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000)),
    },
    leasedUntil: leasedUntil?.toISOString() ?? null,
    ackedAt: ackedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    createdBy,
  };
}
