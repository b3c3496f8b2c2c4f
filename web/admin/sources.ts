import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import { SHORTEST_REASON } from "../../model/operations/audit.ts";
import { ProblemError } from "../../model/problem.ts";
import { FormMoment } from "../../model/request-times.ts";
import { withoutSecrets } from "../../model/sources/source.ts";
import { readStandings } from "../../store/sources/directory.ts";
import { may } from "../auth/actor.ts";
import { formToken } from "../auth/form.ts";
import { answerAction, askedBy, Reason, readForm, readQuery, Several } from "./actions.ts";
import type { AdminDeps } from "./deps.ts";
import { frame, sendEither } from "./frame.ts";
import { PAGE, pageOf, pager } from "./pages.ts";
import { readDays } from "./source-days.ts";
import { readRecords, sourcesTable, worstFirst } from "./sources-table.ts";

const STATES = ["ok", "unknown", "degraded", "failing", "quarantined", "paused"] as const;
/** What is done with ticked sources, and what its button says. */
const VERBS = {
  hold: "Hold",
  resume: "Let go on",
  accept: "Accept how they are read now",
  repair: "Write where they have moved to",
  find: "Look for what is gone",
} as const;
const Form = z.object({
  id: Several.pipe(z.array(z.string().max(63)).min(1, "tick a source").max(PAGE)),
  reason: Reason,
  until: z.union([z.literal(""), FormMoment]).default(""),
});
const Query = z.object({
  q: z.string().max(100).default(""),
  state: z.enum(STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100).catch(1),
});

/** `/admin/sources`: how the sources do, by page and filter, and what can be done with ticked ones. */
export function sourcesPage({ store, timezone, now, actions }: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.get("/admin/sources", { schema: { hide: true } }, async (request, reply) => {
      const { q, state, page } = readQuery(Query, request);
      const [standings, daysOf] = await Promise.all([
        readStandings(store),
        readDays(store, timezone, now()),
      ]);
      const wanted = worstFirst(standings, now()).filter(
        ({ source, health }) =>
          (!state || health.state === state) &&
          `${source._id} ${source.name}`.toLowerCase().includes(q.toLowerCase()),
      );
      const { sources, fill } = await readRecords(store, pageOf(wanted, page));
      const total = wanted.length;
      const twin = () => ({
        total,
        sources: sources.map(({ source, health }) => ({ ...withoutSecrets(source), health })),
      });
      return sendEither(request, reply, twin, () => {
        const ticks = actions !== null && may(request, "operate");
        const title = `Sources (${total})`;
        const shown = { title, fill, zone: timezone, now: now(), ticks, daysOf };
        const table = sourcesTable(sources, shown);
        const to = (n: number) =>
          `/admin/sources?${new URLSearchParams({ q, ...(state && { state }), page: String(n) }).toString()}`;
        const body = html`<h1>Sources</h1>${filter(q, state)}${ticks ? actOn(request, table) : table}
${pager(total, page, to)}`;
        return frame("Sources", body, request);
      });
    });

    if (!actions) return;
    for (const verb of Object.keys(VERBS) as (keyof typeof VERBS)[]) {
      const path = `/admin/sources/${verb}`;
      const act = verb === "find" ? actions.findMoved : actions[verb];
      app.post(path, { schema: { hide: true } }, async (request, reply) => {
        const { id: ids, reason, until } = readForm(Form, request);
        const asked = askedBy(request, reason);
        const done = await onEach(ids, (id) =>
          verb === "hold" && until !== "" ? actions.hold(id, asked, until) : act(id, asked),
        );
        return answerAction(request, reply, "/admin/sources", done);
      });
    }
  };
}

/** Does something with each source; one that refuses keeps it from no other, and throws what came of all. */
async function onEach(ids: string[], act: (id: string) => Promise<string>): Promise<string> {
  const told: string[] = [];
  let refusal: ProblemError | null = null;
  for (const id of ids) {
    try {
      told.push(`${id}: ${await act(id)}`);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      refusal = error;
      told.push(`${id}: not done, ${error.message}`);
    }
  }
  if (refusal && ids.length === 1) throw refusal;
  if (refusal) throw new ProblemError(refusal.status, refusal.code, told.join("; "));
  return ids.length === 1 ? told.join("").slice(`${ids[0]}: `.length) : told.join("; ");
}

function filter(q: string, state: string | undefined): Html {
  const options = STATES.map(
    (one) => html`<option${one === state && html` selected`}>${one}</option>`,
  );
  return html`<form method="get" action="/admin/sources" class="filter"><label>Name or id <input name="q" type="search" value="${q}" size="24"></label>
<label>State <select name="state"><option value="">any</option>${options}</select></label> <button>Show</button></form>`;
}

function actOn(request: FastifyRequest, table: Html): Html {
  const buttons = Object.entries(VERBS).map(
    ([verb, words]) => html`<button formaction="/admin/sources/${verb}">${words}</button> `,
  );
  return html`<form method="post" action="/admin/sources/hold">${formToken(request)}${table}
<label>Why <input name="reason" required minlength="${SHORTEST_REASON}" maxlength="500" size="40"></label>
<label>Hold until (UTC; empty: until somebody lets it go on) <input type="datetime-local" name="until"></label>
<p>With ticked sources: ${buttons}</p></form>`;
}
