import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { PRODUCT } from "../../../config/env.ts";
import { type Html, html, type Part, percent } from "../../../lib/text.ts";
import { DAY_MS, MINUTE_MS } from "../../../lib/time.ts";
import { COMPLETENESS } from "../../../model/articles/article.ts";
import { MEASURED_FIELDS } from "../../../model/articles/fields.ts";
import { listEntryPoints } from "../../../model/crawl/entry-points.ts";
import { notPossible, ProblemError } from "../../../model/problem.ts";
import {
  announcedIn,
  budgetOf,
  type CoverageSummary,
  shareText,
} from "../../../model/sources/coverage.ts";
import { type Fill, type Health, healthOf } from "../../../model/sources/health.ts";
import { type Forecast, scheduleWords } from "../../../model/sources/schedule.ts";
import { PICKER_FIELDS } from "../../../model/sources/selector-picker.ts";
import { pauseOf, type SourceRecord, withoutSecrets } from "../../../model/sources/source.ts";
import { replayPreview } from "../../../sources/preview/replay.ts";
import { explainNextRun, forecast } from "../../../sources/schedule/forecast.ts";
import { readSiteRights } from "../../../sources/site-rights.ts";
import { type ListedArticle, readListing } from "../../../store/articles/listing.ts";
import { readCaptures } from "../../../store/crawl/captures.ts";
import { runsOf } from "../../../store/crawl/runs.ts";
import { soon } from "../../../store/queries.ts";
import { listCoverage } from "../../../store/sources/coverage.ts";
import { readFill } from "../../../store/sources/learned.ts";
import { fixtureDate, fixtureOf } from "../../../store/sources/previews.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { getVersion, readVersions } from "../../../store/sources/versions.ts";
import { may } from "../../auth/access.ts";
import { formToken } from "../../auth/form.ts";
import { sparkline } from "../charts.ts";
import { actionForm } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, type PageContent, readQuery } from "../page.ts";
import { rightsSection } from "../rights-section.ts";
import { badge, stateOf } from "../states.ts";
import { articlePath, at, externalLink, factsTable, section, sourcePath } from "../tables.ts";
import { elsewhere, responsesTable, runTable } from "./runs.ts";
import { readDays } from "./sources-table.ts";
import { compareVersions, restoreForm, retireForm, versionsTable } from "./versions.ts";

const SPARKLINE_DAYS = 30;
const MAX_ARTICLES = 10;
const MAX_RUNS = 10;
const MAX_CAPTURES = 10;
const MAX_SHOWN_VERSIONS = 5;
const MAX_RESTORABLE_VERSIONS = 20;

const PATH = "/admin/source";
const Id = z.string().min(1).max(63);
const Query = z.object({ id: z.string().max(63).default("") });

interface About {
  health: Health;
  fill: Fill | null;
  coverage: CoverageSummary | null;
  days: number[];
  next: Forecast;
  whyThen: string;
  fixtureAt: Date | null;
}

