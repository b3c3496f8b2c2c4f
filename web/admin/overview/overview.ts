import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Cached, cached } from "../../../lib/async.ts";
import { type Html, html } from "../../../lib/text.ts";
import { DAY_MS, dayIn, HOUR_MS } from "../../../lib/time.ts";
import type { HealthState } from "../../../model/sources/health.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import { articlesByHour } from "../../../store/articles/articles.ts";
import { type ListedArticle, readListing } from "../../../store/articles/listing.ts";
import { openAlarms } from "../../../store/operations/alarms.ts";
import { type Overview, readOverview } from "../../../store/operations/overview.ts";
import { readProcesses } from "../../../store/operations/processes.ts";
import { activeSources, readHealthRecords } from "../../../store/sources/sources.ts";
import { readStatistic } from "../../../store/statistics/read.ts";
import { goneSignal, sendEvents } from "../../server/watch.ts";
import { chart, spanText } from "../charts.ts";
import { icon } from "../icons.ts";
import type { AdminDeps, AdminPage, PageDeps } from "../page.ts";
import { worstFirst } from "../sources/sources-table.ts";
import { HEALTH_CSS_CLASSES } from "../states.ts";
import { articlePath, at, section, sourceLink } from "../tables.ts";
import { concernsCard, findConcerns } from "./attention.ts";

const HOURS_PER_DAY = 24;
const CHART_DAYS = 7;
const HOURS_CACHE_MS = { today: 60_000, yesterday: HOUR_MS / 2, before: 6 * HOUR_MS };
const MAX_TROUBLED_SOURCES = 10;
const MAX_LATEST_ITEMS = 10;
const LIVE_INTERVAL_MS = 5000;
const LIVE_MS = 10 * 60_000;

/**
 * Returns the number of articles in each of the 24 hours before `end`, newest hour last. If there
 * are too many articles to count, the earliest hours are missing.
 */
type CountHours = (end: Date) => Promise<number[]>;

const countersOf = new WeakMap<AdminDeps, CountHours>();

function makeCounter({ store, now }: AdminDeps): CountHours {
  const load = (end: string) =>
    articlesByHour(store, new Date(Number(end)), { hours: HOURS_PER_DAY });
  const [today, yesterday, before] = [
    cached(load, { ttl: HOURS_CACHE_MS.today, size: 1 }),
    cached(load, { ttl: HOURS_CACHE_MS.yesterday, size: 1 }),
    cached(load, { ttl: HOURS_CACHE_MS.before, size: CHART_DAYS }),
  ];
  return (end) => {
    const age = now().getTime() - end.getTime();
    const counter = age < 0 ? today : age < DAY_MS ? yesterday : before;
    return counter.get(String(end.getTime()));
  };
}

async function readHours(deps: AdminDeps): Promise<{ end: Date; counts: (number | null)[] }> {
  const count = countersOf.get(deps) ?? makeCounter(deps);
  countersOf.set(deps, count);
  const end = new Date(Math.floor(deps.now().getTime() / HOUR_MS + 1) * HOUR_MS);
  const lastDay = Math.ceil(end.getTime() / DAY_MS) * DAY_MS;
  const ends = Array.from(
    { length: CHART_DAYS + 1 },
    (_, n) => new Date(lastDay - (CHART_DAYS - n) * DAY_MS),
  );
  const days = await Promise.all(ends.map(count));
  const counts = days.flatMap((day) => [
    ...Array<null>(HOURS_PER_DAY - day.length).fill(null),
    ...day,
  ]);
  const ahead = (lastDay - end.getTime()) / HOUR_MS;
  return { end, counts: counts.slice(HOURS_PER_DAY - ahead, counts.length - ahead) };
}

