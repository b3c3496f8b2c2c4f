import { type Html, html } from "../../lib/html.ts";
import type { Run } from "../../model/crawl/run.ts";
import { section } from "./tables.ts";
import { at, reasons, reasonText } from "./words.ts";

/** By the ids of sources, where a table has runs of several. */
type SourceNames = ReadonlyMap<string, string>;

/** Runs with what each cost and brought. */
export function runTable(
  title: string,
  runs: readonly Run[],
  { zone, names }: { zone: string; names?: SourceNames },
): Html {
  const heads = [
    "Started",
    ...(names ? ["Source"] : []),
    "Trigger",
    "Version",
    "Seconds",
    "Requests",
    "Bytes",
    "Links",
    "New",
    "Updated",
    "Same",
    "Copies",
    "Left out",
  ];
  return section(
    title,
    heads,
    runs.map((run) => row(run, zone, names)),
    html`No run yet: the first one starts when the source is due.`,
  );
}

function row(run: Run, zone: string, names?: SourceNames): Html {
  const { _id, sourceId, startedAt, finishedAt, trigger, first, sourceVersion } = run;
  const { counts, traffic, problems } = run;
  const seconds = finishedAt
    ? ((finishedAt.getTime() - startedAt.getTime()) / 1000).toFixed(0)
    : "open";
  const numbers = [
    sourceVersion,
    seconds,
    traffic?.requests ?? "",
    traffic?.bytes ?? "",
    counts.links,
    counts.stored,
    counts.updated,
    counts.unchanged,
    counts.duplicates,
  ];
  const source = names && sourceCell(sourceId, names.get(sourceId) ?? sourceId);
  return html`<tr><td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td>${source}<td>${trigger}${first && ", first"}</td>
${numbers.map((number) => html`<td class="n">${number}</td>`)}
<td class="why"><ul>${reasons(counts).map(({ reason, count, dead }) => html`<li>${count} ${dead && "given up: "}${reasonText(reason)}</li>`)}
${counts.waiting > 0 && html`<li>${counts.waiting} waiting for a later try</li>`}${problems.map((problem) => html`<li>${problem}</li>`)}</ul></td></tr>\n`;
}

function sourceCell(id: string, name: string): Html {
  return html`<td><a href="/admin/runs?source=${encodeURIComponent(id)}">${name}</a></td>`;
}

/** What else can be looked at of a source, but for the page that says so. */
export function elsewhere(id: string, here: "source" | "runs"): Html {
  const source = encodeURIComponent(id);
  const other =
    here === "source"
      ? html`<a href="/admin/runs?source=${source}">all its runs</a>`
      : html`<a href="/admin/source?id=${source}">how it stands</a>`;
  return html`<p>Of this source: ${other}, <a href="/admin/versions?source=${source}">its versions</a>, <a href="/admin/recall?source=${source}">its recall</a>, <a href="/admin/point?source=${source}">read a field by another selector</a>, <a href="/source/${source}">its articles on the portal</a>.</p>`;
}