export const sourcePage: AdminPage = {
  path: PATH,
  title: "Source",
  section: "Sources",
  under: "/admin/sources",
  commands: ["newsgather health ID", "newsgather run ID", "newsgather sources edit --where id=ID"],
  async show(request, { store, timezone, now }) {
    const { id } = readQuery(Query, request);
    const source = await getSource(store, id);
    if (!source) throw new ProblemError(404, "not-found", "There is no such source.");
    const from = now();
    const [runs, fills, [coverage = null], daysOf, fixtureAt, listing, captures, versions, site] =
      await Promise.all([
        runsOf(store, id, { before: soon(from), limit: MAX_RUNS }),
        readFill(store, [id]),
        listCoverage(store, [id]),
        readDays(store, timezone, from, SPARKLINE_DAYS),
        fixtureDate(store, id, from),
        readListing(store, { sourceId: id, copies: true }, { limit: MAX_ARTICLES, now: from }),
        readCaptures(store, { of: { sourceId: id }, until: soon(from) }, { limit: MAX_CAPTURES }),
        readVersions(store, id),
        readSiteRights(store, source),
      ]);
    const about: About = {
      health: healthOf(source, from),
      fill: fills.get(id) ?? null,
      coverage,
      days: daysOf(id),
      next: forecast(source, from, new Date(from.getTime() + DAY_MS)),
      whyThen: explainNextRun(source, from),
      fixtureAt,
    };
    const { articles } = listing;
    return {
      json: {
        ...withoutSecrets(source),
        ...about,
        coverage: coverage && { ...coverage, ...budgetOf(coverage.total, coverage.objective) },
        ...site,
        runs,
        articles: articles.map((article) => {
          const { _id, title, url, sortAt, fieldScore } = article;
          return { id: _id, title, url, at: sortAt, fieldScore, missing: missingIn(article) };
        }),
        captures: captures.captures,
      },
      html: () => {
        const mayChange = may(request, "operate");
        const restore =
          mayChange && restoreForm(request, id, source, versions.slice(0, MAX_RESTORABLE_VERSIONS));
        const known = compareVersions(versions).slice(0, MAX_SHOWN_VERSIONS);
        return html`${stateCard(source, about, { now: from, zone: timezone })}
<div class="row row-cards"><div class="col-lg-6">${daysCard(about)}</div><div class="col-lg-6">${nextCard(source, about, timezone)}</div></div>
${mayChange && actionCards(request, source, about)}
${articlesTable(articles, about, { zone: timezone, picks: mayChange && source.active ? id : null })}${factsOf(source, about, timezone)}${rightsSection({ ...site, consent: source.rights.consent?.reason ?? null }, timezone)}
${runTable(`Runs of ${source.name}`, runs, { zone: timezone })}${responsesTable("Captures", captures.captures, timezone)}${versionsTable(known, timezone)}
${mayChange && html`<div class="row row-cards">${restore && html`<div class="col-lg-6">${restore}</div>`}${source.active && html`<div class="col-lg-6">${retireForm(request, id)}</div>`}</div>`}${elsewhere(request, id, "source")}`;
      },
      title: source.name,
      lead: html`<code>${id}</code>${source.home && html` · ${externalLink(source.home)}`}`,
      buttons: buttonsOf(request, source),
    };
  },
  actions: [
    action(`${PATH}/preview`, "operate", z.object({ id: Id }), async ({ id }, deps, { actor }) => {
      const source = await getSource(deps.store, id);
      const version = source?.active ? await getVersion(deps.store, id, source.version) : null;
      if (!version?.yaml) throw notPossible("There is no such active source.");
      const previewId = await deps.sites.preview({ yaml: version.yaml }, actor);
      return { location: `/admin/preview?id=${previewId}`, done: { id: previewId } };
    }),
    action(`${PATH}/test`, "operate", z.object({ id: Id }), ({ id }, deps) =>
      testFixture(id, deps),
    ),
  ],
};

async function testFixture(
  id: string,
  { store, timezone, now, openParser }: AdminDeps,
): Promise<PageContent> {
  const [source, fixture] = await Promise.all([getSource(store, id), fixtureOf(store, id, now())]);
  if (!source) throw notPossible("There is no such source.");
  if (!fixture) {
    throw notPossible(
      "This source has no fixture. To create one, preview the source and save the preview.",
    );
  }
  const reading = { parser: await openParser(), product: PRODUCT };
  const { at: fetchedAt, differences } = await replayPreview(reading, source, fixture);
  const items = differences.map((text) => html`<li>${text}</li>`);
  const back = html`<p><a class="btn" href="${sourcePath(id)}">Back to ${source.name}</a></p>`;
  const verdict =
    differences.length === 0
      ? html`<p class="alert alert-success" role="status">All fields are read as they were when the source was saved.</p>`
      : html`<div class="alert alert-warning" role="status"><div><p>Differences from when the source was saved: ${differences.length}</p><ul>${items}</ul></div></div>`;
  return {
    json: { source: id, at: fetchedAt, differences },
    html: html`${verdict}${back}`,
    title: `Fixture of ${source.name}`,
    lead: html`Pages as they were at ${at(timezone, fetchedAt)}, read with the current declaration and rules. Nothing was fetched.`,
  };
}

