import type { FastifyRequest } from "fastify";
import { awaitAll, cachedPer } from "../../../lib/async.ts";
import { type Html, html } from "../../../lib/text.ts";
import { DAY_MS, dayIn, HOUR_MS } from "../../../lib/time.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import { articlesByHour } from "../../../store/articles/articles.ts";
import { type ListedArticle, readListing } from "../../../store/articles/listing.ts";
import { openAlarms } from "../../../store/operations/alarms.ts";
import { type Overview, readOverview } from "../../../store/operations/overview.ts";
import { readProcesses } from "../../../store/operations/processes.ts";
import { activeSources, readHealthRecords } from "../../../store/sources/sources.ts";
import { readStatistic } from "../../../store/statistics/read.ts";
import { chart, spanText } from "../charts.ts";
import { icon } from "../icons.ts";
import { sendLive } from "../live.ts";
import type { AdminDeps, AdminPage, PageDeps } from "../page.ts";
import { type SourceHealth, worstFirst } from "../sources/sources-table.ts";
import { CSS_CLASSES } from "../states.ts";
import { articlePath, at, section, sourceLink } from "../tables.ts";
import { type Concern, concernsCard, findConcerns, isBad } from "./attention.ts";

const HOURS_PER_DAY = 24;
const CHART_DAYS = 7;
const HOURS_CACHE_MS = { today: 60_000, yesterday: HOUR_MS / 2, before: 6 * HOUR_MS };
const MAX_TROUBLED_SOURCES = 10;
const MAX_LATEST_ITEMS = 10;
const LIVE_INTERVAL_MS = 5000;

/**
 * Returns the number of articles in each of the 24 hours before `end`, newest hour last. If there
 * are too many articles to count, the earliest hours are null.
 */
async function loadHours({ store }: AdminDeps, end: string): Promise<(number | null)[]> {
  const counts = await articlesByHour(store, new Date(Number(end)), { hours: HOURS_PER_DAY });
  const unknown = Array<null>(HOURS_PER_DAY - counts.length).fill(null);
  return [...unknown, ...counts];
}
const hoursOfToday = cachedPer(loadHours, { ttl: HOURS_CACHE_MS.today, size: 1 });
const hoursOfYesterday = cachedPer(loadHours, { ttl: HOURS_CACHE_MS.yesterday, size: 1 });
const hoursBefore = cachedPer(loadHours, { ttl: HOURS_CACHE_MS.before, size: CHART_DAYS });

async function readHours(deps: AdminDeps): Promise<{ end: Date; counts: (number | null)[] }> {
  const now = deps.now().getTime();
  const end = Math.floor(now / HOUR_MS + 1) * HOUR_MS;
  const lastDay = Math.ceil(end / DAY_MS) * DAY_MS;
  const days = Array.from({ length: CHART_DAYS + 1 }, (_, n) => {
    const dayEnd = lastDay - (CHART_DAYS - n) * DAY_MS;
    const age = now - dayEnd;
    const read = age < 0 ? hoursOfToday : age < DAY_MS ? hoursOfYesterday : hoursBefore;
    return read(deps, String(dayEnd));
  });
  const counts = (await Promise.all(days)).flat();
  const ahead = (lastDay - end) / HOUR_MS;
  const shown = counts.slice(HOURS_PER_DAY - ahead, counts.length - ahead);
  return { end: new Date(end), counts: shown };
}

export const overviewPage: AdminPage = {
  path: "/admin",
  title: "Overview",
  section: "Overview",
  commands: ["newsgather status", "newsgather top"],
  async show(request, deps) {
    const json = async () => {
      const reads = { ...startReads(deps), sources: activeSources(deps.store) };
      const { urgent, alarms, hours, queues, processes, overview, sources } = await awaitAll(reads);
      return {
        urgent,
        alarms,
        articlesByHour: hours.counts.slice(-HOURS_PER_DAY),
        queues,
        processes,
        sources: worstFirst(sources, deps.now()).map(({ source, health }) => ({
          ...withoutSecrets(source),
          health,
        })),
        ...overview,
      };
    };
    const page = async () =>
      html`<div id="live" class="vstack gap-3" data-live="/admin/live">${bodyOf(await readFacts(deps), deps, request)}</div>`;
    return { json, html: page, reload: 30 };
  },
  files: [
    {
      path: "/admin/live",
      send: async (request, reply, deps) =>
        sendLive(request, reply, deps, {
          intervalMs: LIVE_INTERVAL_MS,
          read: async () => ({ part: bodyOf(await liveFacts(deps), deps, request) }),
        }),
    },
  ],
};

const liveFacts = cachedPer(readFacts, { ttl: LIVE_INTERVAL_MS, size: 1 });

async function readFacts(deps: PageDeps) {
  const { store, timezone } = deps;
  const now = deps.now();
  const from = dayIn(timezone, new Date(now.getTime() - DAY_MS));
  const to = dayIn(timezone, now);
  const facts = await awaitAll({
    ...startReads(deps, MAX_LATEST_ITEMS),
    healths: readHealthRecords(store),
    latest: readListing(store, {}, { limit: MAX_LATEST_ITEMS, now }),
    delay: readStatistic(store, { name: "latency", rows: "total", from, to, top: 1 }),
    counts: deps.countAttention(),
  });
  return { ...facts, sources: worstFirst(facts.healths, now) };
}

