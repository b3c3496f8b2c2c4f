import { type Html, html } from "../../lib/html.ts";
import { isSubscribed, type Subscription } from "../../model/subscription.ts";
import { section } from "./tables.ts";
import { at, percent } from "./words.ts";

/** Feeds whose hub tells us of news, and what its pushes missed; nothing where there is none. */
export function pushes(subscriptions: readonly Subscription[], zone: string, now: Date): Html {
  if (subscriptions.length === 0) return html``;
  const rows = subscriptions.map((subscription) => {
    const { sourceId, hub, leaseUntil, pushes: count, found, missed, problem } = subscription;
    const on = isSubscribed(subscription, now);
    const share = found + missed > 0 && percent(missed / (found + missed));
    return html`<tr><td>${sourceId}</td><td class="url">${hub}</td><td><span class="state ${on ? "fine" : "idle"}">${on ? "on" : "off"}</span></td>
<td>${at(zone, leaseUntil)}</td><td class="n">${count}</td><td class="n">${found}</td><td class="n">${missed}</td><td class="n">${share}</td><td class="why">${problem}</td></tr>\n`;
  });
  const heads = [
    "Source",
    "Hub",
    "Pushes",
    "Until",
    "Pushes so far",
    "New articles by them",
    "Missed",
    "Share missed",
    "Problem",
  ];
  return section("Pushes", heads, rows, html``);
}