function stateCard(
  source: SourceRecord,
  { health }: About,
  { now, zone }: { now: Date; zone: string },
): Html {
  const { state, todo } = health;
  const { lastSuccessAt, lastNewArticleAt } = source;
  const words =
    state === "ok" && lastSuccessAt && !health.words
      ? html`the last run succeeded ${at(zone, lastSuccessAt)}${lastNewArticleAt && html`, the last new article came ${at(zone, lastNewArticleAt)}`}`
      : health.words;
  const seen = source.lastProblem && html` (${source.lastProblem})`;
  const actor = pauseOf(source, now)?.actor;
  return html`<section class="card card-body"><h2 class="visually-hidden">State</h2><p class="mb-0">${badge(stateOf(source, now))}${words && html` ${words}${seen}`}${actor && html`, by ${actor}`}${todo && html`<br>To do: ${todo}`}</p></section>`;
}

function daysCard({ days }: About): Html {
  const sum = days.reduce((all, day) => all + day, 0);
  const today = days.at(-1) ?? 0;
  return html`<section class="card card-body h-100"><h2 class="card-title">Articles a day, ${SPARKLINE_DAYS} days</h2>${sparkline(days, { width: 480, height: 56 })}
<p class="text-secondary mt-2">${sum} in ${SPARKLINE_DAYS} days, ${Number((sum / SPARKLINE_DAYS).toPrecision(2))} a day; ${today} today.</p></section>`;
}

function nextCard(
  { nextDueAt, openRunId }: SourceRecord,
  { next, whyThen }: About,
  zone: string,
): Html {
  const runs = next.visits.length;
  const delay = next.delay
    ? `; average delay of an article: ${Math.round(next.delay / MINUTE_MS)} min`
    : "";
  const running =
    openRunId &&
    html`<p><a href="/admin/run?id=${encodeURIComponent(openRunId)}">A run is open</a>.</p>`;
  return html`<section class="card card-body h-100"><h2 class="card-title">Next run</h2><div class="h3">${at(zone, nextDueAt)}</div>
<p>${whyThen}</p>${running}<p class="text-secondary">Runs in the next 24 hours: ${runs}${delay}.</p></section>`;
}

function missingIn({ organisations, ...article }: ListedArticle) {
  const authors = [article.authors ?? [], organisations ?? []].flat();
  const fields = { ...article, authors };
  return MEASURED_FIELDS.filter((name) => {
    const value = fields[name];
    return !value || (Array.isArray(value) && value.length === 0);
  });
}

function articlesTable(
  articles: readonly ListedArticle[],
  { fill }: About,
  { zone, picks }: { zone: string; picks: string | null },
): Html {
  const rows = articles.map((article) => {
    const { _id, title, sortAt, fieldScore } = article;
    const missing = missingIn(article);
    return html`<tr><td>${at(zone, sortAt)}</td><td><a href="${articlePath(_id)}"><bdi>${title}</bdi></a></td><td class="n">${fieldScore === undefined ? "" : percent(fieldScore)}</td>
<td class="why">${missing.length > 0 ? missing.join(", ") : "nothing"}</td></tr>\n`;
  });
  const isPicked = (name: string) => (PICKER_FIELDS as readonly string[]).includes(name);
  const rates = Object.entries(fill?.fields ?? {}).map(([name, share]) => {
    const rate = html`${name} ${percent(share)}`;
    const part =
      picks && isPicked(name)
        ? html`<a class="status status-secondary" href="/admin/selector-picker?source=${picks}&amp;field=${name}" title="Point at it in a page">${rate}</a>`
        : html`<span class="status status-secondary">${rate}</span>`;
    return html`<li class="list-inline-item">${part}</li>`;
  });
  const filled =
    fill &&
    html`<section class="card card-body"><h2 class="card-title">How complete the fields are</h2><p>Of the last ${fill.articles} articles: ${percent(fill.fieldScore)} on the whole.</p><ul class="list-inline">${rates}</ul></section>`;
  const none = html`None yet: articles appear after the first run.`;
  return html`${section("Last articles", ["Published", "Article", "Filled", "Missing"], rows, none)}${filled}`;
}

