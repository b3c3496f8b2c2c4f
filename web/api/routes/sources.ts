import type { FastifyReply, FastifyRequest } from "fastify";
import { stringify } from "yaml";
import { z } from "zod";
import { parseTimeSpan, TIME_FORMS } from "../../../lib/time-expression.ts";
import { SHORTEST_REASON } from "../../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../../model/problem.ts";
import { ProxyName } from "../../../model/sources/login.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { getPreview } from "../../../store/sources/previews.ts";
import { getSource, listSources } from "../../../store/sources/sources.ts";
import { getVersion } from "../../../store/sources/versions.ts";
import type { Store } from "../../../store/store.ts";
import { actorName } from "../../auth/actor.ts";
import { sendJson } from "../../server/answer.ts";
import { type Routes, typed } from "../../server/context.ts";
import { Problem } from "../../server/problem.ts";
import {
  ApiPreview,
  ApiSource,
  ApiSourceWhole,
  DeclarationBody,
  PatchBody,
  showDeclaration,
  showPreview,
  showSource,
} from "../sources/show.ts";

const tags = ["sources"];
const params = z.object({ id: z.string().max(63) });
const reason = z.string().trim().min(SHORTEST_REASON).max(500).describe("Why, for the audit log");
const IF_MATCH =
  "With `If-Match` and the `ETag` that it was read with it is changed only if nobody else did meanwhile (412).";
/** Where a preview that is being made can be watched, s. */
const RETRY_S = "2";
const refused = { 400: Problem, 404: Problem };

