import type { FastifyPluginAsync } from "fastify";
import { type Html, html } from "../lib/html.ts";
import { withoutSecrets } from "../model/source.ts";
import { readAlarms } from "../store/alarms.ts";
import { readCorrections } from "../store/corrections.ts";
import { articlesByHour } from "../store/hours.ts";
import { readOverview } from "../store/overview.ts";
import { readParts } from "../store/parts.ts";
import { readUnlisted } from "../store/unlisted.ts";
import { correctionsTable } from "./corrections.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { partsTable } from "./parts.ts";
import { bars } from "./plot.ts";
import { sourcesTable, worstFirst } from "./sources-table.ts";
import { deadTable, hostsTable, runsTable, section } from "./tables.ts";
import { unlistedTable } from "./unlisted.ts";
import { at } from "./words.ts";

/** Corrections, sources and hours on the page. */
const CORRECTIONS = 20;
const SOURCES = 100;
const HOURS = 24;

/** `/admin`: what isn't well first, then what comes and what is at work. */
export function overviewPage({
  store,
  timezone,
  now,
  alarms,
  queues,
}: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin", { schema: { hide: true } }, async (request, reply) => {
      const [overview, parts, unlisted, corrections, urgent, hours, jobs, known] =
        await Promise.all([
          readOverview(store, now()),
          readParts(store, now()),
          readUnlisted(store, now()),
          readCorrections(store, now(), CORRECTIONS),
          alarms(),
          articlesByHour(store, now(), { hours: HOURS }),
          queues ? queues().catch(() => null) : null,
          readAlarms(store, now()),
        ]);
      const open = known.filter(({ closedAt }) => !closedAt);
      const sources = worstFirst(overview.sources, now());
      const twin = {
        urgent,
        alarms: open,
        articlesByHour: hours,
        queues: jobs,
        parts,
        sources: sources.map(({ source, health }) => ({ ...withoutSecrets(source), health })),
        runs: overview.runs,
        openHosts: overview.openHosts,
        deadLinks: overview.deadLinks,
      };
      return sendEither(request, reply, twin, () => {
        const title = `Sources (${sources.length})`;
        const shown = { title, fill: overview.fill, zone: timezone, now: now() };
        const body = html`<div class="heading"><h1>Operations</h1><p>As of ${at(timezone, now())} in ${timezone}. Reload for newer numbers.</p></div>
${urgent.map((words) => html`<p class="alarm" role="alert">${words}</p>`)}
${open.length > 0 && html`<p class="alarm"><a href="/admin/alarms">${open.length} ${open.length === 1 ? "alarm is" : "alarms are"} open</a></p>`}
${plotOf(hours)}
${sourcesTable(sources.slice(0, SOURCES), shown)}
${sources.length > SOURCES && html`<p><a href="/admin/sources?page=2">The others</a></p>`}
${hostsTable(overview, timezone)}
${queuesTable(jobs)}
${partsTable(parts, timezone)}
${runsTable(overview, timezone)}
${deadTable(overview, timezone)}
${unlistedTable(unlisted, overview.sources, timezone)}
${correctionsTable(corrections, timezone)}`;
        return frame("Operations", body, request);
      });
    });
  };
}

function plotOf(hours: number[]): Html {
  if (hours.length === 0)
    return html`<section><h2>Articles an hour</h2><p>More in the last hour than are read here: <a href="/metrics">the metrics</a> count them.</p></section>`;
  const sum = hours.reduce((all, count) => all + count, 0);
  const label = `Articles an hour, the newest last: ${hours.join(", ")}`;
  return html`<section><h2>Articles an hour</h2><p>${sum} in the last ${hours.length} hours, by when they were published.</p>
${bars(hours, { label, width: 480, height: 64 })}</section>`;
}

function queuesTable(jobs: Record<string, Record<string, number>> | null): Html {
  const states = ["waiting", "active", "delayed", "failed"];
  return section(
    "Queues",
    ["Queue", "Waiting", "At work", "Later", "Failed"],
    Object.entries(jobs ?? {}).map(
      ([name, counts]) =>
        html`<tr><td>${name}</td>${states.map((state) => html`<td class="n">${counts[state] ?? 0}</td>`)}</tr>\n`,
    ),
    html`Nobody tells here: <code>newsgather status</code> does.`,
  );
}