function buttonsOf(request: FastifyRequest, { _id, active }: SourceRecord): Html {
  const id = encodeURIComponent(_id);
  const edit = active && may(request, "operate");
  return html`${edit && html`<a class="btn btn-primary" href="/admin/source/edit?id=${id}">Edit</a><a class="btn" href="/admin/selector-picker?source=${id}">Pick selectors</a>`}<a class="btn" href="/source/${id}">On the portal</a>`;
}

function actionCards(
  request: FastifyRequest,
  { _id, active, pausedByOperator }: SourceRecord,
  { fixtureAt }: About,
): Html | false {
  if (!active) return false;
  const id = html`<input type="hidden" name="id" value="${_id}">`;
  const pause = html`<label class="form-label">Pause until (UTC; empty: until it is resumed) <input class="form-control" type="datetime-local" name="until"></label>`;
  const fields = html`${id}${!pausedByOperator && pause}`;
  const also = pausedByOperator
    ? html`<button class="btn" formaction="/admin/sources/resume">Resume it</button>`
    : html`<button class="btn" formaction="/admin/sources/pause">Pause it</button>`;
  const fixture = fixtureAt
    ? html`<button class="btn" formaction="${PATH}/test">Test against the fixture</button>`
    : html`<span class="text-secondary">This source has no fixture to test against.</span>`;
  return html`<div class="row row-cards"><div class="col-lg-6"><section class="card card-body h-100"><h2 class="card-title">Run or pause</h2>${actionForm(request, { action: "/admin/schedule/run", button: "Run now", fields, also })}</section></div>
<div class="col-lg-6"><section class="card card-body h-100"><h2 class="card-title">Check</h2><p>A preview fetches the source's entry points and first articles and stores none of them. A test extracts the stored pages of the source's fixture again.</p>
<form method="post" action="${PATH}/preview">${formToken(request)}${id}<div class="btn-list"><button class="btn">Preview it</button>${fixture}</div></form></section></div></div>`;
}

function factsOf(source: SourceRecord, about: About, zone: string): Html {
  const { coverage } = about;
  const none = "not known yet";
  const id = encodeURIComponent(source._id);
  const entries = listEntryPoints(source).map(
    ({ kind, url }) =>
      html`<li>${kind} <a class="url" href="/admin/why?url=${encodeURIComponent(url)}">${url}</a></li>`,
  );
  const silent = source.silentAt ? at(zone, source.silentAt) : none;
  const published = `articles that are at least ${source.publish} (${COMPLETENESS[source.publish]})`;
  const covered = coverage ? coverageText(coverage) : none;
  const rows: [string, Part][] = [
    ["Entry points", html`<ul>${entries}</ul>`],
    ["Schedule", scheduleWords(source.schedule)],
    ["Last attempt", at(zone, source.lastAttemptAt)],
    ["Last success", at(zone, source.lastSuccessAt)],
    ["Last new article", at(zone, source.lastNewArticleAt)],
    ["Counts as silent if no new article comes by", silent],
    ["Coverage", html`<a href="/admin/coverage?source=${id}">${covered}</a>`],
    ["How the source is fetched", waysOf(source)],
    ["What is published", published],
    ["Declaration", html`<a href="/admin/versions?source=${id}">version ${source.version}</a>`],
  ];
  return html`<section class="card card-body"><h2 class="card-title">What is known about this source</h2>${factsTable(rows)}</section>`;
}

function coverageText({ total, objective }: CoverageSummary): string {
  if (announcedIn(total) === 0) return "nothing announced in the last 28 days";
  const { inTime, covered } = budgetOf(total, objective);
  return `of the articles announced in 28 days (${announcedIn(total)}), ${shareText(inTime)} appeared in time, ${shareText(covered)} by now`;
}

function waysOf({ render, pace, proxy, login, headers, ignoreRobots }: SourceRecord): string {
  const sent = Object.keys(headers).join(", ");
  const ways = {
    http: "over HTTP",
    browser: "in the browser",
    auto: "over HTTP, in the browser where needed",
  };
  return [
    ways[render],
    `${pace.delay / 1000} s between requests, at most ${pace.concurrency} at once`,
    proxy && `through the proxy ${proxy}`,
    login && "behind a login",
    sent && `with ${sent}`,
    ignoreRobots && `ignoring robots.txt: ${ignoreRobots.reason}`,
  ]
    .filter(Boolean)
    .join("; ");
}