/** `/v1/sources`: the sources that are watched; what is done to them notes itself in the audit log. */
export const sourcesRoutes: Routes = (app, { store, sources, now }) => {
  if (!sources) return;
  const api = typed(app);
  const asking = (request: FastifyRequest, why: string) => ({
    by: actorName(request),
    reason: why,
  });
  const sendWhole = async (reply: FastifyReply, id: string) => {
    const source = await sourceNamed(store, id);
    const version = await getVersion(store, id, source.version);
    const declaration = showDeclaration(version?.yaml ?? null);
    reply.header("etag", `"${source.version}"`).header("cache-control", "no-store");
    return sendJson(reply, { ...showSource(source, now()), declaration });
  };

  api.get(
    "/v1/sources",
    {
      schema: {
        tags,
        summary: "All sources, those that are retired too",
        response: { 200: z.object({ items: z.array(ApiSource) }) },
      },
    },
    async (_, reply) => {
      const items = (await listSources(store)).map((source) => showSource(source, now()));
      return sendJson(reply.header("cache-control", "no-store"), { items });
    },
  );

  api.get(
    "/v1/sources/:id",
    {
      schema: {
        tags,
        summary: "One source with what its file says",
        params,
        response: { 200: ApiSourceWhole, ...refused },
      },
    },
    async (request, reply) => sendWhole(reply, request.params.id),
  );

  api.post(
    "/v1/sources",
    {
      schema: {
        tags,
        summary: "Make a source, which is watched from now on",
        description:
          "Writes its file into the folder of the sources' files, and applies it. Preview it first: that costs its site a few requests and tells what would come.",
        body: z.strictObject({ reason, source: DeclarationBody }),
        response: { 201: ApiSourceWhole, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { source, reason: why } = request.body;
      await sources.addSource(source, asking(request, why));
      const id = String(source["id"]);
      return sendWhole(reply.code(201).header("location", `/v1/sources/${id}`), id);
    },
  );

  api.patch(
    "/v1/sources/:id",
    {
      schema: {
        tags,
        summary: "Change fields of a source",
        description: `Its file is changed too, and its comments stay. ${IF_MATCH}`,
        params,
        body: z.strictObject({ reason, source: PatchBody }),
        response: { 200: ApiSourceWhole, ...refused, 409: Problem, 412: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { source, reason: why } = request.body;
      requireMatch(request, await sourceNamed(store, id));
      await sources.changeSource(id, source, asking(request, why));
      return sendWhole(reply, id);
    },
  );

  api.post(
    "/v1/sources/:id/pause",
    {
      schema: {
        tags,
        summary: "Look at a source no more, from its next run on",
        params,
        body: z.strictObject({
          reason,
          until: z
            .string()
            .max(60)
            .optional()
            .describe("When it goes on by itself: `7d` (from now on), `2026-12-01`, ISO 8601"),
        }),
        response: { 200: ApiSourceWhole, ...refused },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { reason: why, until } = request.body;
      await sourceNamed(store, id);
      const end = until === undefined ? undefined : laterTime(until, now());
      await sources.hold(id, asking(request, why), end);
      return sendWhole(reply, id);
    },
  );

  api.post(
    "/v1/sources/:id/resume",
    {
      schema: {
        tags,
        summary: "Look at a source that an operator paused again",
        params,
        body: z.strictObject({ reason }),
        response: { 200: ApiSourceWhole, ...refused },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await sourceNamed(store, id);
      await sources.resume(id, asking(request, request.body.reason));
      return sendWhole(reply, id);
    },
  );

  api.post(
    "/v1/previews",
    {
      schema: {
        tags,
        summary: "Look at a site, or try a declaration, without watching it",
        description:
          "Answers at once; `Location` is where it can be watched. The site is asked as politely as ever, so that it takes a minute or two.",
        body: z.strictObject({
          home: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .optional()
            .describe("A site's home page"),
          proxy: ProxyName.optional().describe("Through this proxy, of a site"),
          source: DeclarationBody.optional().describe("A declaration, in place of `home`"),
        }),
        response: { 202: ApiPreview, 400: Problem },
      },
    },
    async (request, reply) => {
      const { home, proxy, source } = request.body;
      if ((home === undefined) === (source === undefined)) {
        throw new ProblemError(
          400,
          "invalid-request",
          "Give a home page or a source: one of them.",
        );
      }
      const what = home === undefined ? { yaml: stringify(source) } : { home, proxy };
      const id = await sources.preview(what, actorName(request));
      reply.code(202).header("location", `/v1/previews/${id}`).header("retry-after", RETRY_S);
      return sendJson(reply, await previewNamed(store, id));
    },
  );

  api.get(
    "/v1/previews/:id",
    {
      schema: {
        tags,
        summary: "What a preview found, or what it is at",
        params: z.object({ id: z.string().max(64) }),
        response: { 200: ApiPreview, ...refused },
      },
    },
    async (request, reply) => {
      const preview = await previewNamed(store, request.params.id);
      if (preview.state === "working") reply.header("retry-after", RETRY_S);
      return sendJson(reply.header("cache-control", "no-store"), preview);
    },
  );
};

/** The source of an id; throws a 404 problem with the nearest one. */
async function sourceNamed(store: Store, id: string): Promise<SourceRecord> {
  const source = await getSource(store, id);
  if (source) return source;
  const known = (await listSources(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-source", unknownName("source", id, known));
}

async function previewNamed(store: Store, id: string) {
  const preview = await getPreview(store, id);
  if (preview) return showPreview(preview);
  throw new ProblemError(404, "unknown-preview", `There is no preview "${id}", or no longer.`);
}

/** Throws a 412 problem where a source is no longer what whoever asks has read. */
function requireMatch({ headers }: FastifyRequest, { _id, version }: SourceRecord): void {
  const asked = headers["if-match"];
  if (asked === undefined || asked.trim() === "*") return;
  const wanted = asked.split(",").map((tag) => tag.trim());
  if (wanted.includes(`"${version}"`)) return;
  const detail = `${_id} was changed meanwhile: it is version ${version}, not ${asked}. Read it again, then change it.`;
  throw new ProblemError(412, "changed-meanwhile", detail);
}

/** The time ahead that a text names; throws a 400 problem for one that is none, or is over. */
function laterTime(text: string, now: Date): Date {
  const at = parseTimeSpan(text, now, { direction: "future" })?.start;
  if (at && at > now) return at;
  const forms = TIME_FORMS.replace("(ago)", "(from now on)").replace(
    "yesterday, today",
    "tomorrow",
  );
  const why = at ? `is over; write a time ahead: ${forms}` : `is no time; write ${forms}`;
  throw new ProblemError(400, "invalid-request", `until: "${text}" ${why}.`);
}
