import { cached } from "../../../lib/cache.ts";
import { type Html, html } from "../../../lib/html.ts";
import type { ProcessRecord } from "../../../model/operations/process.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import {
  articlesByHour,
  readUnlisted,
  type UnlistedArticle,
} from "../../../store/articles/articles.ts";
import { readCorrections } from "../../../store/articles/corrections.ts";
import { openAlarms } from "../../../store/operations/alarms.ts";
import { type Overview, readOverview } from "../../../store/operations/overview.ts";
import { readProcesses } from "../../../store/operations/processes.ts";
import { activeSources, readHealthRecords } from "../../../store/sources/directory.ts";
import { verticalBars } from "../charts.ts";
import { correctionsTable } from "../content/corrections.ts";
import type { AdminDeps } from "../deps.ts";
import type { AdminPage } from "../page.ts";
import { readRecords, sourcesTable, worstFirst } from "../sources/sources-table.ts";
import { reasons, reasonText } from "../states.ts";
import { deadCells } from "../system/dead-letters.ts";
import { at, externalLink, PAGE_SIZE, section } from "../tables.ts";

/** Corrections and hours on the page. */
const CORRECTIONS = 20;
const HOURS = 24;
/** For how long the articles an hour aren't counted again, ms: every article of a day is read for them. */
const HOURS_CACHE_MS = 60_000;

const hoursOf = new WeakMap<AdminDeps, ReturnType<typeof cacheHours>>();

function cacheHours({ store, now }: AdminDeps) {
  const count = () => articlesByHour(store, now(), { hours: HOURS });
  return cached(count, { ttl: HOURS_CACHE_MS, size: 1 });
}

function readHours(deps: AdminDeps): Promise<number[]> {
  const hours = hoursOf.get(deps) ?? cacheHours(deps);
  hoursOf.set(deps, hours);
  return hours.get("all");
}

/** `/admin`: what isn't well first, then what comes and what is at work. */
export const overviewPage: AdminPage = {
  path: "/admin",
  title: "Overview",
  section: "Overview",
  commands: ["newsgather status", "newsgather top"],
  async show(_, deps) {
    const { store, timezone, now, producer } = deps;
    const [overview, sourceHealths, processes, unlisted, corrections, urgent, hours, jobs, open] =
      await Promise.all([
        readOverview(store, now()),
        readHealthRecords(store),
        readProcesses(store, now()),
        readUnlisted(store, now()),
        readCorrections(store, now(), CORRECTIONS),
        deps.findUrgentProblems(),
        readHours(deps),
        producer.counts().catch(() => null),
        openAlarms(store),
      ]);
    const json = async () => ({
      urgent,
      alarms: open,
      articlesByHour: hours,
      queues: jobs,
      processes,
      sources: worstFirst(await activeSources(store), now()).map(({ source, health }) => ({
        ...withoutSecrets(source),
        health,
      })),
      runs: overview.runs,
      openHosts: overview.openHosts,
      deadLinks: overview.deadLinks,
    });
    const page = async () => {
      const worst = worstFirst(sourceHealths, now()).slice(0, PAGE_SIZE);
      const { sources, fill } = await readRecords(store, worst);
      const title = `Sources (${sourceHealths.length})`;
      const names = new Map(sourceHealths.map(({ _id, name }) => [_id, name]));
      return html`${urgent.map((words) => html`<p class="alert alert-danger" role="alert">${words}</p>`)}
${open.length > 0 && html`<p class="alert alert-warning"><a href="/admin/alarms">${open.length} ${open.length === 1 ? "alarm is" : "alarms are"} open</a></p>`}
${plotOf(hours)}
${sourcesTable(sources, { title, fill, zone: timezone, now: now() })}
${sourceHealths.length > PAGE_SIZE && html`<p><a href="/admin/sources?page=2">The others</a></p>`}
${hostsTable(overview, timezone)}
${queuesTable(jobs)}
${processesTable(processes, timezone)}
${runsTable(overview, names, timezone)}
${deadTable(overview, timezone)}
${unlistedTable(unlisted, names, timezone)}
${correctionsTable(corrections, timezone)}`;
    };
    return { json, html: page };
  },
};

