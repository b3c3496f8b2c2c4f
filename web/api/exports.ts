import fastifyStatic from "@fastify/static";
import { z } from "zod";
import { EXPORT_FORMATS, EXPORT_PURPOSES, type Export } from "../../model/archive/export.ts";
import { ProblemError } from "../../model/problem.ts";
import { listExports } from "../../store/archive/exports.ts";
import { auditOf, requireActor } from "../auth/actor.ts";
import { sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { askExport, dropExport, ExportBody, exportOf } from "./request-export.ts";

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
  reason: z
    .string()
    .nullable()
    .describe("Why the export failed, was withdrawn or will be tried again"),
  actor: z.string(),
  requested_at: z.string(),
  finished_at: z.string().nullable(),
  expires_at: z.string().describe("When the export and its files are removed"),
  files: z.array(
    z.object({ name: z.string(), bytes: z.number(), sha256: z.string(), url: z.string() }),
  ),
});

const RETRY_AFTER_S = "2";

const tags = ["exports"];
const params = z.object({ id: z.string().max(40) });
const refused = { 401: Problem, 403: Problem, 404: Problem };

/** Serves `/v1/exports`, for readers with access to the whole archive. */
export const exportsRoutes: Routes = (app, { store, exports, search, now }) => {
  if (!exports) return;
  const api = typed(app);
  void app.register(fastifyStatic, { root: exports.folder, serve: false, cacheControl: false });

  api.post(
    "/v1/exports",
    {
      preHandler: requireActor,
      schema: {
        summary: "Request an export of articles or responses",
        description:
          "Returns at once; follow the progress at `Location`. Files are stored for a week.",
        tags,
        body: ExportBody.prefault({}),
        response: { 202: ApiExport, 400: Problem, ...refused, 429: Problem },
      },
    },
    async (request, reply) => {
      const deps = { store, producer: exports.producer, search };
      const one = await askExport(deps, request.body, auditOf(request, now));
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
      preHandler: requireActor,
      schema: {
        summary: "Requested exports, newest first",
        tags,
        response: { 200: z.object({ items: z.array(ApiExport) }), ...refused },
      },
    },
    async (_, reply) => {
      const items = (await listExports(store, now())).map(showExport);
      return sendJson(reply.header("cache-control", "no-store"), { items });
    },
  );

  api.get(
    "/v1/exports/:id",
    {
      preHandler: requireActor,
      schema: {
        summary: "One export, with its progress and files",
        tags,
        params,
        response: { 200: ApiExport, ...refused },
      },
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
      preHandler: requireActor,
      schema: {
        summary: "Remove an export, even one that isn't written yet",
        tags,
        params,
        response: { 204: z.null(), ...refused },
      },
    },
    async (request, reply) => {
      await dropExport(store, request.params.id, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );

  api.get(
    "/v1/exports/:id/files/:name",
    {
      preHandler: requireActor,
      schema: {
        summary: "A file of an export, or a part of the file with `Range`",
        tags,
        params: params.extend({
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
    },
    async (request, reply) => {
      const one = await exportOf(store, request.params.id);
      if (one.state === "withdrawn") throw new ProblemError(410, "withdrawn", one.reason ?? "");
      if (one.state !== "done")
        throw new ProblemError(
          409,
          "not-written",
          `This export has no files: its state is "${one.state}".`,
        );
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
  const { _id: id, state, written, reason, actor, requestedAt, finishedAt, expiresAt, files } = one;
  return {
    id,
    format: one.params.format,
    purpose: one.params.purpose,
    state,
    written,
    left_out: one.leftOut,
    reason,
    actor,
    requested_at: requestedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    expires_at: expiresAt.toISOString(),
    files: files.map((file) => ({ ...file, url: fileUrl(id, file.name) })),
  };
}

function fileUrl(id: string, name: string): string {
  return `/v1/exports/${id}/files/${encodeURIComponent(name)}`;
}
