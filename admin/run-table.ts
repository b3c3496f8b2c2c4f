import { type Html, html } from "../lib/html.ts";
import type { Run } from "../model/run.ts";
import { section } from "./tables.ts";
import { at, reasons, reasonText } from "./words.ts";

/** The runs of a source, with what each cost and brought. */
export function runTable(runs: readonly Run[], name: string, zone: string): Html {
  const heads = [
    "Started",
    "Trigger",
    "Source version",
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
    `Runs of ${name}`,
    heads,
    runs.map((run) => row(run, zone)),
    html`No run yet: the first one starts when the source is due.`,
  );
}

function row(run: Run, zone: string): Html {
  const { _id, startedAt, finishedAt, trigger, first, sourceVersion } = run;
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
  return html`<tr><td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td><td>${trigger}${first && ", first"}</td>
${numbers.map((number) => html`<td class="n">${number}</td>`)}
<td class="why"><ul>${reasons(counts).map(({ reason, count, dead }) => html`<li>${count} ${dead && "given up: "}${reasonText(reason)}</li>`)}
${counts.waiting > 0 && html`<li>${counts.waiting} waiting for a later try</li>`}${problems.map((problem) => html`<li>${problem}</li>`)}</ul></td></tr>\n`;
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
