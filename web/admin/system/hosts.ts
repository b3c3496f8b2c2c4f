import { type Html, html } from "../../../lib/text.ts";
import {
  type BreakerState,
  breakerOf,
  findUnreliable,
  type Host,
  UNRELIABLE_KINDS,
} from "../../../model/crawl/host.ts";
import { failingHosts, mistrustedHosts } from "../../../store/crawl/hosts.ts";
import type { AdminPage } from "../page.ts";
import { BREAKER_CSS_CLASSES } from "../states.ts";
import { at, section } from "../tables.ts";

const MAX_HOSTS = 500;

export const hostsPage: AdminPage = {
  path: "/admin/hosts",
  title: "Hosts",
  section: "System",
  commands: ["newsgather hosts"],
  async show(_, { store, timezone, now }) {
    const [failing, mistrusted] = await Promise.all([
      failingHosts(store, MAX_HOSTS),
      mistrustedHosts(store, now(), MAX_HOSTS),
    ]);
    const words = html`<p>Closed: Newsgather fetches from the host. Open: nothing is fetched until the next try.
Half-open: the next request decides between open and closed.</p>`;
    const table = section(
      "Hosts that failed since they last answered",
      ["Host", "Breaker", "Failures in a row", "Next try", "Cause", "robots.txt"],
      failing.map((host) => row(host, breakerOf(host, now()), timezone)),
      html`None: every host answers.`,
    );
    const unreliable = section(
      "Unreliable hosts",
      ["Host", "Because it", "Times", "Last seen", "Trusted again", "Evidence"],
      mistrusted.flatMap((host) => unreliableRows(host, now(), timezone)),
      html`None: no host was found to be unreliable.`,
    );
    return { json: { failing, mistrusted }, html: html`${words}${table}${unreliable}` };
  },
};

function row(
  { _id, robots }: Host,
  { state, failures, nextTry, cause }: BreakerState,
  zone: string,
): Html {
  return html`<tr><td class="url">${_id}</td><td><span class="status ${BREAKER_CSS_CLASSES[state]}">${state}</span></td>
<td class="n">${failures}</td><td>${nextTry ? at(zone, nextTry) : "now"}</td><td class="why">${cause}</td>
<td class="why">${robots?.state === "unreachable" && `unreachable: ${robots.detail}`}</td></tr>\n`;
}

function unreliableRows(host: Host, now: Date, zone: string): Html[] {
  return findUnreliable(host, now).map(
    ({ kind, count, lastAt, until, evidence }) =>
      html`<tr><td class="url">${host._id}</td><td>${UNRELIABLE_KINDS[kind]}</td><td class="n">${count}</td>
<td>${at(zone, lastAt)}</td><td>${at(zone, until)}</td><td class="why">${evidence}</td></tr>\n`,
  );
}
