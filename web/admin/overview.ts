import type { FastifyPluginAsync } from "fastify";
import { cached } from "../../lib/cache.ts";
import { type Html, html } from "../../lib/html.ts";
import type { ProcessRecord } from "../../model/operations/process.ts";
import { withoutSecrets } from "../../model/sources/source.ts";
import { articlesByHour, readUnlisted } from "../../store/articles/articles.ts";
import { readCorrections } from "../../store/articles/corrections.ts";
import { openAlarms } from "../../store/operations/alarms.ts";
import { readOverview } from "../../store/operations/overview.ts";
import { readProcesses } from "../../store/operations/processes.ts";
import { activeSources, readStandings } from "../../store/sources/directory.ts";
import { correctionsTable } from "./corrections.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { PAGE } from "./pages.ts";
import { bars } from "./plot.ts";
import { readRecords, sourcesTable, worstFirst } from "./sources-table.ts";
import { deadTable, hostsTable, runsTable, section } from "./tables.ts";
import { unlistedTable } from "./unlisted.ts";
import { at } from "./words.ts";

/** Corrections and hours on the page. */
const CORRECTIONS = 20;
const HOURS = 24;
/** For how long the articles an hour aren't counted again, ms: every article of a day is read for them. */
const COUNTED = 60_000;

/** `/admin`: what isn't well first, then what comes and what is at work. */
export function overviewPage({
  store,
  timezone,
  now,
  alarms,
  queues,
}: AdminDeps): FastifyPluginAsync {
  const byHour = cached(() => articlesByHour(store, now(), { hours: HOURS }), {
    ttl: COUNTED,
    size: 1,
  });
  return async (app) => {
    app.get("/admin", { schema: { hide: true } }, async (request, reply) => {
      const [overview, standings, parts, unlisted, corrections, urgent, hours, jobs, open] =
        await Promise.all([
          readOverview(store, now()),
          readStandings(store),
          readProcesses(store, now()),
          readUnlisted(store, now()),
          readCorrections(store, now(), CORRECTIONS),
          alarms(),
          byHour.get("all"),
          queues ? queues().catch(() => null) : null,
          openAlarms(store),
        ]);
      const twin = async () => ({
        urgent,
        alarms: open,
        articlesByHour: hours,
        queues: jobs,
        parts,
        sources: worstFirst(await activeSources(store), now()).map(({ source, health }) => ({
          ...withoutSecrets(source),
          health,
        })),
        runs: overview.runs,
        openHosts: overview.openHosts,
        deadLinks: overview.deadLinks,
      });
      return sendEither(request, reply, twin, async () => {
        const told = worstFirst(standings, now()).slice(0, PAGE);
        const title = `Sources (${standings.length})`;
        const { sources, fill } = await readRecords(store, told);
        const shown = { title, fill, zone: timezone, now: now() };
        const names = new Map(standings.map(({ _id, name }) => [_id, name]));
        const body = html`<div class="heading"><h1>Operations</h1><p>As of ${at(timezone, now())} in ${timezone}. Reload for newer numbers.</p></div>
${urgent.map((words) => html`<p class="alarm" role="alert">${words}</p>`)}
${open.length > 0 && html`<p class="alarm"><a href="/admin/alarms">${open.length} ${open.length === 1 ? "alarm is" : "alarms are"} open</a></p>`}
${plotOf(hours)}
${sourcesTable(sources, shown)}
${standings.length > PAGE && html`<p><a href="/admin/sources?page=2">The others</a></p>`}
${hostsTable(overview, timezone)}
${queuesTable(jobs)}
${partsTable(parts, timezone)}
${runsTable(overview, names, timezone)}
${deadTable(overview, timezone)}
${unlistedTable(unlisted, names, timezone)}
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
  return html`<section><h2>Articles an hour</h2><p>${sum} in the last ${hours.length} hours, by when they were published; counted a minute ago at most.</p>
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

/** Every process that is supervised: since when it runs, how often and why it was started again. */
function partsTable(parts: ProcessRecord[], zone: string): Html {
  return section(
    "Processes",
    ["Part", "Machine", "Process", "Since", "Restarts", "Replaced", "State", "Last end"],
    parts.map(
      (part) => html`<tr><td>${part.name}</td><td>${part.machine}</td>
<td class="n">${part.pid ?? "–"}</td><td>${at(zone, part.since)}</td>
<td class="n">${part.restarts}</td><td class="n">${part.replaced}</td>
<td class="why">${part.problem ? html`<span class="state bad">${part.problem}</span>` : html`<span class="state fine">fine</span>`}</td>
<td class="why">${part.lastExit}</td></tr>\n`,
    ),
    html`None is known: <code>newsgather start</code> supervises what it starts, single roles are for your own supervisor.`,
  );
}
