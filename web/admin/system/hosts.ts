import { z } from "zod";
import { type Html, html, type Part } from "../../../lib/text.ts";
import {
  type BreakerState,
  breakerOf,
  findUnreliable,
  type Host,
  type RobotsCopy,
  UNRELIABLE_KINDS,
} from "../../../model/crawl/host.ts";
import { ProblemError } from "../../../model/problem.ts";
import { failingHosts, getHost, mistrustedHosts } from "../../../store/crawl/hosts.ts";
import { type AdminPage, type PageContent, type PageDeps, readQuery } from "../page.ts";
import { badge } from "../states.ts";
import { at, factsList, section } from "../tables.ts";

const MAX_HOSTS = 500;
const Query = z.object({ host: z.string().trim().max(260).default("") });

export const hostsPage: AdminPage = {
  path: "/admin/hosts",
  title: "Hosts",
  section: "System",
  commands: ["newsgather hosts", "newsgather hosts show HOST"],
  show(request, deps) {
    const { host } = readQuery(Query, request);
    return host === "" ? showTroubled(deps) : showOne(host, deps);
  },
};

const BREAKER_LEGEND = html`<p>Closed: Newsgather fetches from the host. Open: nothing is fetched until the next try.
Half-open: the next request decides between open and closed.</p>`;

async function showTroubled({ store, timezone, now }: PageDeps): Promise<PageContent> {
  const [failing, mistrusted] = await Promise.all([
    failingHosts(store, MAX_HOSTS),
    mistrustedHosts(store, now(), MAX_HOSTS),
  ]);
  const table = section(
    "Hosts that failed since they last answered",
    ["Host", "Breaker", "Failures in a row", "Next try", "Cause", "robots.txt"],
    failing.map((host) => {
      const { state, failures, nextTry, cause } = breakerOf(host, now());
      const { _id, robots } = host;
      return html`<tr><td class="url">${_id}</td><td>${badge(state)}</td>
<td class="n">${failures}</td><td>${nextTry ? at(timezone, nextTry) : "now"}</td><td class="why">${cause}</td>
<td class="why">${robots?.state === "unreachable" && robotsText(robots)}</td></tr>\n`;
    }),
    html`None: every host answers.`,
  );
  const unreliable = unreliableSection(mistrusted, now(), timezone);
  return { json: { failing, mistrusted }, html: html`${BREAKER_LEGEND}${table}${unreliable}` };
}

async function showOne(id: string, { store, timezone, now }: PageDeps): Promise<PageContent> {
  const host = await getHost(store, id);
  if (!host) throw new ProblemError(404, "not-found", `There is no host ${id}.`);
  const breaker = breakerOf(host, now());
  const isUnreliable = findUnreliable(host, now()).length > 0;
  return {
    json: { host: { ...host, breaker } },
    title: id,
    html: html`${BREAKER_LEGEND}${factsOf(host, breaker, timezone)}${isUnreliable && unreliableSection([host], now(), timezone)}
<p><a href="/admin/hosts">All hosts that fail or are unreliable</a></p>`,
  };
}

function factsOf(
  { nextTurnAt, delay, concurrency, robots }: Host,
  { state, failures, nextTry, cause }: BreakerState,
  zone: string,
): Html {
  const requests = Object.entries(nextTurnAt).map(([lane, due]) => html`${lane} ${at(zone, due)} `);
  const facts: [string, Part][] = [
    ["Breaker", badge(state)],
    ["Failures in a row", failures],
    ["Next try", nextTry && at(zone, nextTry)],
    ["Cause", cause],
    ["Pace", `${delay / 1000} s between requests, at most ${concurrency} at once`],
    ["Next request", requests.length > 0 ? requests : "nothing is due"],
    ["robots.txt", robots ? robotsText(robots) : "not read yet"],
    ["robots.txt until", robots && at(zone, robots.expiresAt)],
  ];
  return html`<section class="card card-body">${factsList(facts)}</section>`;
}

function robotsText({ state, detail }: RobotsCopy): string {
  return detail ? `${state}: ${detail}` : state;
}

function unreliableSection(hosts: readonly Host[], now: Date, zone: string): Html {
  return section(
    "Unreliable hosts",
    ["Host", "Because it", "Times", "Last seen", "Trusted again", "Evidence"],
    hosts.flatMap((host) =>
      findUnreliable(host, now).map(
        ({ kind, count, lastAt, until, evidence }) =>
          html`<tr><td class="url">${host._id}</td><td>${UNRELIABLE_KINDS[kind]}</td><td class="n">${count}</td>
<td>${at(zone, lastAt)}</td><td>${at(zone, until)}</td><td class="why">${evidence}</td></tr>\n`,
      ),
    ),
    html`None: no host was found to be unreliable.`,
  );
}
