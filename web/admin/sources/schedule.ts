import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, percent } from "../../../lib/text.ts";
import { HOUR_MS, MINUTE_MS } from "../../../lib/time.ts";
import { isSubscribed, type Subscription } from "../../../model/crawl/subscription.ts";
import { healthOf } from "../../../model/sources/health.ts";
import { type Forecast, scheduleWords } from "../../../model/sources/schedule.ts";
import { isPaused, type SourceRecord } from "../../../model/sources/source.ts";
import { runNow } from "../../../sources/operations.ts";
import { forecast } from "../../../sources/schedule/forecast.ts";
import { listSubscriptions } from "../../../store/crawl/subscriptions.ts";
import { getSources, type SourceName, sourceNames } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { actionForm, namesOf, options, Reason, requireDone } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { at, pageOf, pager, section, sourceLink } from "../tables.ts";

const STRIP_HOURS = 24;

const Query = z.object({ page: z.coerce.number().int().min(1).catch(1) });
const Form = z.object({ id: z.string().min(1).max(63), reason: Reason });

export const schedulePage: AdminPage = {
  path: "/admin/schedule",
  title: "Schedule",
  section: "Sources",
  commands: ["newsgather schedule", "newsgather run ID"],
  async show(request, deps) {
    const { store, now, timezone } = deps;
    const { page } = readQuery(Query, request);
    const from = now();
    const until = new Date(from.getTime() + STRIP_HOURS * HOUR_MS);
    const [sources, subscriptions] = await Promise.all([
      sourceNames(store),
      listSubscriptions(store),
    ]);
    const active = sources.filter((source) => source.active);
    const byTime = active.toSorted((a, b) => dueOf(a) - dueOf(b));
    const next = pageOf(byTime, page).map(({ _id }) => _id);
    const records = await getSources(store, next);
    const shown = next
      .flatMap((id) => records.get(id) ?? [])
      .map((source) => ({ source, ...forecast(source, from, until) }));
    const next24h = shown.map(({ source: { _id: id, schedule, missedAt }, ...rest }) => {
      return { id, schedule, missedAt, ...rest };
    });
    const body = () => {
      const writes = may(request, "operate") && active.length > 0;
      return html`${timeline({ shown, isPaged: active.length > shown.length }, from, deps)}${pager(active.length, page, (n) => `/admin/schedule?page=${n}`)}${pushes(subscriptions, timezone, from)}
${writes && runForm(request, shown)}`;
    };
    return { json: { page, sources: active.length, next24h }, html: body };
  },
  actions: [
    action("/admin/schedule/run", "operate", Form, async ({ id }, { store, now }, author) => {
      return `run ${requireDone(await runNow(store, id, author, now())).runId}`;
    }),
  ],
};

function dueOf({ nextDueAt }: SourceName): number {
  return nextDueAt?.getTime() ?? Infinity;
}

type Shown = Forecast & { source: SourceRecord };

function timeline(
  { shown, isPaged }: { shown: Shown[]; isPaged: boolean },
  from: Date,
  { timezone, now }: AdminDeps,
): Html {
  const rows = shown.map(({ source, visits, delay, items }) => {
    const note = isPaused(source, now()) ? `paused: ${healthOf(source, now()).words ?? ""}` : "";
    const missed =
      source.missedAt &&
      html`<div>the run that was due ${at(timezone, source.missedAt)} was missed and skipped</div>`;
    return html`<tr><td>${sourceLink(source._id, source.name)}</td>
<td>${scheduleWords(source.schedule)}</td><td>${at(timezone, visits[0] ?? null)}</td><td>${drawRuns(visits, from)}</td><td class="n">${visits.length}</td>
<td class="n">${delay === null ? "–" : `${Math.round(delay / MINUTE_MS)} min`}</td><td class="n">${items?.toFixed(1)}</td><td class="why">${note}${missed}</td></tr>\n`;
  });
  const heads = [
    "Source",
    "Schedule",
    "Next run",
    "Next 24 hours",
    "Runs",
    "Mean delay",
    "Articles expected",
    "Note",
  ];
  const none = html`No source is active: <a href="/admin/add">add a source</a>.`;
  return section("The next 24 hours", heads, rows, none, isPaged && {});
}

const STRIP_WIDTH = 240;

function drawRuns(visits: readonly Date[], from: Date): Html {
  // All marks are in one SVG path, because there can be thousands of runs.
  const runTicks = visits.map((visit) => {
    const x = ((visit.getTime() - from.getTime()) / (STRIP_HOURS * HOUR_MS)) * STRIP_WIDTH;
    return `M${x.toFixed(1)} 2v12`;
  });
  return html`<svg viewBox="0 0 ${STRIP_WIDTH} 16" width="160" height="16" preserveAspectRatio="none" stroke="currentColor" role="img" aria-label="${visits.length} runs in 24 hours">
<rect width="${STRIP_WIDTH}" height="16" stroke="none" fill="currentColor" fill-opacity="0.08"/>
<path class="text-secondary" stroke-width="0.5" stroke-dasharray="1 2" d="M60 0v16M120 0v16M180 0v16"/>
<path class="text-primary" d="${runTicks.join("")}"/></svg>`;
}

function runForm(request: FastifyRequest, shown: Shown[]): Html {
  const sources = shown.map(({ source }) => source);
  const fields = html`<label class="form-label">Source <select class="form-select" name="id">${options(namesOf(sources))}</select></label>`;
  const form = { action: "/admin/schedule/run", button: "Run now", fields };
  return html`<section class="card card-body"><h2 class="card-title">Run now</h2>${actionForm(request, form)}</section>`;
}

function pushes(subscriptions: readonly Subscription[], zone: string, now: Date): Html {
  if (subscriptions.length === 0) return html``;
  const rows = subscriptions.map((subscription) => {
    const { sourceId, hub, leaseUntil, pushes: count, found, missed, problem } = subscription;
    const on = isSubscribed(subscription, now);
    const share = found + missed > 0 && percent(missed / (found + missed));
    return html`<tr><td>${sourceId}</td><td class="url">${hub}</td><td><span class="status ${on ? "status-green" : "status-secondary"}">${on ? "on" : "off"}</span></td>
<td>${at(zone, leaseUntil)}</td><td class="n">${count}</td><td class="n">${found}</td><td class="n">${missed}</td><td class="n">${share}</td><td class="why">${problem}</td></tr>\n`;
  });
  const heads = [
    "Source",
    "Hub",
    "Pushes",
    "Until",
    "Pushes so far",
    "New articles by pushes",
    "Missed",
    "Share missed",
    "Problem",
  ];
  return section("Pushes", heads, rows, html``);
}
