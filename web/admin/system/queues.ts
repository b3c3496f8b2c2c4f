import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Queue } from "bullmq";
import type { FastifyPluginAsync } from "fastify";
import { html } from "../../../lib/text.ts";
import { QUEUES_UI_PATH } from "../../auth/access.ts";
import type { AdminPage } from "../page.ts";
import { section } from "../tables.ts";

const STATES = {
  waiting: "Waiting",
  prioritized: "Prioritised",
  active: "At work",
  delayed: "Later",
  failed: "Failed",
  paused: "Paused",
} as const;

const JOB_DESCRIPTIONS: Readonly<Record<string, string>> = {
  schedule: "one search for due sources and hosts, every few seconds",
  crawl: "one run of one source",
  fetch: "fetching of one host's due links over HTTP, one at a time",
  render: "fetching of one host's due links in the browser, one at a time",
  announce: "publication of announced items whose pages aren't available",
  preview: "one preview of a source in the browser",
  reread: "another reading of articles of one source, without boilerplate",
  deliver: "delivery of the next changes to one webhook",
  export: "one export requested over HTTP",
  maintain: "upkeep, such as repairs and the removal of old data",
};

export const queuesPage: AdminPage = {
  path: "/admin/queues",
  title: "Queues",
  section: "System",
  commands: ["newsgather top"],
  async show(_, { producer }) {
    const queues = await producer.counts().catch(() => null);
    const rows = Object.entries(queues ?? {}).map(
      ([name, counts]) => html`<tr><th scope="row">${name}</th><td>${JOB_DESCRIPTIONS[name]}</td>
${Object.keys(STATES).map((state) => html`<td class="n">${counts[state] ?? 0}</td>`)}</tr>\n`,
    );
    const heads = ["Queue", "A job is", ...Object.values(STATES)];
    const none = html`Redis doesn't answer: <code>newsgather doctor</code> explains why.`;
    const each =
      rows.length > 0 &&
      html`<p><a href="${QUEUES_UI_PATH}">Each job, in bull-board</a> (read only). The database knows what is due, so a queue can be emptied at any moment.</p>`;
    return { json: { queues }, html: html`${section("Jobs by state", heads, rows, none)}${each}` };
  },
};

/** bull-board's own search for the folder fails in ES modules. */
const UI_FOLDER = dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json"));

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/** Serves bull-board read-only, because the admin's own pages have actions on links and runs. */
export function queuesUi(queues: readonly Queue[]): FastifyPluginAsync {
  return async (app) => {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import("@bull-board/api"),
      import("@bull-board/api/bullMQAdapter"),
      import("@bull-board/fastify"),
    ]);
    const serverAdapter = new FastifyAdapter();
    serverAdapter.setBasePath(QUEUES_UI_PATH);
    const shown = queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
    createBullBoard({
      queues: shown,
      serverAdapter,
      options: { uiBasePath: UI_FOLDER, uiConfig: { boardTitle: "Queues" } },
    });
    app.addHook("onSend", async (_, reply) => {
      reply.header("content-security-policy", POLICY);
    });
    const register = serverAdapter.registerPlugin();
    await app.register(
      async (scope, options) => {
        // bull-board's error handler would turn a refused login into an internal error, so the
        // server's handler stays.
        Object.assign(scope, { setErrorHandler: () => scope });
        await new Promise<void>((resolve) => register(scope, options, () => resolve()));
      },
      { prefix: QUEUES_UI_PATH },
    );
  };
}
