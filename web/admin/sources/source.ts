import type { FastifyRequest } from "fastify";
import { parseDocument } from "yaml";
import { z } from "zod";
import { type Html, html, type Part } from "../../../lib/html.ts";
import { DAY_MS, MINUTE_MS } from "../../../lib/time.ts";
import { COMPLETENESS } from "../../../model/articles/item.ts";
import { listEntryPoints } from "../../../model/crawl/entry-points.ts";
import { ProblemError } from "../../../model/problem.ts";
import { announcedIn, budgetOf, shareText } from "../../../model/sources/coverage.ts";
import { type Health, healthOf } from "../../../model/sources/health.ts";
import { type Fill } from "../../../model/sources/quality.ts";
import { type Forecast, scheduleWords } from "../../../model/sources/schedule.ts";
import { type SourceRecord, withoutSecrets } from "../../../model/sources/source.ts";
import { changeSource, type Declaration } from "../../../sources/files/manage.ts";
import { forecast } from "../../../sources/schedule/forecast.ts";
import { runsOf } from "../../../store/crawl/runs.ts";
import { soon } from "../../../store/queries.ts";
import { type CoverageSummary, listCoverage } from "../../../store/sources/coverage.ts";
import { getFill } from "../../../store/sources/quality.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { may } from "../../auth/actor.ts";
import { actionForm, Reason } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { stateOf } from "../states.ts";
import { at } from "../tables.ts";
import { elsewhere, runTable } from "./runs.ts";
import { fillOf, readDays, sparkline } from "./sources-table.ts";

/** Runs that are shown; the others are a page of their own. */
const RUNS = 10;

const Query = z.object({ id: z.string().max(63).default("") });
const Edit = z.object({
  id: z.string().min(1).max(63),
  fields: z.string().trim().min(1).max(20_000),
  reason: Reason,
});

/** What is known of a source beside its record. */
interface About {
  health: Health;
  fill: Fill | null;
  coverage: CoverageSummary | null;
  /** Articles of each of the last days. */
  days: number[];
  /** Of the next 24 hours. */
  next: Forecast;
}

/** `/admin/source`: one source: how it stands and what to do, how it is asked, and what its latest runs brought. */
export const sourcePage: AdminPage = {
  path: "/admin/source",
  title: "Source",
  section: "Sources",
  under: "/admin/sources",
  commands: ["newsgather health ID", "newsgather run ID", "newsgather sources edit --where id=ID"],
  async show(request, { store, timezone, now }) {
    const { id } = readQuery(Query, request);
    const source = await getSource(store, id);
    if (!source) throw new ProblemError(404, "not-found", "There is no such source.");
    const from = now();
    const [runs, fill, [coverage = null], daysOf] = await Promise.all([
      runsOf(store, id, { before: soon(from), limit: RUNS }),
      getFill(store, id),
      listCoverage(store, [id]),
      readDays(store, timezone, from),
    ]);
    const about: About = {
      health: healthOf(source, from),
      fill,
      coverage,
      days: daysOf(id),
      next: forecast(source, from, new Date(from.getTime() + DAY_MS)),
    };
    return {
      json: {
        ...withoutSecrets(source),
        ...about,
        coverage: coverage && { ...coverage, ...budgetOf(coverage.total, coverage.objective) },
        runs,
      },
      html: () =>
        html`${stateLine(source, about, from)}${factsOf(source, about, timezone)}${may(request, "operate") && acts(request, source)}${runTable(`Runs of ${source.name}`, runs, { zone: timezone })}${elsewhere(id, "source")}`,
      title: source.name,
    };
  },
  actions: [
    action({
      path: "/admin/source/edit",
      right: "operate",
      form: Edit,
      async run({ id, fields }, deps, author) {
        await changeSource(deps, id, readFields(fields), author);
        const location = `/admin/source?id=${encodeURIComponent(id)}`;
        return { location, done: "changed, in its file too" };
      },
    }),
  ],
};

/** The fields of a declaration in YAML; throws a problem for what is none. */
function readFields(yaml: string): Declaration {
  const document = parseDocument(yaml);
  const fields: unknown = document.errors.length === 0 ? document.toJS() : null;
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) {
    return fields as Declaration;
  }
  throw new ProblemError(400, "invalid-form", "fields: write FIELD: VALUE in YAML, a line each");
}

