import type { Command } from "@commander-js/extra-typings";
import { percent } from "../../../lib/text.ts";
import { isSubscribed, type Subscription } from "../../../model/crawl/subscription.ts";
import { listSubscriptions } from "../../../store/crawl/subscriptions.ts";
import { plainTable, utc } from "../../output.ts";
import { printStored } from "../../stored-list.ts";

export function register(program: Command): void {
  const websub = program
    .command("websub")
    .description(
      "show the hubs that push news, with the end of each subscription and the numbers of pushed and missed articles",
    );
  printStored(websub, async (store) => (await listSubscriptions(store)).map(withoutSecrets), table);
}

function withoutSecrets({ _id, secret: _secret, ...shown }: Subscription) {
  // The id is secret, too, because it is part of the callback's URL.
  return shown;
}

function table(all: ReturnType<typeof withoutSecrets>[]): string {
  const now = new Date();
  const rows = all.map((subscription) => {
    const { sourceId, hub, leaseUntil, pushes, refused, found, missed, problem } = subscription;
    const state = isSubscribed(subscription, now) ? "on" : "off";
    const until = leaseUntil ? utc(leaseUntil) : "";
    const share = found + missed > 0 ? percent(missed / (found + missed)) : "";
    return [sourceId, hub, state, until, pushes, refused, found, missed, share, problem ?? ""];
  });
  const head = [
    "source",
    "hub",
    "pushes?",
    "until (UTC)",
    "pushes",
    "refused",
    "found",
    "missed",
    "share missed",
    "problem",
  ];
  return plainTable(head, rows, { right: [4, 5, 6, 7, 8], none: "no feed has named a hub" });
}
