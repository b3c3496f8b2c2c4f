import { randomBytes } from "node:crypto";
import { z } from "zod";
import { storedView } from "../../articles/stream/views.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import {
  EXPORT_FORMATS,
  EXPORT_PURPOSES,
  type Export,
  type ExportParams,
} from "../../model/archive/export.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../model/problem.ts";
import { Query, ViewId } from "../../model/publish/filter.ts";
import { endOf, firstMomentOf, TimeText } from "../../model/request-times.ts";
import type { Producer } from "../../queues/producer.ts";
import { exportQueue } from "../../queues/queues.ts";
import {
  addExport,
  dueExports,
  getExport,
  MAX_WAITING_EXPORTS,
  removeExport,
} from "../../store/archive/exports.ts";
import { noted } from "../../store/operations/audit.ts";
import { changedAt, tailSeq } from "../../store/publish/changes.ts";
import { readDirectory } from "../../store/sources/directory.ts";
import { EPOCH, type Store } from "../../store/store.ts";
import type { SearchActions } from "../server/config.ts";
import { checkQuery } from "./search.ts";
import { savedSearch } from "./searches.ts";

/** An empty body requests all articles whose publishers allow analysis, as JSON lines. */
export const ExportBody = z.strictObject({
  format: z
    .enum(EXPORT_FORMATS)
    .default("jsonl")
    .describe("warc and wacz contain responses, the other formats articles"),
  purpose: z
    .enum(EXPORT_PURPOSES)
    .default("analysis")
    .describe(
      "Use of the export; items whose publishers reserve this use are skipped (docs/operators/publishers.md)",
    ),
  source: z
    .array(z.string().max(63))
    .min(1)
    .max(500)
    .optional()
    .describe("Only items of these sources"),
  view: ViewId.optional().describe("Only articles in this view"),
  filter: Query.optional().describe(
    "Only articles that pass this filter; not together with `view`",
  ),
  search: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "Only articles that this search finds, including those that readers don't see (docs/analysts/search.md)",
    ),
  saved: z
    .string()
    .max(63)
    .optional()
    .describe("Name of a saved search to use instead of `search`"),
  since: TimeText.optional().describe(
    `Published (articles) or fetched (responses) since: ${TIME_FORMS}`,
  ),
  until: TimeText.optional().describe(
    "Published (articles) or fetched (responses) before this time; a day, month or year (in UTC) is included in full",
  ),
  as_of: TimeText.optional().describe("Articles as they were stored at a past time"),
});

type ExportBody = z.output<typeof ExportBody>;

/** Unfinished exports expire after this many ms; those due within this time count as waiting. */
const WAITING_EXPORT_TTL_MS = 30 * 86_400_000;

export interface RequestExportDeps {
  store: Store;
  producer: Pick<Producer, "add">;
  search?: SearchActions | undefined;
}

/** Stores and queues an export. Throws a problem if it is invalid or too many are waiting. */
export async function askExport(
  { store, producer, search }: RequestExportDeps,
  body: ExportBody,
  audit: AuditContext,
): Promise<Export> {
  const { actor, now } = audit;
  const params = await toExportParams(store, body, now);
  if (params.search) {
    if (!search) throw invalid("Search is off. NEWSGATHER_SEARCH=on turns it on.");
    await checkQuery(search, params.search);
  }
  const far = new Date(now.getTime() + WAITING_EXPORT_TTL_MS);
  if ((await dueExports(store, far)).length >= MAX_WAITING_EXPORTS) {
    const detail = `${MAX_WAITING_EXPORTS} exports are already waiting. Try again later.`;
    throw new ProblemError(429, "too-many-exports", detail);
  }
  const one: Export = {
    _id: randomBytes(12).toString("hex"),
    params,
    actor,
    requestedAt: now,
    state: "waiting",
    dueAt: now,
    owner: null,
    written: 0,
    leftOut: {},
    failures: 0,
    reason: null,
    finishedAt: null,
    files: [],
    expiresAt: far,
  };
  const what = { action: "export.ask", subject: one._id, detail: JSON.stringify(params) };
  await noted(store, audit, what, () => addExport(store, one));
  // Without Redis, the export waits: due exports are queued again every few seconds.
  await producer.add(exportQueue, [{ exportId: one._id }]).catch(() => {});
  return one;
}

/** Removes an export and its files, even while it is being written. */
export async function dropExport(store: Store, id: string, audit: AuditContext): Promise<void> {
  await exportOf(store, id);
  const what = { action: "export.remove", subject: id };
  if (!(await noted(store, audit, what, () => removeExport(store, id)))) throw unknown(id);
}

/** Returns an export by id; throws a 404 problem if the id is unknown. */
export async function exportOf(store: Store, id: string): Promise<Export> {
  const one = await getExport(store, id);
  if (!one) throw unknown(id);
  return one;
}

function unknown(id: string): ProblemError {
  return new ProblemError(
    404,
    "unknown-export",
    `There is no export "${id}". Exports are stored for a week.`,
  );
}

async function toExportParams(store: Store, body: ExportBody, now: Date): Promise<ExportParams> {
  const { format, purpose, source: sources = null, view, filter } = body;
  const since = body.since === undefined ? EPOCH : firstMomentOf(body.since, now);
  // A day, month or year counts to its end.
  const until = body.until === undefined ? now : endOf(body.until, now);
  const asOf = body.as_of === undefined ? null : firstMomentOf(body.as_of, now);
  const ofResponses = format === "warc" || format === "wacz";
  const ofArticles = [view, filter, body.as_of, body.search, body.saved].some(
    (value) => value !== undefined,
  );
  if (ofResponses && ofArticles)
    throw invalid("view, filter, search, saved and as_of apply to articles, not to responses.");
  if (view !== undefined && filter !== undefined)
    throw invalid("Give either a view or a filter, not both.");
  if (since >= until) throw invalid("since must be earlier than until.");
  if (sources) {
    const known = new Set((await readDirectory(store)).map(({ _id }) => _id));
    const strange = sources.filter((id) => !known.has(id));
    if (strange.length > 0) {
      throw invalid(strange.map((id) => unknownName("source", id, known)).join(" "));
    }
  }
  const search = await searchOf(store, body);
  if (search !== null && asOf) throw invalid("A search can't be combined with as_of.");
  if (asOf) await requireKnown(store, asOf);
  const where = view === undefined ? (filter ?? null) : (await storedView(store, view)).filter;
  if (asOf && where?.state) throw invalid("Editorial states can't be combined with as_of.");
  return { format, purpose, sources, where, search, since, until, asOf };
}

async function searchOf(store: Store, { search, saved }: ExportBody): Promise<string | null> {
  if (saved === undefined) return search ?? null;
  if (search !== undefined) throw invalid("Give either search or saved, not both.");
  return (await savedSearch(store, saved)).query;
}

async function requireKnown(store: Store, time: Date): Promise<void> {
  const tail = await tailSeq(store);
  const from = tail === 0 ? null : await changedAt(store, tail + 1);
  if (from && time < from)
    throw invalid(`Changes are stored only from ${from.toISOString()} on. Choose a later as_of.`);
}

function invalid(detail: string): ProblemError {
  return new ProblemError(400, "invalid-request", detail);
}
