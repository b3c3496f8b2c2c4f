import { cached } from "../../lib/async.ts";
import { type Html, html } from "../../lib/text.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import { type HealthState, healthOf } from "../../model/sources/health.ts";
import { readHealthRecords, type SourceHealthRecord } from "../../store/sources/sources.ts";
import { type Routes, typed } from "../server/context.ts";
import { type Around, editionsOf, pathIn, timeElement } from "../server/edition.ts";
import { columns, layout } from "./layout.ts";

const SHOWN_STATES = {
  ok: "ok",
  degraded: "degraded",
  failing: "failing",
  quarantined: "failing",
  paused: "paused",
  unknown: "unknown",
} as const satisfies Record<HealthState, string>;

type ShownState = (typeof SHOWN_STATES)[HealthState];

const ORDER: readonly ShownState[] = ["failing", "degraded", "paused", "unknown", "ok"];

/**
 * Serves `/status`, which says whether each source works. Omits what only operators may see:
 * causes, URLs and hosts.
 */
export const statusRoutes: Routes = (app, context) => {
  const { config, store, now, snapshot } = context;
  if (!config.showStatus) return;
  const records = cached(() => readHealthRecords(store), { ttl: MINUTE_MS, size: 1 });
  for (const edition of editionsOf(config)) {
    typed(app).get(pathIn(edition, "/status"), { hide: true }, async (_, reply) => {
      const around = { edition, config, snapshot: await snapshot() };
      const { title, note: description } = edition.messages.status;
      const body = statusPage(await records.get("all"), around, now());
      reply.type("text/html; charset=utf-8").header("cache-control", "public, max-age=60");
      const page = { title, path: "/status", description, articles: [], body };
      return reply.send(layout(page, context, around));
    });
  }
};

function statusPage(records: readonly SourceHealthRecord[], around: Around, now: Date): Html {
  const { edition, config } = around;
  const { messages } = edition;
  const { title, note, states, last } = messages.status;
  const all = records
    .map((record) => ({ ...record, state: SHOWN_STATES[healthOf(record, now).state] }))
    .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const working = all.filter(({ state }) => state === "ok" || state === "degraded").length;
  const rows = all.map(({ _id, name, state, lastNewArticleAt }) => {
    const at = lastNewArticleAt && timeElement(edition, config.timezone, lastNewArticleAt, true);
    const href = pathIn(edition, `/source/${encodeURIComponent(_id)}`);
    return html`<li><div><a href="${href}"><bdi>${name}</bdi></a></div>
<p class="meta"><span>${states[state]}</span>${at && html` <span>${last}: ${at}</span>`}</p></li>\n`;
  });
  const main = html`<div class="heading"><h1>${title}</h1><p>${note} ${messages.statusSummary(working, all.length)}</p></div>
<ul class="index">
${rows}</ul>`;
  return columns(main, around);
}