function plotOf(hours: number[]): Html {
  if (hours.length === 0)
    return html`<section class="card card-body"><h2 class="card-title">Articles an hour</h2><p>More in the last hour than are read here: <a href="/metrics">the metrics</a> count them.</p></section>`;
  const sum = hours.reduce((all, count) => all + count, 0);
  const label = `Articles an hour, the newest last: ${hours.join(", ")}`;
  return html`<section class="card card-body"><h2 class="card-title">Articles an hour</h2><p>${sum} in the last ${hours.length} hours, by when they were published; counted a minute ago at most.</p>
${verticalBars(hours, { label, width: 480, height: 64 })}</section>`;
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
function processesTable(processes: ProcessRecord[], zone: string): Html {
  return section(
    "Processes",
    ["Process", "Machine", "PID", "Since", "Restarts", "Replaced", "State", "Last end"],
    processes.map(
      (one) => html`<tr><td>${one.name}</td><td>${one.machine}</td>
<td class="n">${one.pid ?? "–"}</td><td>${at(zone, one.since)}</td>
<td class="n">${one.restarts}</td><td class="n">${one.replaced}</td>
<td class="why">${one.problem ? html`<span class="status status-red">${one.problem}</span>` : html`<span class="status status-green">fine</span>`}</td>
<td class="why">${one.lastExit}</td></tr>\n`,
    ),
    html`None is known: <code>newsgather start</code> supervises what it starts, single roles are for your own supervisor.`,
  );
}

/** Recent runs with what came of their links. */
function runsTable({ runs }: Overview, names: ReadonlyMap<string, string>, zone: string): Html {
  return section(
    "Recent runs",
    ["Source", "Started", "Ended", "Links", "New", "Updated", "Same", "Copies", "Left out"],
    runs.map(({ _id, sourceId, startedAt, finishedAt, open, trigger, counts, problems }) => {
      const ended = open
        ? html`<span class="status status-blue">open</span>`
        : at(zone, finishedAt);
      const how = trigger === "schedule" ? "" : ` (${trigger})`;
      return html`<tr><td><a href="/admin/source?id=${encodeURIComponent(sourceId)}"><bdi>${names.get(sourceId) ?? sourceId}</bdi></a>${how}</td>
<td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td><td>${ended}</td>
${[counts.links, counts.stored, counts.updated, counts.unchanged, counts.duplicates].map((count) => html`<td class="n">${count}</td>`)}
<td class="why"><ul>
${reasons(counts).map(({ reason, count, isDeadLetter }) => html`<li>${count} ${isDeadLetter && "given up: "}${reasonText(reason)}</li>`)}
${counts.waiting > 0 && html`<li>${counts.waiting} waiting for a later try</li>`}
${problems.map((problem) => html`<li>${problem}</li>`)}</ul></td></tr>\n`;
    }),
    html`No run yet: the first one starts when a source is due, or with <code>newsgather run --all --once</code>.`,
  );
}

/** Hosts that are left alone while their breaker is open. */
function hostsTable({ openHosts }: Overview, zone: string): Html {
  return section(
    "Hosts left alone for now",
    ["Host", "Until", "Failures in a row", "Why"],
    openHosts.map(
      (host) => html`<tr><td class="url">${host._id}</td><td>${at(zone, host.openUntil)}</td>
<td class="n">${host.failures}</td><td class="why">${host.openReason}</td></tr>\n`,
    ),
    html`None: every host is being visited.`,
  );
}

/** Links that were given up, with their cause. */
function deadTable({ deadLinks }: Overview, zone: string): Html {
  return section(
    "Dead letters",
    ["Address", "Source", "Tries", "When", "Cause", "To try again"],
    deadLinks.map(
      (link) => html`<tr>${deadCells(link, zone)}
<td class="why"><code>newsgather dead-letters replay ${link._id}</code></td></tr>\n`,
    ),
    html`None.`,
  );
}

/** Articles that are stored and that readers don't see, with the reason and its arithmetic. */
function unlistedTable(
  articles: UnlistedArticle[],
  names: ReadonlyMap<string, string>,
  zone: string,
): Html {
  return section(
    "Articles not listed",
    ["Article", "Source", "Since", "Why"],
    articles.map(({ title, url, sourceId, unlisted }) => {
      const link = externalLink(url, html`<bdi>${title}</bdi>`);
      return html`<tr><td>${link}</td><td><bdi>${names.get(sourceId) ?? sourceId}</bdi></td>
<td>${at(zone, unlisted?.at ?? null)}</td><td class="why">${unlisted && `${unlisted.reason}: ${unlisted.detail}`}</td></tr>\n`;
    }),
    html`None: every article is relevant enough for its source.`,
  );
}
