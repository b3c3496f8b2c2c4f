import { changesCursor } from "../../articles/stream/cursor.ts";
import type { tell } from "../../articles/stream/item.ts";
import type { Message } from "../../crawler/http/signed-headers.ts";
import { epochAfter, epochOf, type Restore } from "../../model/publish/change.ts";

type Told = ReturnType<typeof tell>[number];

/**
 * The message of a change; `data` is the change as `/v1/changes` gives it, with its cursor. Its id names the
 * epoch that the change is of: after a restore another change has the same number.
 */
export function messageOf(
  subscriberId: string,
  change: Told,
  restores: readonly Restore[],
): Message {
  const { seq } = change;
  const data = { ...change, cursor: changesCursor({ seq, epoch: epochAfter(restores) }) };
  const body = { type: `article.${change.kind}`, timestamp: change.at, data };
  return { id: `msg_${subscriberId}_${epochOf(seq, restores)}_${seq}`, body: JSON.stringify(body) };
}

/** A message that only asks whether somebody is there. */
export function testMessage(subscriberId: string, now: Date): Message {
  const body = { type: "webhook.test", timestamp: now, data: { subscriberId } };
  return { id: `msg_${subscriberId}_test_${now.getTime()}`, body: JSON.stringify(body) };
}
