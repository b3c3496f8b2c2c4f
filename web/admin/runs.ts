import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import type { Link } from "../../model/crawl/link.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  getRun,
  latestRuns,
  linksOfRun,
  type RunResponse,
  responsesOfRun,
  runsOf,
} from "../../store/crawl/runs.ts";
import { soon } from "../../store/queries.ts";
import { type SourceName, sourceNames } from "../../store/sources/directory.ts";
import { readQuery } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { Before, lastOfFull, older } from "./older.ts";
import { PAGE, sourceOptions } from "./pages.ts";
import { elsewhere, runTable } from "./run-table.ts";
import { section } from "./tables.ts";
import { at, reasonText } from "./words.ts";

/** Links and responses of one run that are shown. */
const LINKS = 500;

const Query = z.object({
  source: z.string().max(63).default(""),
  before: Before,
});

const RunQuery = z.object({ id: z.string().max(200).default("") });

/** `/admin/runs`: the runs of a source, or the latest of all, with what each cost and brought; `/admin/run`: the fate of its links. */
export function runsPage({ store, timezone, now }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/runs", { schema: { hide: true } }, async (request, reply) => {
      const { source, before } = readQuery(Query, request);
      const range = { before: before ?? soon(now()), limit: PAGE };
      const runs =
        source === "" ? await latestRuns(store, range) : await runsOf(store, source, range);
      const page = async () => {
        const sources = await sourceNames(store);
        const names = new Map(sources.map(({ _id, name }) => [_id, name]));
        const known = names.has(source) && elsewhere(source, "runs");
        const table =
          source === ""
            ? runTable("The latest runs of all sources", runs, { zone: timezone, names })
            : runTable(`Runs of ${names.get(source) ?? source}`, runs, { zone: timezone });
        const address = `/admin/runs?source=${encodeURIComponent(source)}`;
        // Of all sources too many start in one moment for pages to be told apart by it.
        const more = source !== "" && older(address, lastOfFull(runs, PAGE)?.startedAt);
        const body = html`<h1>Runs</h1>${choiceOf(sources, source)}${table}${more}${known}`;
        return frame("Runs", body, request);
      };
      return sendEither(request, reply, { source, runs }, page);
    });

    app.get("/admin/run", { schema: { hide: true } }, async (request, reply) => {
      const { id } = readQuery(RunQuery, request);
      const run = await getRun(store, id);
      if (!run) throw new ProblemError(404, "not-found", "There is no such run.");
      const [links, responses] = await Promise.all([
        linksOfRun(store, id, LINKS),
        responsesOfRun(store, run, LINKS),
      ]);
      const page = () =>
        frame(
          "Run",
          html`<h1>Run of <a href="/admin/source?id=${encodeURIComponent(run.sourceId)}">${run.sourceId}</a></h1>
${runTable(`Runs of ${run.sourceId}`, [run], { zone: timezone })}${linksTable(links)}${responsesTable(responses)}`,
          request,
        );
      return sendEither(request, reply, { run, links, responses }, page);
    });
  };

  function choiceOf(sources: readonly SourceName[], chosen: string): Html {
    const options = sourceOptions([{ _id: "", name: "all" }, ...sources], chosen);
    return html`<form method="get" action="/admin/runs"><label>Source <select name="source">${options}</select></label> <button>Show runs</button></form>`;
  }

  function linksTable(links: Link[]): Html {
    const rows = links.map(({ foundUrl, kind, state, outcome, reason, detail, doneAt }) => {
      const fate = reason ? reasonText(reason) : (outcome ?? state);
      return html`<tr><td class="url"><a href="/admin/why?url=${encodeURIComponent(foundUrl)}">${foundUrl}</a></td><td>${kind}</td>
<td>${state}</td><td class="why">${fate}${detail && ` (${detail})`}</td><td>${at(timezone, doneAt)}</td></tr>\n`;
    });
    const none = html`None: later runs have asked for them again; what came then is below.`;
    return section(
      "Links that this run was the last to ask for",
      ["Address", "Kind", "State", "Fate", "When"],
      rows,
      none,
    );
  }

  function responsesTable(responses: RunResponse[]): Html {
    const rows = responses.map(
      ({
        url,
        kind,
        lane,
        status,
        bytes,
        ms,
        fetchedAt,
      }) => html`<tr><td class="url"><a href="/admin/why?url=${encodeURIComponent(url)}">${url}</a></td><td>${kind}</td><td>${lane}</td>
<td class="n">${status}</td><td class="n">${bytes}</td><td class="n">${ms}</td><td>${at(timezone, fetchedAt)}</td></tr>\n`,
    );
    const heads = ["Address", "Kind", "Lane", "Status", "Bytes", "ms", "When"];
    return section("Responses", heads, rows, html`None is kept.`);
  }
}
