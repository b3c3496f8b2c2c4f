import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../../lib/text.ts";
import type { Author } from "../../../model/operations/audit.ts";
import { notPossible, ProblemError } from "../../../model/problem.ts";
import { FormMoment } from "../../../model/request-times.ts";
import { healthOf } from "../../../model/sources/health.ts";
import { withoutSecrets } from "../../../model/sources/source.ts";
import { repairMoved } from "../../../sources/discovery/moved.ts";
import { changeAtPlace } from "../../../sources/files/manage.ts";
import { acceptBaseline, hold, resume } from "../../../sources/operations.ts";
import { readFill } from "../../../store/sources/learned.ts";
import {
  getSources,
  readHealthRecords,
  type SourceHealthRecord,
} from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { options, Reason, Several, tickedForm, unlessEmpty } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { PAGE_SIZE, pageOf, pager, type Sorts, sortKey, sortRows } from "../tables.ts";
import {
  readDays,
  type SourceHealth,
  severityOf,
  sourcesTable,
  worstFirst,
} from "./sources-table.ts";

const STATES = ["ok", "unknown", "degraded", "failing", "quarantined", "paused"] as const;
const Form = z.object({
  id: Several.pipe(z.array(z.string().max(63)).min(1, "tick a source").max(PAGE_SIZE)),
  reason: Reason,
  until: unlessEmpty(FormMoment.optional()),
});
const Query = z.object({
  q: z.string().max(100).default(""),
  state: z.enum(STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100).catch(1),
  sort: sortKey(Object.keys(sortsOf(() => []))),
});

function sortsOf(daysOf: (id: string) => number[]): Sorts<SourceHealth<SourceHealthRecord>> {
  const time = (at: Date | null) => at?.getTime() ?? null;
  const weekOf = (id: string) => daysOf(id).reduce((sum, count) => sum + count, 0);
  return {
    name: ["Source", ({ source }) => source.name],
    state: ["State, and what to do", ({ health }) => severityOf(health.state)],
    new: ["Last new article", ({ source }) => time(source.lastNewArticleAt)],
    week: ["7 days", ({ source }) => weekOf(source._id)],
    attempt: ["Last attempt", ({ source }) => time(source.lastAttemptAt)],
    success: ["Last success", ({ source }) => time(source.lastSuccessAt)],
    due: ["Next due", ({ source }) => time(source.nextDueAt)],
  };
}

type Act = (
  id: string,
  deps: AdminDeps,
  change: Author & { until?: Date | undefined },
) => Promise<string>;

const VERBS: Readonly<Record<string, { words: string; act: Act }>> = {
  pause: {
    words: "Pause",
    async act(id, { store, now }, change) {
      if (change.until && change.until <= now()) throw notPossible("This time is in the past.");
      if (!(await hold(store, id, change, now()))) throw notPossible("There is no such source.");
      return "paused; a run that has started finishes first";
    },
  },
  resume: {
    words: "Resume",
    async act(id, { store, now }, { actor, reason }) {
      if (await resume(store, id, { actor, reason }, now())) return "resumed";
      throw notPossible("No operator has paused this source.");
    },
  },
  accept: {
    words: "Accept the new layout",
    async act(id, { store, now }, { actor, reason }) {
      if (await acceptBaseline(store, id, { actor, reason }, now()))
        return "the new layout is now the baseline";
      throw notPossible("The layout of this source hasn't changed.");
    },
  },
  repair: {
    words: "Apply the new URLs",
    act: (id, deps, author) => changeAtPlace(deps, id, (place) => repairMoved(place, id, author)),
  },
  find: {
    words: "Find new URLs of entry points that are gone",
    act: (id, { sites }, { actor, reason }) => sites.findMoved(id, { actor, reason }),
  },
};