export const overviewPage: AdminPage = {
  path: "/admin",
  title: "Overview",
  section: "Overview",
  commands: ["newsgather status", "newsgather top"],
  async show(request, deps) {
    const { store, now, producer } = deps;
    const json = async () => {
      const [overview, sources, processes, urgent, { counts }, queues, alarms] = await Promise.all([
        readOverview(store, now()),
        activeSources(store),
        readProcesses(store, now()),
        deps.findUrgentProblems(),
        readHours(deps),
        producer.counts().catch(() => null),
        openAlarms(store),
      ]);
      return {
        urgent,
        alarms,
        articlesByHour: counts.slice(-HOURS_PER_DAY),
        queues,
        processes,
        sources: worstFirst(sources, now()).map(({ source, health }) => ({
          ...withoutSecrets(source),
          health,
        })),
        runs: overview.runs,
        openHosts: overview.openHosts,
        deadLinks: overview.deadLinks,
      };
    };
    const page = async () =>
      html`<div id="live" data-live="/admin/live">${bodyOf(await readFacts(deps), deps, request)}</div>`;
    return { json, html: page, reload: 30 };
  },
  files: [{ path: "/admin/live", send: sendLive }],
};

async function sendLive(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PageDeps,
): Promise<FastifyReply> {
  const gone = goneSignal(reply);
  deps.admit(request.ip, gone);
  const facts =
    factsOf.get(deps) ?? cached(() => readFacts(deps), { ttl: LIVE_INTERVAL_MS, size: 1 });
  factsOf.set(deps, facts);
  const over = AbortSignal.any([gone, deps.closing, AbortSignal.timeout(LIVE_MS)]);
  async function* events() {
    let shown = "";
    while (!over.aborted) {
      const { markup } = bodyOf(await facts.get("all"), deps, request);
      yield markup === shown ? ": nothing new\n\n" : `data: ${JSON.stringify(markup)}\n\n`;
      shown = markup;
      await sleep(LIVE_INTERVAL_MS, undefined, { signal: over }).catch(() => {});
    }
  }
  return sendEvents(reply, events());
}

type Facts = Awaited<ReturnType<typeof readFacts>>;

const factsOf = new WeakMap<PageDeps, Cached<Facts>>();

async function readFacts(deps: PageDeps) {
  const { store, timezone, now, producer, countAttention } = deps;
  const today = dayIn(timezone, now());
  const from = dayIn(timezone, new Date(now().getTime() - DAY_MS));
  const delayQuery = { name: "latency", rows: "total", from, to: today, top: 1 } as const;
  const [overview, healths, processes, urgent, hours, jobs, alarms, latest, delay, counts] =
    await Promise.all([
      readOverview(store, now(), MAX_LATEST_ITEMS),
      readHealthRecords(store),
      readProcesses(store, now()),
      deps.findUrgentProblems(),
      readHours(deps),
      producer.counts().catch(() => null),
      openAlarms(store),
      readListing(store, {}, { limit: MAX_LATEST_ITEMS, now: now() }),
      readStatistic(store, delayQuery),
      countAttention(),
    ]);
  const sources = worstFirst(healths, now());
  return {
    overview,
    healths,
    sources,
    processes,
    urgent,
    hours,
    jobs,
    alarms,
    latest,
    delay,
    counts,
  };
}

