import { randomBytes } from "node:crypto";
import fastifyStatic from "@fastify/static";
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
import { invalidRequest, ProblemError, unknownName } from "../../model/problem.ts";
import { Query, ViewId } from "../../model/publish/filter.ts";
import { endOf, firstMomentOf, TimeText } from "../../model/request-times.ts";
import { exportQueue } from "../../queues/queues.ts";
import {
  addExport,
  dueExports,
  getExport,
  listExports,
  MAX_WAITING_EXPORTS,
  removeExport,
} from "../../store/archive/exports.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { historySince } from "../../store/publish/changes.ts";
import { readDirectory } from "../../store/sources/sources.ts";
import { EPOCH, type Store } from "../../store/store.ts";
import { auditOf, requireActor } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import type { ExportDeps, SearchActions } from "../server/config.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { NullableText } from "./parameters.ts";
import { checkQuery } from "./search.ts";
import { savedSearch } from "./searches.ts";

const ApiExport = z.object({
  id: z.string(),
  format: z.enum(EXPORT_FORMATS),
  purpose: z.enum(EXPORT_PURPOSES),
  state: z.enum(["waiting", "running", "done", "failed", "withdrawn"]),
  written: z.number().describe("Number of articles or responses written"),
  left_out: z
    .record(z.string(), z.int())
    .describe(
      "Number of skipped items whose publishers deny the purpose, by signal; empty until the export is done",
    ),
  reason: NullableText.describe("Why the export failed, was withdrawn or will be tried again"),
  actor: z.string(),
  requested_at: z.string(),
  finished_at: NullableText,
  expires_at: z.string().describe("When the export and its files are removed"),
  files: z.array(
    z.object({ name: z.string(), bytes: z.number(), sha256: z.string(), url: z.string() }),
  ),
});

const RETRY_AFTER_S = "2";

const IdParams = z.object({ id: z.string().max(40) });
const refused = { 404: Problem };

