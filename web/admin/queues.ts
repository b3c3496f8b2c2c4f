import type { FastifyPluginAsync } from "fastify";
import { html } from "../../lib/html.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { section } from "./tables.ts";

const STATES = {
  waiting: "Waiting",
  prioritized: "Prioritised",
  active: "At work",
  delayed: "Later",
  failed: "Failed",
  paused: "Paused",
} as const;

/** What each queue's jobs are. */
export const JOBS: Readonly<Record<string, string>> = {
  schedule: "a tick: due sources and hosts are looked for",
  crawl: "one run of one source",
  fetch: "one turn of a host over HTTP",
  render: "one turn of a host in the browser",
  reread: "articles of a source that were read before its boilerplate was known",
  deliver: "the next changes of one subscriber",
  export: "one export that was asked for over HTTP",
  maintain: "housekeeping",
};

/** `/admin/queues`: jobs of each queue by state, and the way to each of them in bull-board. */
export function queuesPage({ queues }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/queues", { schema: { hide: true } }, async (request, reply) => {
      const counts = queues ? await queues().catch(() => null) : null;
      return sendEither(request, reply, { queues: counts }, () => {
        const rows = Object.entries(counts ?? {}).map(
          ([name, states]) => html`<tr><th scope="row">${name}</th><td>${JOBS[name]}</td>
${Object.keys(STATES).map((state) => html`<td class="n">${states[state] ?? 0}</td>`)}</tr>\n`,
        );
        const heads = ["Queue", "A job is", ...Object.values(STATES)];
        const none = html`Redis doesn't answer: <code>newsgather doctor</code> tells why.`;
        const board =
          rows.length > 0 &&
          html`<p><a href="/admin/queues/board">Each job, in bull-board</a> (to look at). The database knows what is due: a queue may be emptied at any moment.</p>`;
        return frame(
          "Queues",
          html`<h1>Queues</h1>${section("Jobs by state", heads, rows, none)}${board}`,
          request,
        );
      });
    });
  };
}