function bodyOf(facts: Facts, { timezone }: PageDeps, request: FastifyRequest): Html {
  const {
    overview,
    healths,
    sources,
    processes,
    urgent,
    hours,
    jobs,
    alarms,
    latest,
    delay,
    counts,
  } = facts;
  const troubled = sources
    .filter(
      ({ health: { state } }) =>
        state === "quarantined" || state === "failing" || state === "degraded",
    )
    .slice(0, MAX_TROUBLED_SOURCES);
  const names = new Map(healths.map(({ _id, name }) => [_id, name]));
  const concerns = findConcerns({ urgent, processes, alarms, troubled, counts, names });
  const lastDay = hours.counts
    .slice(-HOURS_PER_DAY)
    .reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const states = new Map<HealthState, number>();
  for (const { health } of sources) states.set(health.state, (states.get(health.state) ?? 0) + 1);
  const isBad = concerns.some(({ state }) => state.cssClass === "status-red");
  const isWell = concerns.every(({ state }) => state.cssClass === "status-blue");
  const running = overview.runs.filter(({ open }) => open);
  return html`${sentence({ isBad, isWell, concerns: concerns.length, sources: healths.length, lastDay })}
<div class="row row-cards">
${figure("Articles in 24 hours", String(lastDay), usualText(hours.counts))}
${figure("Sources", String(healths.length), statesText(states))}
${figure("From publication to portal", ...delayText(delay.rows[0]))}
${figure("At work now", `${running.length} ${running.length === 1 ? "run" : "runs"}`, jobsText(jobs))}
</div>
${concernsCard(concerns, timezone, request)}
<div class="row row-cards">
<div class="col-lg-6"><section class="card"><div class="card-header"><h2 class="card-title">Articles an hour, 24 hours</h2></div><div class="card-body">${hoursChart("Articles an hour in the last 24 hours", hours, HOURS_PER_DAY, timezone)}</div></section></div>
<div class="col-lg-6"><section class="card"><div class="card-header"><h2 class="card-title">Articles an hour, 7 days</h2></div><div class="card-body">${hoursChart("Articles an hour in the last 7 days", hours, CHART_DAYS * HOURS_PER_DAY, timezone)}</div></section></div>
</div>
<div class="row row-cards">
<div class="col-lg-6">${latestTable(latest.articles, names, timezone)}</div>
<div class="col-lg-6">${runsTable(overview, names, timezone)}</div>
</div>`;
}

function sentence(all: {
  isBad: boolean;
  isWell: boolean;
  concerns: number;
  sources: number;
  lastDay: number;
}): Html {
  const { isBad, isWell, concerns, sources, lastDay } = all;
  const articles = `${lastDay} ${lastDay === 1 ? "article" : "articles"} in the last 24 hours. ${sources} active ${sources === 1 ? "source" : "sources"}.`;
  if (sources === 0) {
    return html`<div class="alert alert-info" role="status"><div class="alert-icon">${icon("rocket")}</div><div><h2 class="alert-heading">Nothing is watched yet</h2><div class="alert-description">No source is configured. <a href="/admin/add">Add the first source</a> from its home page, or put YAML files into <code>config/sources/</code>.</div></div></div>`;
  }
  const [kind, picture, words] = isBad
    ? (["danger", "alert-circle", "Something is wrong"] as const)
    : isWell
      ? (["success", "circle-check", "All is well"] as const)
      : (["warning", "alert-triangle", "Newsgather works, with some problems"] as const);
  const needs = concerns === 1 ? "thing needs" : "things need";
  const todo = concerns > 0 && `${isWell ? ", and" : ":"} ${concerns} ${needs} attention`;
  return html`<div class="alert alert-${kind}" role="status"><div class="alert-icon">${icon(picture)}</div><div><h2 class="alert-heading">${words}${todo}</h2><div class="alert-description">${articles}</div></div></div>`;
}

function figure(title: string, value: string, detail: Html | string): Html {
  return html`<div class="col-6 col-xl-3"><section class="card card-sm h-100"><div class="card-body"><h2 class="subheader">${title}</h2><div class="h1 mb-1">${value}</div><div class="text-secondary">${detail}</div></div></section></div>\n`;
}

function usualText(counts: readonly (number | null)[]): string {
  const days = Array.from({ length: CHART_DAYS - 1 }, (_, n) =>
    counts.slice(n * HOURS_PER_DAY, (n + 1) * HOURS_PER_DAY),
  );
  const known = days
    .filter((day) => day.every((count) => count !== null))
    .map((day) => day.reduce<number>((sum, count) => sum + (count ?? 0), 0));
  const sums = known.filter((sum) => sum > 0).toSorted((a, b) => a - b);
  if (sums.length === 0) return "the usual range isn't known yet";
  const [least, most] = [sums[0], sums.at(-1)];
  return least === most ? `usual: ${least}` : `usual: ${least} to ${most}`;
}

