import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, type Part } from "../../lib/html.ts";
import { percent } from "../../lib/text.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/time.ts";
import { ProblemError } from "../../model/problem.ts";
import { type Health, healthOf } from "../../model/sources/health.ts";
import type { Fill } from "../../model/sources/quality.ts";
import type { Recall } from "../../model/sources/recall.ts";
import { type Forecast, scheduleWords } from "../../model/sources/schedule.ts";
import { type SourceRecord, withoutSecrets } from "../../model/sources/source.ts";
import { runsOf } from "../../store/crawl/runs.ts";
import { soon } from "../../store/queries.ts";
import { getFill } from "../../store/sources/quality.ts";
import { getRecall } from "../../store/sources/recalls.ts";
import { getSource } from "../../store/sources/sources.ts";
import { may } from "../auth/actor.ts";
import { actionForm, readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { elsewhere, runTable } from "./run-table.ts";
import { readDays, sparkline } from "./source-days.ts";
import { fillOf } from "./sources-table.ts";
import { at, stateOf } from "./words.ts";

/** Runs that are shown; the others are a page of their own. */
const RUNS = 10;

const Query = z.object({ id: z.string().max(63).default("") });

/** What is known of a source beside its record. */
interface About {
  health: Health;
  fill: Fill | null;
  recall: Recall | null;
  /** Articles of each of the last days. */
  days: number[];
  /** Of the next 24 hours. */
  next: Forecast | null;
}

/** `/admin/source`: one source: how it stands and what to do, how it is asked, and what its latest runs brought. */
export function sourcePage({
  store,
  timezone,
  now,
  actions,
  forecast,
}: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/source", { schema: { hide: true } }, async (request, reply) => {
      const { id } = readQuery(Query, request);
      const source = await getSource(store, id);
      if (!source) throw new ProblemError(404, "not-found", "There is no such source.");
      const from = now();
      const [runs, fill, recall, daysOf] = await Promise.all([
        runsOf(store, id, { before: soon(from), limit: RUNS }),
        getFill(store, id),
        getRecall(store, id),
        readDays(store, timezone, from),
      ]);
      const about: About = {
        health: healthOf(source, from),
        fill,
        recall,
        days: daysOf(id),
        next: forecast && forecast(source, from, new Date(from.getTime() + DAY_MS)),
      };
      const { missed = [], ...counts } = recall ?? {};
      const twin = { ...about, recall: recall && { ...counts, missed: missed.length }, runs };
      return sendEither(request, reply, { ...withoutSecrets(source), ...twin }, () => {
        const writes = actions !== null && may(request, "operate");
        const body = html`<div class="heading"><h1><bdi>${source.name}</bdi></h1>${standing(source, about, from)}</div>
${factsOf(source, about, timezone)}${writes && acts(request, source)}${runTable(`Runs of ${source.name}`, runs, { zone: timezone })}${elsewhere(id, "source")}`;
        return frame(source.name, body, request);
      });
    });
  };
}

function standing(source: SourceRecord, { health }: About, now: Date): Html {
  const { word, look } = stateOf(source, now);
  const { words, todo } = health;
  const seen = source.lastProblem && html` (${source.lastProblem})`;
  return html`<p><span class="state ${look}">${word}</span>${words && html`: ${words}${seen}`}${todo && html`<br>To do: ${todo}`}</p>`;
}

function factsOf(source: SourceRecord, about: About, zone: string): Html {
  const { next, recall, fill, days } = about;
  const none = "not known yet";
  const delay = next?.delay ? `, an article waits ${Math.round(next.delay / MINUTE_MS)} min` : "";
  const found = recall && html`${shareOf(recall)} of ${recall.published} in ${recall.days} days`;
  const id = encodeURIComponent(source._id);
  const rows: [string, Part][] = [
    ["Entry points", html`<ul>${entriesOf(source)}</ul>`],
    [
      "Schedule",
      `${scheduleWords(source.schedule)}${next ? `: ${next.visits.length} runs in the next 24 hours${delay}` : ""}`,
    ],
    ["Next due", at(zone, source.nextDueAt)],
    ["Last attempt", at(zone, source.lastAttemptAt)],
    ["Last success", at(zone, source.lastSuccessAt)],
    ["Last new article", at(zone, source.lastNewArticleAt)],
    ["Silent, if nothing comes until", source.silentAt ? at(zone, source.silentAt) : none],
    ["Articles of 7 days", html`${sparkline(days)} ${days.reduce((sum, day) => sum + day, 0)}`],
    ["Fields that are filled", fillOf(fill ?? undefined)],
    ["Recall", found ?? html`not measured: <a href="/admin/recall?source=${id}">measure it</a>`],
    ["How it is asked", waysOf(source)],
    ["Declaration", html`<a href="/admin/versions?source=${id}">version ${source.version}</a>`],
  ];
  return html`<section><h2>What is known of it</h2><div class="scroll"><table><tbody>
${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table></div></section>`;
}

function shareOf({ stored, published }: Recall): string {
  return published === 0 ? "–" : percent(stored / published);
}

function entriesOf({ feeds, sitemaps, listings }: SourceRecord): Html[] {
  const all = [
    ...feeds.map((url) => ["feed", url]),
    ...sitemaps.map((url) => ["sitemap", url]),
    ...listings.map(({ url }) => ["list", url]),
  ];
  return all.map(([kind, url = ""]) => {
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

function acts(request: FastifyRequest, { _id, active, held }: SourceRecord): Html | false {
  if (!active) return false;
  const fields = html`<input type="hidden" name="id" value="${_id}">`;
  const form = { action: "/admin/schedule/run", button: "Run it now", fields };
  const also = held
    ? html`<button formaction="/admin/sources/resume">Let it go on</button>`
    : html`<button formaction="/admin/sources/hold">Hold it</button>`;
  return html`<section><h2>Do</h2>${actionForm(request, { ...form, also })}</section>`;
}
