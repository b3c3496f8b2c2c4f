import type { Command } from "commander";
import { percent } from "../../../lib/text.ts";
import { isSubscribed, type Subscription } from "../../../model/crawl/subscription.ts";
import { listSubscriptions } from "../../../store/crawl/subscriptions.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("websub")
    .description(
      "show the hubs that push news, with the end of each subscription and the numbers of pushed and missed articles",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const all = await onStore(listSubscriptions);
      print(all.map(withoutSecret), json, () => table(all, new Date()));
    });
}

function withoutSecret(subscription: Subscription): object {
  // The id is secret, too, because it is part of the callback's URL.
  return { ...subscription, _id: undefined, secret: undefined };
}

function table(all: Subscription[], now: Date): string {
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
