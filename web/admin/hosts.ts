import type { FastifyPluginAsync } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { type BreakerState, breakerOf, type Host, LIES, liesOf } from "../../model/crawl/host.ts";
import { failingHosts, mistrustedHosts } from "../../store/crawl/hosts.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";
import { at, BREAKER_LOOKS } from "./words.ts";

/** Hosts on the page. */
const MOST = 500;

/** `/admin/hosts`: every host that failed since it last answered, how its breaker stands and why; and those that aren't believed. */
export function hostsPage({ store, timezone, now }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/hosts", { schema: { hide: true } }, async (request, reply) => {
      const [hosts, mistrusted] = await Promise.all([
        failingHosts(store, MOST),
        mistrustedHosts(store, now(), MOST),
      ]);
      const words = html`<p>Closed: it is visited. Open: it is left alone until the next try.
Half-open: that time is over, and the answer to one request decides.</p>`;
      const table = section(
        "Hosts that failed since they last answered",
        ["Host", "Breaker", "Failures in a row", "Next try", "Cause", "robots.txt"],
        hosts.map((host) => row(host, breakerOf(host, now()), timezone)),
        html`None: every host answers.`,
      );
      const lies = section(
        "Hosts that aren't believed in everything",
        ["Host", "Since it", "Times", "Last seen", "Believed again", "Evidence"],
        mistrusted.flatMap((host) => lieRows(host, now(), timezone)),
        html`None: no host was found to say what isn't so.`,
      );
      return sendEither(request, reply, { failing: hosts, mistrusted }, () =>
        frame("Hosts", html`${words}${table}${lies}`, request),
      );
    });
  };
}

function row(
  { _id, robots }: Host,
  { state, failures, nextTry, cause }: BreakerState,
  zone: string,
): Html {
  return html`<tr><td class="url">${_id}</td><td><span class="state ${BREAKER_LOOKS[state]}">${state}</span></td>
<td class="n">${failures}</td><td>${nextTry ? at(zone, nextTry) : "now"}</td><td class="why">${cause}</td>
<td class="why">${robots?.state === "unreachable" && `unreachable: ${robots.detail}`}</td></tr>\n`;
}

function lieRows(host: Host, now: Date, zone: string): Html[] {
  return liesOf(host, now).map(
    ({ kind, count, lastAt, until, evidence }) =>
      html`<tr><td class="url">${host._id}</td><td>${LIES[kind]}</td><td class="n">${count}</td>
<td>${at(zone, lastAt)}</td><td>${at(zone, until)}</td><td class="why">${evidence}</td></tr>\n`,
  );
}
