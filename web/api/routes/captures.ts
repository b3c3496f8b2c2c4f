import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { listingCursor, readListingCursor } from "../../../articles/stream/cursor.ts";
import { digest } from "../../../lib/hash.ts";
import { TIME_FORMS } from "../../../lib/time-expression.ts";
import { ProblemError } from "../../../model/problem.ts";
import { endOf, firstMomentOf, TimeText } from "../../../model/request-times.ts";
import { readCaptures } from "../../../store/crawl/captures.ts";
import { actorName } from "../../auth/actor.ts";
import { sendJson } from "../../server/answer.ts";
import { type Routes, typed } from "../../server/context.ts";
import { Problem } from "../../server/problem.ts";
import { bodyOf, captureOf, ownerOf } from "../captures/read.ts";
import { ApiCapture, ApiCaptureWhole, showCapture, showWhole } from "../captures/show.ts";

/** Clocks of other machines may be ahead of ours so far, ms. */
const AHEAD = 3_600_000;
/** Whatever came is never shown, run or sniffed. */
const BODY_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const Query = z.object({
  article: z.string().max(200).optional().describe("Captures of all addresses of this article"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe("An address as it was found"),
  source: z.string().max(63).optional(),
  since: TimeText.optional().describe(`Not older than this: ${TIME_FORMS}`),
  until: TimeText.optional().describe(
    "Older than this; of a day, month or year (in UTC) up to its end: `until=2026-11`",
  ),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional().describe("`next_cursor` of the page before"),
});

const Page = z.object({
  items: z.array(ApiCapture),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

const tags = ["captures"];
const params = z.object({ id: z.string().max(200) });
const refused = { 401: Problem, 403: Problem, 404: Problem, 410: Problem };

/** `/v1/captures`: every response as it came; for those who may read the whole archive. */
export const capturesRoutes: Routes = (app, { store, captures, now }) => {
  if (!captures) return;
  const api = typed(app);
  // Pages of operators open themselves on loopback while nobody has an account; the raw archive doesn't.
  const preHandler = async (request: FastifyRequest) => void actorName(request);

  api.get(
    "/v1/captures",
    {
      preHandler,
      schema: {
        summary: "Responses as they came, newest first: of an article, an address or a source",
        description:
          'Name one of `article`, `url` and `source`. Needs the right "read", also where reading is public.',
        tags,
        querystring: Query,
        response: { 200: Page, 400: Problem, ...refused },
      },
    },
    async (request, reply) => {
      const { since, until, limit, cursor } = request.query;
      const span = {
        until: until === undefined ? new Date(now().getTime() + AHEAD) : endOf(until, now()),
        ...(since !== undefined && { since: firstMomentOf(since, now()) }),
      };
      if (span.since && span.since >= span.until) {
        throw new ProblemError(400, "invalid-request", "since is not before until.");
      }
      const at = cursor === undefined ? null : readListingCursor(cursor);
      const of = await ownerOf({ store, ...captures }, request.query);
      const found = await readCaptures(
        store,
        { of, ...span },
        { limit, ...(at && { before: { fetchedAt: at.sortAt, id: at.id } }) },
      );
      const { next } = found;
      const cursorOf = next && listingCursor({ sortAt: next.fetchedAt, id: next.id });
      return sendJson(reply.header("cache-control", "no-store"), {
        items: found.captures.map(showCapture),
        next_cursor: cursorOf,
        has_more: next !== null,
      });
    },
  );

  api.get(
    "/v1/captures/:id",
    {
      preHandler,
      schema: {
        summary: "One response: headers both ways, hops, timing, digest, what became of it",
        tags,
        params,
        response: { 200: ApiCaptureWhole, ...refused },
      },
    },
    async (request, reply) => {
      const capture = await captureOf(store, request.params.id);
      return sendJson(reply.header("cache-control", "no-store"), showWhole(capture));
    },
  );

  api.get(
    "/v1/captures/:id/body",
    {
      preHandler,
      schema: {
        summary: "Its bytes as they came, as a file",
        description:
          "Still in the content coding that `content-encoding` of the capture names. 410 once it was erased or its keeping time is over.",
        tags,
        params,
        produces: ["application/octet-stream"],
        response: { 200: z.unknown().describe("The bytes"), ...refused },
      },
    },
    async (request, reply) => {
      const capture = await captureOf(store, request.params.id);
      const bytes = await captures.bytesOf(capture, await bodyOf(store, capture));
      const name = capture._id.replace(/[^\w-]/g, "-");
      const sum = Buffer.from(digest(bytes), "hex").toString("base64");
      return reply
        .headers({
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename="${name}.bin"`,
          "content-security-policy": BODY_POLICY,
          "x-content-type-options": "nosniff",
          "cache-control": "no-store",
          // RFC 9530
          "content-digest": `sha-256=:${sum}:`,
        })
        .send(Buffer.from(bytes));
    },
  );
};