function statesText(states: ReadonlyMap<HealthState, number>): Html {
  const order = ["quarantined", "failing", "degraded", "ok", "unknown", "paused"] as const;
  return html`${order.flatMap((state) => {
    const count = states.get(state);
    return count
      ? [
          html`<a class="status ${HEALTH_CSS_CLASSES[state]}" href="/admin/sources?state=${state}">${count} ${state}</a> `,
        ]
      : [];
  })}`;
}

function delayText(row: Record<string, string | number | null> | undefined): [string, string] {
  const [seen, served] = [row?.["seen_half"], row?.["served_half"]];
  if (typeof seen !== "number" || typeof served !== "number")
    return ["–", "no articles since yesterday"];
  return [
    spanText(seen + served),
    `half are found within ${spanText(seen)} and shown ${spanText(served)} later`,
  ];
}

function jobsText(jobs: Record<string, Record<string, number>> | null): Html {
  if (!jobs) return html`Redis doesn't answer: <a href="/admin/health">health</a>`;
  const sum = (state: string) =>
    Object.values(jobs).reduce((all, one) => all + (one[state] ?? 0), 0);
  return html`<a href="/admin/queues">${sum("active")} ${sum("active") === 1 ? "job" : "jobs"} at work, ${sum("waiting")} waiting</a>`;
}

function hoursChart(
  title: string,
  { end, counts }: { end: Date; counts: readonly (number | null)[] },
  hours: number,
  zone: string,
): Html {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const all = counts.length;
  const rows = counts.slice(-hours).map((count, n) => {
    const start = new Date(end.getTime() - (hours - n) * HOUR_MS);
    const [low, high] = usualAt(counts, all - hours + n);
    return { at: start.toISOString(), name: format.format(start), values: [count, high, low] };
  });
  const about = { title, unit: "count" } as const;
  const isUsualKnown = rows.some(({ values }) => values[1] !== null);
  if (!isUsualKnown) {
    const counted = rows.map((row) => ({ ...row, values: row.values.slice(0, 1) }));
    return chart({ ...about, kind: "bars", columns: ["articles"], rows: counted });
  }
  const columns = ["articles", "usual maximum", "usual minimum"];
  return chart({ ...about, kind: "range", columns, rows });
}

function usualAt(counts: readonly (number | null)[], hour: number): [number | null, number | null] {
  const same = counts.filter(
    (count, n): count is number => count !== null && n !== hour && (n - hour) % HOURS_PER_DAY === 0,
  );
  const sorted = same.toSorted((a, b) => a - b);
  if (sorted.length < 3 || sorted.every((count) => count === 0)) return [null, null];
  return [sorted[1] ?? null, sorted.at(-2) ?? null];
}

function latestTable(
  articles: readonly ListedArticle[],
  names: ReadonlyMap<string, string>,
  zone: string,
): Html {
  return section(
    "Latest articles",
    ["Published", "Article", "Source"],
    articles.map(
      ({ _id, title, sourceId, sortAt }) =>
        html`<tr><td>${at(zone, sortAt)}</td><td><a href="${articlePath(_id)}"><bdi>${title}</bdi></a></td><td>${sourceLink(sourceId, names.get(sourceId))}</td></tr>\n`,
    ),
    html`None yet: articles appear after the first runs.`,
  );
}

function runsTable({ runs }: Overview, names: ReadonlyMap<string, string>, zone: string): Html {
  return section(
    "Runs",
    ["Source", "Started", "State", "Links", "New"],
    runs.slice(0, MAX_LATEST_ITEMS).map(({ _id, sourceId, startedAt, open, trigger, counts }) => {
      const state = open
        ? html`<span class="status status-blue">running</span>`
        : html`<span class="status status-secondary">ended</span>`;
      const how = trigger === "schedule" ? "" : ` (${trigger})`;
      return html`<tr><td>${sourceLink(sourceId, names.get(sourceId))}${how}</td><td><a href="/admin/run?id=${encodeURIComponent(_id)}">${at(zone, startedAt)}</a></td><td>${state}</td>
<td class="n">${counts.links}</td><td class="n">${counts.stored}</td></tr>\n`;
    }),
    html`No run yet: the first run starts when a source is due, or with <code>newsgather run --all --once</code>.`,
  );
}
