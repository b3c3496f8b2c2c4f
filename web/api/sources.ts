import type { FastifyReply, FastifyRequest } from "fastify";
import { parse } from "yaml";
import { z } from "zod";
import { ApiRights, ApiSignals } from "../../articles/stream/item.ts";
import { LATER_FORMS, parseTimeSpan } from "../../lib/time-expression.ts";
import { MIN_REASON_CHARS } from "../../model/operations/audit.ts";
import { invalidRequest, ProblemError, throwUnknown } from "../../model/problem.ts";
import { pauseOf, Source, type SourceRecord } from "../../model/sources/source.ts";
import { hideSecrets } from "../../sources/files/form.ts";
import { addSource, changeSource } from "../../sources/files/manage.ts";
import { hold, resume } from "../../sources/operations.ts";
import { readSiteRights } from "../../sources/site-rights.ts";
import { getSource, listSources } from "../../store/sources/sources.ts";
import { getVersion } from "../../store/sources/versions.ts";
import type { Store } from "../../store/store.ts";
import { actorName } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { NullableText } from "./parameters.ts";

const ApiSource = z.object({
  id: z.string(),
  name: z.string(),
  state: z
    .enum(["watched", "paused", "retired"])
    .describe("retired: no file declares the source any more; its archive stays"),
  version: z.int().describe("Increases by one with each change; the entity tag of the source"),
  paused: z
    .object({ reason: z.string(), until: NullableText })
    .nullable()
    .describe("Why the source is paused by its file or by an operator, and until when"),
  home: NullableText,
  language: NullableText,
  country: NullableText,
  nextDueAt: NullableText,
  lastSuccessAt: NullableText,
  lastProblem: NullableText.describe(
    "The problem of the last run, such as entry points that weren't read; null if there was none",
  ),
});

const ApiSourceWhole = ApiSource.extend({
  declaration: z
    .record(z.string(), z.unknown())
    .describe("Declaration as in the source's file; the values of `headers` are hidden"),
  rights: ApiRights.describe(
    "Usage terms that the source's sites state for all their pages, as last seen; null if the sites state none",
  ),
  signals: ApiSignals,
});

const { $schema: _dialect, ...JSON_SCHEMA } = z.toJSONSchema(Source, {
  io: "input",
  unrepresentable: "any",
});

const OPTIONAL_PROPERTIES = Object.entries(JSON_SCHEMA.properties ?? {}).map(
  ([name, schema]) => [name, { anyOf: [schema, { type: "null" }] }] as const,
);

/** A source's declaration as in its file, unparsed, so that durations such as `15m` stay text. */
export const DeclarationBody = z.record(z.string(), z.unknown()).meta(JSON_SCHEMA);

const PatchBody = z.record(z.string(), z.unknown()).meta({
  ...JSON_SCHEMA,
  properties: Object.fromEntries(OPTIONAL_PROPERTIES),
  required: [],
  description: "Fields to change; null removes a field (JSON Merge Patch, RFC 7396)",
});

const params = z.object({ id: z.string().max(63) });
const reason = z
  .string()
  .trim()
  .min(MIN_REASON_CHARS)
  .max(500)
  .describe("Reason for the audit log");

const IF_MATCH =
  "Send the `ETag` of your last read in the header `If-Match`; the response is 412 if the source has changed since.";

const refused = { 404: Problem };

