import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import type { Link } from "../../../model/crawl/link.ts";
import type { Run } from "../../../model/crawl/outcome.ts";
import { ProblemError } from "../../../model/problem.ts";
import {
  getRun,
  latestRuns,
  linksOfRun,
  type RunResponse,
  responsesOfRun,
  runsOf,
} from "../../../store/crawl/runs.ts";
import { soon } from "../../../store/queries.ts";
import { getSource, sourceNames } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { measure } from "../charts.ts";
import { namesOf, options } from "../forms.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { reasons, reasonText } from "../states.ts";
import { at, Before, older, PAGE_SIZE, section } from "../tables.ts";

const MAX_ROWS = 500;

const Query = z.object({ source: z.string().max(63).default(""), before: Before });
const RunQuery = z.object({ id: z.string().max(200).default("") });

export const runsPage: AdminPage = {
  path: "/admin/runs",
  title: "Runs",
  section: "Sources",
  commands: ["newsgather status", "newsgather health ID"],
  async show(request, { store, timezone, now }) {
    const { source, before = soon(now()) } = readQuery(Query, request);
    const range = { before, limit: PAGE_SIZE };
    const runs =
      source === "" ? await latestRuns(store, range) : await runsOf(store, source, range);
    const page = async () => {
      const sources = await sourceNames(store);
      const names = new Map(sources.map(({ _id, name }) => [_id, name]));
      const known = names.has(source) && elsewhere(request, source, "runs");
      const choice = html`<form method="get" action="/admin/runs" class="filter"><label class="form-label">Source <select class="form-select" name="source"><option value="">all</option>${options(namesOf(sources), source)}</select></label> <button class="btn btn-primary">Show runs</button></form>`;
      const table =
        source === ""
          ? runTable("The latest runs of all sources", runs, { zone: timezone, names })
          : runTable(`Runs of ${names.get(source) ?? source}`, runs, { zone: timezone });
      const address = `/admin/runs?source=${encodeURIComponent(source)}`;
      // With all sources, too many runs start at the same moment, so the list can't be divided by time.
      const times = runs.map(({ startedAt }) => startedAt);
      const more = source !== "" && older(address, times);
      return html`${choice}${table}${more}${known}`;
    };
    return { json: { source, runs }, html: page };
  },
};

export const runPage: AdminPage = {
  path: "/admin/run",
  title: "Run",
  section: "Sources",
  under: "/admin/runs",
  commands: ["newsgather why URL"],
  async show(request, { store, timezone }) {
    const { id } = readQuery(RunQuery, request);
    const run = await getRun(store, id);
    if (!run) throw new ProblemError(404, "not-found", "There is no such run.");
    const [source, links, responses] = await Promise.all([
      getSource(store, run.sourceId),
      linksOfRun(store, id, MAX_ROWS),
      responsesOfRun(store, run, MAX_ROWS),
    ]);
    const name = source?.name ?? run.sourceId;
    const page = () =>
      html`${runTable(`Run of ${name}`, [run], { zone: timezone })}${linksTable(links, timezone)}${responsesTable("Responses", responses, timezone)}`;
    const title = `Run of ${name}`;
    const buttons = html`<a class="btn" href="/admin/source?id=${encodeURIComponent(run.sourceId)}">The source</a>`;
    return { json: { run, links, responses }, html: page, title, buttons };
  },
};

function linksTable(links: readonly Link[], timezone: string): Html {
  const rows = links.map(({ foundUrl, kind, state, outcome, reason, detail, doneAt }) => {
    const fate = reason ? reasonText(reason) : (outcome ?? state);
    return html`<tr><td class="url"><a href="/admin/why?url=${encodeURIComponent(foundUrl)}">${foundUrl}</a></td><td>${kind}</td>
<td>${state}</td><td class="why">${fate}${detail && ` (${detail})`}</td><td>${at(timezone, doneAt)}</td></tr>\n`;
  });
  const heads = ["Address", "Kind", "State", "Fate", "When"];
  const none = html`None: later runs have fetched all links of this run again. The run's responses are below.`;
  return section("Links last fetched by this run", heads, rows, none);
}

export function responsesTable(
  title: string,
  responses: readonly RunResponse[],
  zone: string,
): Html {
  const rows = responses.map(
    ({ url, kind, lane, status, bytes, ms, fetchedAt, reason, detail }) =>
      html`<tr><td>${at(zone, fetchedAt)}</td><td class="url"><a href="/admin/why?url=${encodeURIComponent(url)}">${url}</a></td><td>${kind}</td><td>${lane}</td>
<td class="n">${status}</td>${measure(bytes, "bytes")}<td class="n">${ms}</td><td class="why">${reason && reasonText(reason)}${detail && ` (${detail})`}</td></tr>\n`,
  );
  const heads = ["When", "Address", "Kind", "Lane", "Status", "Size", "ms", "Why it wasn't read"];
  return section(title, heads, rows, html`No response is stored.`);
}

export function runTable(
  title: string,
  runs: readonly Run[],
  { zone, names }: { zone: string; names?: ReadonlyMap<string, string> },
): Html {
  const heads = [
    "Started",
    ...(names ? ["Source"] : []),
    "Trigger",
    "Version",
    "Took",
    "Requests",
    "Size",
    "Links",
    "New",
    "Updated",
    "Same",
    "Copies",
    "Skipped",
  ];
  return section(
    title,
    heads,
    runs.map((run) => row(run, zone, names)),
    html`No run yet: the first run starts when the source is due.`,
  );
}

function row(run: Run, zone: string, names?: ReadonlyMap<string, string>): Html {
  const { _id, sourceId, startedAt, finishedAt, trigger, first, sourceVersion } = run;
  const { counts, traffic, problems } = run;
  const number = (value: number | string) => html`<td class="n">${value}</td>`;
  const took = finishedAt
    ? measure(Math.round((finishedAt.getTime() - startedAt.getTime()) / 1000), "seconds")
    : number("open");
  const { links, stored, updated, unchanged, duplicates } = counts;
  const source =
    names &&
    html`<td><a href="/admin/runs?source=${encodeURIComponent(sourceId)}">${names.get(sourceId) ?? sourceId}</a></td>`;
  return html`<tr><td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td>${source}<td>${trigger}${first && ", first"}</td>
${number(sourceVersion)}${took}${number(traffic?.requests ?? "")}${measure(traffic?.bytes, "bytes")}${[links, stored, updated, unchanged, duplicates].map(number)}
<td class="why"><ul>${reasons(counts).map(({ reason, count, isDeadLetter }) => html`<li>${count} ${isDeadLetter && "given up: "}${reasonText(reason)}</li>`)}
${counts.waiting > 0 && html`<li>${counts.waiting} waiting for a later try</li>`}${problems.map((problem) => html`<li>${problem}</li>`)}</ul></td></tr>\n`;
}

export function elsewhere(request: FastifyRequest, id: string, here: "source" | "runs"): Html {
  const source = encodeURIComponent(id);
  const other =
    here === "source"
      ? html`<a href="/admin/runs?source=${source}">all its runs</a>`
      : html`<a href="/admin/source?id=${source}">its state</a>`;
  return html`<p>More about this source: ${other}, <a href="/admin/versions?source=${source}">its versions</a>, <a href="/admin/coverage?source=${source}">its coverage</a>${may(request, "operate") && html`, <a href="/admin/selector-picker?source=${source}">the selectors of its fields</a>`}, <a href="/source/${source}">its articles on the portal</a>.</p>`;
}