/** Starts the reads that page and JSON share. `limit` bounds runs, hosts and dead letters. */
function startReads(deps: PageDeps, limit?: number) {
  const { store, producer } = deps;
  const now = deps.now();
  return {
    overview: readOverview(store, now, limit),
    processes: readProcesses(store, now),
    urgent: deps.findUrgentProblems(),
    hours: readHours(deps),
    queues: producer.counts().catch(() => null),
    alarms: openAlarms(store),
  };
}

function bodyOf(
  facts: Awaited<ReturnType<typeof readFacts>>,
  { timezone }: PageDeps,
  request: FastifyRequest,
): Html {
  const { overview, healths, sources, hours } = facts;
  const troubled = sources
    .filter(({ health: { state } }) => ["quarantined", "failing", "degraded"].includes(state))
    .slice(0, MAX_TROUBLED_SOURCES);
  const names = new Map(healths.map(({ _id, name }) => [_id, name]));
  const concerns = findConcerns({ ...facts, troubled, names });
  const lastDay = sumOf(hours.counts.slice(-HOURS_PER_DAY));
  const running = overview.runs.filter(({ open }) => open);
  return html`${sentence(concerns, { sources: healths.length, lastDay })}
<div class="row row-cards">
${figure("Articles in 24 hours", String(lastDay), usualText(hours.counts))}
${figure("Sources", String(healths.length), statesText(sources))}
${figure("From publication to portal", ...delayText(facts.delay.rows[0]))}
${figure("At work now", `${running.length} ${running.length === 1 ? "run" : "runs"}`, jobsText(facts.queues))}
</div>
${concernsCard(concerns, timezone, request)}
<div class="row row-cards">
<div class="col-lg-6"><section class="card"><div class="card-header"><h2 class="card-title">Articles an hour, 24 hours</h2></div><div class="card-body">${hoursChart("Articles an hour in the last 24 hours", hours, HOURS_PER_DAY, timezone)}</div></section></div>
<div class="col-lg-6"><section class="card"><div class="card-header"><h2 class="card-title">Articles an hour, 7 days</h2></div><div class="card-body">${hoursChart("Articles an hour in the last 7 days", hours, CHART_DAYS * HOURS_PER_DAY, timezone)}</div></section></div>
</div>
<div class="row row-cards">
<div class="col-lg-6">${latestTable(facts.latest.articles, names, timezone)}</div>
<div class="col-lg-6">${runsTable(overview, names, timezone)}</div>
</div>`;
}

function sentence(
  concerns: readonly Concern[],
  { sources, lastDay }: { sources: number; lastDay: number },
): Html {
  const isWrong = concerns.some(isBad);
  const isWell = concerns.every(({ state }) => state === "to do");
  const articles = `${lastDay} ${lastDay === 1 ? "article" : "articles"} in the last 24 hours. ${sources} active ${sources === 1 ? "source" : "sources"}.`;
  if (sources === 0) {
    return html`<div class="alert alert-info" role="status"><div class="alert-icon">${icon("rocket")}</div><div><h2 class="alert-heading">Nothing is watched yet</h2><div>No source is configured. <a href="/admin/add">Add the first source</a> from its home page, or put YAML files into <code>config/sources/</code>.</div></div></div>`;
  }
  const [kind, picture, words] = isWrong
    ? (["danger", "alert-circle", "Something is wrong"] as const)
    : isWell
      ? (["success", "circle-check", "All is well"] as const)
      : (["warning", "alert-triangle", "Newsgather works, with some problems"] as const);
  const needs = concerns.length === 1 ? "thing needs" : "things need";
  const todo =
    concerns.length > 0 && `${isWell ? ", and" : ":"} ${concerns.length} ${needs} attention`;
  return html`<div class="alert alert-${kind}" role="status"><div class="alert-icon">${icon(picture)}</div><div><h2 class="alert-heading">${words}${todo}</h2><div>${articles}</div></div></div>`;
}

function figure(title: string, value: string, detail: Html | string): Html {
  return html`<div class="col-6 col-xl-3"><section class="card card-sm h-100"><div class="card-body"><h2 class="subheader">${title}</h2><div class="h1 mb-1">${value}</div><div class="text-secondary">${detail}</div></div></section></div>\n`;
}

function sumOf(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function usualText(counts: readonly (number | null)[]): string {
  const days = Array.from({ length: CHART_DAYS - 1 }, (_, n) =>
    counts.slice(n * HOURS_PER_DAY, (n + 1) * HOURS_PER_DAY),
  );
  const known = days.filter((day) => day.every((count) => count !== null)).map(sumOf);
  const sums = known.filter((sum) => sum > 0).toSorted((a, b) => a - b);
  if (sums.length === 0) return "the usual range isn't known yet";
  const [least, most] = [sums[0], sums.at(-1)];
  return least === most ? `usual: ${least}` : `usual: ${least} to ${most}`;
}

function statesText(sources: readonly Pick<SourceHealth, "health">[]): Html {
  const order = ["quarantined", "failing", "degraded", "ok", "unknown", "paused"] as const;
  return html`${order.map((state) => {
    const count = sources.filter(({ health }) => health.state === state).length;
    return (
      count > 0 &&
      html`<a class="status ${CSS_CLASSES[state]}" href="/admin/sources?state=${state}">${count} ${state}</a> `
    );
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