export const sourcesRoutes: Routes = (app, { store, sources, now }) => {
  const api = typed(app);
  const auditContext = (request: FastifyRequest, why: string) => ({
    actor: actorName(request),
    reason: why,
  });
  const sendWhole = async (reply: FastifyReply, id: string) => {
    const source = await sourceNamed(store, id);
    const version = await getVersion(store, id, source.version);
    const declaration: unknown = parse(hideSecrets(version?.yaml ?? "")) ?? {};
    reply.header("etag", `"${source.version}"`).header("cache-control", "no-store");
    const site = await readSiteRights(store, source);
    return sendJson(reply, { ...showSource(source, now()), declaration, ...site });
  };

  api.get(
    "/v1/sources",
    {
      summary: "All sources, including retired ones",
      response: { 200: z.object({ items: z.array(ApiSource) }) },
    },
    async (_, reply) => {
      const items = (await listSources(store)).map((source) => showSource(source, now()));
      return sendJson(reply.header("cache-control", "no-store"), { items });
    },
  );

  api.get(
    "/v1/sources/:id",
    {
      summary: "One source with its declaration",
      params,
      response: { 200: ApiSourceWhole, ...refused },
    },
    async (request, reply) => sendWhole(reply, request.params.id),
  );

  api.post(
    "/v1/sources",
    {
      summary: "Create a source",
      description:
        "Writes the source's file and applies it. Preview the source first: a preview costs the site a few requests and shows what the source would find.",
      body: z.strictObject({ reason, source: DeclarationBody }),
      response: { 201: ApiSourceWhole, 409: Problem },
    },
    async (request, reply) => {
      const { source, reason: why } = request.body;
      await addSource(sources, source, auditContext(request, why));
      const id = String(source["id"]);
      return sendWhole(reply.code(201).header("location", `/v1/sources/${id}`), id);
    },
  );

  api.patch(
    "/v1/sources/:id",
    {
      summary: "Change fields of a source",
      description: `This also changes the source's file, and keeps its comments. ${IF_MATCH}`,
      params,
      body: z.strictObject({ reason, source: PatchBody }),
      response: { 200: ApiSourceWhole, ...refused, 409: Problem, 412: Problem },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { source, reason: why } = request.body;
      requireMatch(request, await sourceNamed(store, id));
      await changeSource(sources, id, source, auditContext(request, why));
      return sendWhole(reply, id);
    },
  );

  api.post(
    "/v1/sources/:id/pause",
    {
      summary: "Pause a source; the current run finishes first",
      params,
      body: z.strictObject({
        reason,
        until: z
          .string()
          .max(60)
          .optional()
          .describe(
            "When the source resumes automatically: `7d` (from now), `2026-12-01`, ISO 8601",
          ),
      }),
      response: { 200: ApiSourceWhole, ...refused },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { reason: why, until } = request.body;
      await sourceNamed(store, id);
      const end = until === undefined ? undefined : laterTime(until, now());
      await hold(store, id, { ...auditContext(request, why), until: end }, now());
      return sendWhole(reply, id);
    },
  );

  api.post(
    "/v1/sources/:id/resume",
    {
      summary: "Resume a source that an operator paused",
      params,
      body: z.strictObject({ reason }),
      response: { 200: ApiSourceWhole, ...refused },
    },
    async (request, reply) => {
      const { id } = request.params;
      await sourceNamed(store, id);
      if (!(await resume(store, id, auditContext(request, request.body.reason), now()))) {
        throw new ProblemError(400, "not-possible", "No operator has paused this source.");
      }
      return sendWhole(reply, id);
    },
  );
};

async function sourceNamed(store: Store, id: string): Promise<SourceRecord> {
  const source = await getSource(store, id);
  return source ?? throwUnknown("source", id, await listSources(store));
}

function requireMatch({ headers }: FastifyRequest, { _id, version }: SourceRecord): void {
  const ifMatch = headers["if-match"];
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const wanted = ifMatch.split(",").map((tag) => tag.trim());
  if (wanted.includes(`"${version}"`)) return;
  const detail = `The source ${_id} has changed: its version is ${version}, not ${ifMatch}. Read the source again, then change it.`;
  throw new ProblemError(412, "changed-meanwhile", detail);
}

function laterTime(text: string, now: Date): Date {
  const at = parseTimeSpan(text, now, { direction: "future" })?.start;
  if (at && at > now) return at;
  const why = at
    ? `is in the past; write a future time: ${LATER_FORMS}`
    : `isn't a time; write ${LATER_FORMS}`;
  throw invalidRequest(`until: "${text}" ${why}.`);
}

function showSource(source: SourceRecord, now: Date): z.infer<typeof ApiSource> {
  const pause = pauseOf(source, now);
  return fieldsOf(ApiSource, {
    ...source,
    id: source._id,
    state: source.active ? (pause ? "paused" : "watched") : "retired",
    paused: pause ? { reason: pause.reason, until: pause.until?.toISOString() ?? null } : null,
    home: source.home ?? null,
    language: source.language ?? null,
    country: source.country ?? null,
  });
}