/** Serves `/v1/exports`, for readers with access to the whole archive. */
export const exportsRoutes: Routes = (app, { store, exports, search, now }) => {
  const api = typed(app, { preHandler: requireActor });
  void app.register(fastifyStatic, { root: exports.folder, serve: false, cacheControl: false });

  api.post(
    "/v1/exports",
    {
      summary: "Request an export of articles or responses",
      description:
        "Returns at once; follow the progress at `Location`. Files are stored for a week.",
      body: ExportBody.prefault({}),
      response: { 202: ApiExport, ...refused, 429: Problem },
    },
    async (request, reply) => {
      const deps = { store, producer: exports.producer, search };
      const one = await requestExport(deps, request.body, auditOf(request, now));
      reply
        .code(202)
        .header("location", `/v1/exports/${one._id}`)
        .header("retry-after", RETRY_AFTER_S);
      return reply.send(showExport(one));
    },
  );

  api.get(
    "/v1/exports",
    {
      summary: "Requested exports, newest first",
      response: { 200: z.object({ items: z.array(ApiExport) }), ...refused },
    },
    async (_, reply) => {
      const items = (await listExports(store, now())).map(showExport);
      return sendJson(reply.header("cache-control", "no-store"), { items });
    },
  );

  api.get(
    "/v1/exports/:id",
    {
      summary: "One export, with its progress and files",
      params: IdParams,
      response: { 200: ApiExport, ...refused },
    },
    async (request, reply) => {
      const one = await exportOf(store, request.params.id);
      if (one.dueAt) reply.header("retry-after", RETRY_AFTER_S);
      return sendJson(reply.header("cache-control", "no-store"), showExport(one));
    },
  );

  api.delete(
    "/v1/exports/:id",
    {
      summary: "Remove an export, even one that isn't written yet",
      params: IdParams,
      response: { 204: z.null(), ...refused },
    },
    async (request, reply) => {
      await dropExport(store, request.params.id, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );

  api.get(
    "/v1/exports/:id/files/:name",
    {
      summary: "A file of an export, or a part of the file with `Range`",
      params: IdParams.extend({
        name: z.string().max(300).describe("Path of the file, URL-encoded as one segment"),
      }),
      produces: ["application/octet-stream"],
      response: {
        200: z.unknown().describe("The bytes"),
        ...refused,
        409: Problem,
        410: Problem,
      },
    },
    async (request, reply) => {
      const one = await exportOf(store, request.params.id);
      if (one.state === "withdrawn") throw new ProblemError(410, "withdrawn", one.reason ?? "");
      if (one.state !== "done") {
        const detail = `This export has no files: its state is "${one.state}", not "done".`;
        throw new ProblemError(409, "not-written", detail);
      }
      const file = one.files.find(({ name }) => name === request.params.name);
      if (!file) throw new ProblemError(404, "unknown-file", "This export has no such file.");
      const name = file.name.replaceAll(/[^\w.=-]/g, "-");
      reply.headers({
        "cache-control": "private, no-cache",
        "content-disposition": `attachment; filename="${name}"`,
        // RFC 9530: the digest of the whole file, even if only a part of it is sent.
        "repr-digest": `sha-256=:${Buffer.from(file.sha256, "hex").toString("base64")}:`,
      });
      return reply.sendFile(`${one._id}/${file.name}`);
    },
  );
};

function showExport(one: Export): z.infer<typeof ApiExport> {
  const { _id: id, leftOut, requestedAt, finishedAt, expiresAt, files } = one;
  return fieldsOf(ApiExport, {
    ...one,
    ...one.params,
    id,
    left_out: leftOut,
    requested_at: requestedAt,
    finished_at: finishedAt,
    expires_at: expiresAt,
    files: files.map((file) => ({
      ...file,
      url: `/v1/exports/${id}/files/${encodeURIComponent(file.name)}`,
    })),
  });
}

const ExportBody = z.strictObject({
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
    `Only articles published (or responses fetched) since this time: ${TIME_FORMS}`,
  ),
  until: TimeText.optional().describe(
    "Only articles published (or responses fetched) before this time. A day, month or year counts to its end (in UTC): `2026-11` includes all of November",
  ),
  as_of: TimeText.optional().describe("Articles as they were stored at a past time"),
});

type ExportBody = z.output<typeof ExportBody>;

const WAITING_EXPORT_TTL_MS = 30 * 86_400_000;

interface RequestExportDeps extends Pick<ExportDeps, "producer"> {
  store: Store;
  search?: SearchActions | undefined;
}

/** Stores and queues an export. Throws a problem if `body` is invalid or too many exports wait. */
export async function requestExport(
  { store, producer, search }: RequestExportDeps,
  body: ExportBody,
  audit: AuditContext,
): Promise<Export> {
  const { actor, now } = audit;
  const params = await toExportParams(store, body, now);
  if (params.search) {
    if (!search) throw invalidRequest("Search is off. NEWSGATHER_SEARCH=on turns it on.");
    await checkQuery(search, params.search);
  }
  // All unfinished exports are due before this time.
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
  await runAudited(store, audit, what, () => addExport(store, one));
  // Without Redis, the export waits: due exports are queued again every few seconds.
  await producer.add(exportQueue, [{ exportId: one._id }]).catch(() => {});
  return one;
}

/** Removes an export, even while it is being written; the next sweep removes its files. */
export async function dropExport(store: Store, id: string, audit: AuditContext): Promise<void> {
  await exportOf(store, id);
  const what = { action: "export.remove", subject: id };
  const isRemoved = await runAudited(store, audit, what, () => removeExport(store, id));
  if (!isRemoved) throw unknownExport(id);
}

async function exportOf(store: Store, id: string): Promise<Export> {
  const one = await getExport(store, id);
  if (!one) throw unknownExport(id);
  return one;
}

function unknownExport(id: string): ProblemError {
  const detail = `There is no export "${id}". Exports are stored for a week.`;
  return new ProblemError(404, "unknown-export", detail);
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
    throw invalidRequest(
      "warc and wacz contain responses, so view, filter, search, saved and as_of can't be used.",
    );
  if (view !== undefined && filter !== undefined)
    throw invalidRequest("Give either a view or a filter, not both.");
  if (since >= until) throw invalidRequest("since must be earlier than until.");
  if (sources) {
    const known = new Set((await readDirectory(store)).map(({ _id }) => _id));
    const strange = sources.filter((id) => !known.has(id));
    if (strange.length > 0) {
      throw invalidRequest(strange.map((id) => unknownName("source", id, known)).join(" "));
    }
  }
  if (body.saved !== undefined && body.search !== undefined) {
    throw invalidRequest("Give either search or saved, not both.");
  }
  const saved = body.saved === undefined ? null : await savedSearch(store, body.saved);
  const search = saved?.query ?? body.search ?? null;
  if (search !== null && asOf) throw invalidRequest("A search can't be combined with as_of.");
  const oldest = asOf && (await historySince(store));
  if (oldest && asOf < oldest) {
    throw invalidRequest(
      `Changes are stored only from ${oldest.toISOString()} on. Choose a later as_of.`,
    );
  }
  const where = view === undefined ? (filter ?? null) : (await storedView(store, view)).filter;
  if (asOf && where?.state) throw invalidRequest("Editorial states can't be combined with as_of.");
  return { format, purpose, sources, where, search, since, until, asOf };
}