function stateLine(source: SourceRecord, { health }: About, now: Date): Html {
  const { word, cssClass } = stateOf(source, now);
  const { words, todo } = health;
  const seen = source.lastProblem && html` (${source.lastProblem})`;
  return html`<p><span class="status ${cssClass}">${word}</span>${words && html`: ${words}${seen}`}${todo && html`<br>To do: ${todo}`}</p>`;
}

function factsOf(source: SourceRecord, about: About, zone: string): Html {
  const { next, coverage, fill, days } = about;
  const none = "not known yet";
  const delay = next.delay ? `, an article waits ${Math.round(next.delay / MINUTE_MS)} min` : "";
  const id = encodeURIComponent(source._id);
  const rows: [string, Part][] = [
    ["Entry points", html`<ul>${entriesOf(source)}</ul>`],
    [
      "Schedule",
      `${scheduleWords(source.schedule)}: ${next.visits.length} runs in the next 24 hours${delay}`,
    ],
    ["Next due", at(zone, source.nextDueAt)],
    ["Last attempt", at(zone, source.lastAttemptAt)],
    ["Last success", at(zone, source.lastSuccessAt)],
    ["Last new article", at(zone, source.lastNewArticleAt)],
    ["Silent, if nothing comes until", source.silentAt ? at(zone, source.silentAt) : none],
    ["Articles of 7 days", html`${sparkline(days)} ${days.reduce((sum, day) => sum + day, 0)}`],
    ["Fields that are filled", fillOf(fill ?? undefined)],
    [
      "Coverage",
      html`<a href="/admin/coverage?source=${id}">${coverage ? coverageText(coverage) : none}</a>`,
    ],
    ["How it is asked", waysOf(source)],
    ["What is published", `${source.publish}: ${COMPLETENESS[source.publish]}, and what is more`],
    ["Declaration", html`<a href="/admin/versions?source=${id}">version ${source.version}</a>`],
  ];
  return html`<section class="card card-body"><h2 class="card-title">What is known of it</h2><div class="table-responsive"><table class="table table-vcenter"><tbody>
${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table></div></section>`;
}

function coverageText({ total, objective }: CoverageSummary): string {
  const { inTime, covered } = budgetOf(total, objective);
  return `${shareText(inTime)} in time, ${shareText(covered)} by now, of ${announcedIn(total)} announced in 28 days`;
}

function entriesOf(source: SourceRecord): Html[] {
  return listEntryPoints(source).map(({ kind, url }) => {
    const why = `/admin/why?url=${encodeURIComponent(url)}`;
    return html`<li>${kind} <a class="url" href="${why}">${url}</a></li>`;
  });
}

function waysOf({ render, pace, proxy, login, headers, ignoreRobots }: SourceRecord): string {
  const seconds = (pace.delay / 1000).toString();
  const sent = Object.keys(headers).join(", ");
  return [
    {
      http: "over HTTP",
      browser: "in the browser",
      auto: "over HTTP, in the browser where needed",
    }[render],
    `${seconds} s between requests, ${pace.concurrency} at once`,
    ...(proxy ? [`through the proxy ${proxy}`] : []),
    ...(login ? ["behind a login"] : []),
    ...(sent ? [`with ${sent}`] : []),
    ...(ignoreRobots ? [`whatever robots.txt says: ${ignoreRobots.reason}`] : []),
  ].join("; ");
}

function acts(
  request: FastifyRequest,
  { _id, active, pausedByOperator }: SourceRecord,
): Html | false {
  if (!active) return false;
  const fields = html`<input type="hidden" name="id" value="${_id}">`;
  const form = { action: "/admin/schedule/run", button: "Run it now", fields };
  const also = pausedByOperator
    ? html`<button class="btn" formaction="/admin/sources/resume">Resume it</button>`
    : html`<button class="btn" formaction="/admin/sources/pause">Pause it</button>`;
  const edit = html`${fields}<label class="form-label">Fields as its file has them; <code>null</code> takes one out <textarea class="form-control" name="fields" rows="4" cols="60" required placeholder="pace: { delay: 5s }"></textarea></label>`;
  return html`<section class="card card-body"><h2 class="card-title">Do</h2>${actionForm(request, { ...form, also })}</section>
<section class="card card-body"><h2 class="card-title">Edit</h2>${actionForm(request, { action: "/admin/source/edit", button: "Change", fields: edit })}</section>`;
}