export const sourcesPage: AdminPage = {
  path: "/admin/sources",
  title: "Sources",
  section: "Sources",
  tab: "List",
  commands: ["newsgather health", "newsgather sources list"],
  async countAttention({ store, now }) {
    const states = (await readHealthRecords(store)).map((one) => healthOf(one, now()).state);
    return states.filter((state) => state === "failing" || state === "quarantined").length;
  },
  async show(request, { store, timezone, now }) {
    const { q, state, page, sort } = readQuery(Query, request);
    const [sourceHealths, daysOf] = await Promise.all([
      readHealthRecords(store),
      readDays(store, timezone, now()),
    ]);
    const wanted = worstFirst(sourceHealths, now()).filter(
      ({ source, health }) =>
        (!state || health.state === state) &&
        `${source._id} ${source.name}`.toLowerCase().includes(q.toLowerCase()),
    );
    const keys = sortsOf(daysOf);
    const sorted = sortRows(wanted, sort, keys);
    const shown = pageOf(sorted, page);
    const ids = shown.map(({ source }) => source._id);
    const [records, fill] = await Promise.all([getSources(store, ids), readFill(store, ids)]);
    const sources = shown.flatMap(({ source: { _id }, health }) => {
      const source = records.get(_id);
      return source ? [{ source, health }] : [];
    });
    const total = wanted.length;
    const json = () => ({
      total,
      sources: sources.map(({ source, health }) => ({ ...withoutSecrets(source), health })),
    });
    const body = () => {
      const ticks = may(request, "operate");
      const address = (query: Record<string, string>) =>
        `/admin/sources?${new URLSearchParams({ q, ...(state && { state }), ...query }).toString()}`;
      const sorts = { keys, current: sort, to: (order: string) => address({ sort: order }) };
      const how = { fill, zone: timezone, now: now(), ticks, daysOf };
      const table = sourcesTable(`Sources (${total})`, sources, how, { sorts });
      const toPage = (n: number) => address({ ...(sort && { sort }), page: String(n) });
      return html`${filter(q, state)}${ticks ? actOn(request, table) : table}
${pager(total, page, toPage)}`;
    };
    return { json, html: body };
  },
  actions: Object.entries(VERBS).map(([verb, { act }]) =>
    action(`/admin/sources/${verb}`, "operate", Form, ({ id: ids, until }, deps, author) =>
      onEach(ids, (id) => act(id, deps, { ...author, ...(until && { until }) })),
    ),
  ),
};

async function onEach(ids: string[], act: (id: string) => Promise<string>): Promise<string> {
  const results: string[] = [];
  let refusal: ProblemError | null = null;
  for (const id of ids) {
    try {
      results.push(`${id}: ${await act(id)}`);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      refusal = error;
      results.push(`${id}: not done, ${error.message}`);
    }
  }
  if (refusal && ids.length === 1) throw refusal;
  if (refusal) throw new ProblemError(refusal.status, refusal.code, results.join("; "));
  return ids.length === 1 ? results.join("").slice(`${ids[0]}: `.length) : results.join("; ");
}

function filter(q: string, state: string | undefined): Html {
  return html`<form method="get" action="/admin/sources" class="filter"><label class="form-label">Name or id <input class="form-control" name="q" type="search" value="${q}" size="24"></label>
<label class="form-label">State <select class="form-select" name="state"><option value="">any</option>${options(STATES, state)}</select></label> <button class="btn btn-primary">Show</button></form>`;
}

function actOn(request: FastifyRequest, table: Html): Html {
  const buttons = Object.entries(VERBS).map(
    ([verb, { words }]) =>
      html`<button class="btn" formaction="/admin/sources/${verb}">${words}</button> `,
  );
  const fields = html`<strong class="w-100">With ticked sources</strong><label class="form-label">Pause until (UTC; empty: until it is resumed) <input class="form-control" type="datetime-local" name="until"></label>`;
  return tickedForm(request, { action: "/admin/sources/pause", list: table, fields, buttons });
}
