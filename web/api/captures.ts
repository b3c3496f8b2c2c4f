import { z } from "zod";
import { captureKeys, wireBytes } from "../../archive/captures.ts";
import { listingCursor, readListingCursor } from "../../articles/stream/cursor.ts";
import { ApiRights, ApiSignals } from "../../articles/stream/item.ts";
import { digest } from "../../lib/text.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import {
  type Body,
  type Capture,
  HOST_FILE_KINDS,
  isLost,
  lostProblem,
} from "../../model/crawl/capture.ts";
import { ENTRY_POINT_KINDS } from "../../model/crawl/entry-points.ts";
import { invalidRequest, ProblemError, throwUnknown } from "../../model/problem.ts";
import { endOf, firstMomentOf, TimeText } from "../../model/request-times.ts";
import { termsOf } from "../../model/usage-rights.ts";
import { findBody } from "../../store/archive/bodies.ts";
import { findArticle, tombstonesOf } from "../../store/articles/articles.ts";
import {
  type CaptureQuery,
  getCapture,
  type ListedCapture,
  linkIdsOfArticle,
  readCaptures,
} from "../../store/crawl/captures.ts";
import { getSource, readDirectory } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { requireActor } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { NullableText, pageOf } from "./parameters.ts";

const Headers = z.record(z.string(), z.string());

const ApiCapture = z.object({
  id: z.string(),
  linkId: z.string().describe("Key of the URL as it was found, before redirects"),
  sourceId: NullableText.describe(
    "null for a file of a host, such as robots.txt, which belongs to no single source",
  ),
  sourceVersion: z.int(),
  runId: NullableText,
  kind: z.enum([...ENTRY_POINT_KINDS, "article", ...HOST_FILE_KINDS]),
  lane: z.enum(["http", "browser"]),
  url: z.string().describe("The URL that was requested"),
  finalUrl: z.string().describe("The URL of the response, after redirects"),
  status: z.int(),
  address: NullableText.describe("IP address of the server"),
  fetchedAt: z.iso.datetime(),
  ms: z.int().describe("Milliseconds from the request to the last byte"),
  bytes: z.int().describe("Bytes received over the network"),
  decodedBytes: z.int().describe("Bytes after decompression"),
  digest: NullableText.describe(
    "SHA-256 of the stored body, which captures with equal bodies share; null if the body was not stored",
  ),
  truncated: z.boolean().describe("The body was truncated at the byte limit"),
  reservations: z.array(z.string()).describe("Uses that the publisher reserves"),
  withheld: NullableText.describe(
    "Why the body isn't stored; null if the body is stored, or if there was no body",
  ),
  reason: NullableText.describe(
    "Why nothing was read from the response: the reason of a skip or the cause of a failure",
  ),
  detail: NullableText,
});

const ApiCaptureWhole = ApiCapture.extend({
  hops: z.array(z.object({ url: z.string(), status: z.int(), location: z.string() })),
  requestHeaders: Headers.describe("Secret values are `***`"),
  headers: Headers.describe(
    "The values of a repeated header are joined by newlines; cookies are `***`",
  ),
  rights: ApiRights,
  signals: ApiSignals,
  consent: NullableText.describe("Why reservations were overridden; null if they weren't"),
  robotsOverride: NullableText.describe("Why robots.txt was overridden; null if it wasn't"),
});

const Query = z.object({
  article: z.string().max(200).optional().describe("Captures of all URLs of this article"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe("A URL as it was found, before redirects"),
  source: z.string().max(63).optional(),
  since: TimeText.optional().describe(`Only responses since this time: ${TIME_FORMS}`),
  until: TimeText.optional().describe(
    "Only responses before this time; a day, month or year (in UTC) is included in full: `until=2026-11`",
  ),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional().describe("`next_cursor` of the previous page"),
});

const Page = pageOf(ApiCapture);

const CLOCK_TOLERANCE_MS = 3_600_000;

const BODY_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const params = z.object({ id: z.string().max(200) });
const refused = { 404: Problem, 410: Problem };

/** Serves `/v1/captures`, for readers who have access to the whole archive. */
export const capturesRoutes: Routes = (app, { store, now }) => {
  const api = typed(app, { preHandler: requireActor });
  api.get(
    "/v1/captures",
    {
      summary: "Responses as received, newest first: of an article, a URL or a source",
      description:
        'Name one of `article`, `url` and `source`. Needs the right "read", even if reading is public.',
      querystring: Query,
      response: { 200: Page, ...refused },
    },
    async (request, reply) => {
      const { since, until, limit, cursor } = request.query;
      const span = {
        until:
          until === undefined
            ? new Date(now().getTime() + CLOCK_TOLERANCE_MS)
            : endOf(until, now()),
        ...(since !== undefined && { since: firstMomentOf(since, now()) }),
      };
      if (span.since && span.since >= span.until) {
        throw invalidRequest("since must be earlier than until.");
      }
      const at = cursor === undefined ? null : readListingCursor(cursor);
      const of = await ownerOf(store, request.query);
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
      summary: "One response: request and response headers, redirects, timing, digest and outcome",
      params,
      response: { 200: ApiCaptureWhole, ...refused },
    },
    async (request, reply) => {
      const capture = await captureOf(store, request.params.id);
      return sendJson(reply.header("cache-control", "no-store"), showWhole(capture));
    },
  );

  api.get(
    "/v1/captures/:id/body",
    {
      summary: "The body of a response as received, as a file",
      description:
        "The body is in the content coding that the response's `content-encoding` names. The response is 410 if the body was erased or its retention has ended.",
      params,
      produces: ["application/octet-stream"],
      response: { 200: z.unknown().describe("The bytes"), ...refused },
    },
    async (request, reply) => {
      const capture = await captureOf(store, request.params.id);
      const bytes = await wireBytes(capture, await bodyOf(store, capture));
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

function showCapture(capture: ListedCapture): z.input<typeof ApiCapture> {
  return fieldsOf(ApiCapture, {
    ...capture,
    id: capture._id,
    sourceId: capture.sourceId || null,
    ms: Math.round(capture.ms),
    digest: capture.bodyId,
    detail: capture.detail ?? null,
  });
}

function showWhole(capture: Capture) {
  const signals = capture.rights ?? [];
  return {
    ...showCapture(capture),
    hops: capture.hops,
    requestHeaders: maskSecretHeaders(capture.requestHeaders),
    headers: maskSecretHeaders(capture.headers),
    rights: termsOf(signals),
    signals,
    consent: capture.consent,
    robotsOverride: capture.robotsOverride,
  };
}

const SECRET_HEADER = /^(proxy-)?authorization$|cookie|token|secret|api-?key|csrf/i;

function maskSecretHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADER.test(name) ? "***" : value,
    ]),
  );
}

async function ownerOf(
  store: Store,
  { article, url, source }: Pick<z.output<typeof Query>, "article" | "url" | "source">,
): Promise<CaptureQuery["of"]> {
  const selectors = [article, url, source].filter((value) => value !== undefined);
  if (selectors.length !== 1) {
    throw invalidRequest(
      selectors.length === 0
        ? "Give one of article, url and source."
        : "Give only one of article, url and source.",
    );
  }
  if (source !== undefined) {
    if (await getSource(store, source)) return { sourceId: source };
    throwUnknown("source", source, await readDirectory(store));
  }
  const keys = article === undefined ? captureKeys(url ?? "") : [article];
  await refuseErased(store, keys);
  if (article === undefined) return { linkIds: keys };
  if (await findArticle(store, article)) return { linkIds: await linkIdsOfArticle(store, article) };
  throw new ProblemError(404, "unknown-article", `There is no article "${article}".`);
}

async function captureOf(store: Store, id: string): Promise<Capture> {
  const capture = await getCapture(store, id);
  if (!capture) {
    const detail = `There is no capture "${id}". It might have been erased, or its retention has ended.`;
    throw new ProblemError(404, "unknown-capture", detail);
  }
  // A capture that was stored while its URL was being erased can remain for a short time.
  await refuseErased(store, [capture.linkId]);
  return capture;
}

async function bodyOf(store: Store, capture: Capture): Promise<Body> {
  const { bodyId, withheld } = capture;
  if (withheld === "erased") {
    const detail = "This body contained something that was erased, so the body was erased as well.";
    throw new ProblemError(410, "erased", detail);
  }
  if (withheld) {
    const detail = `The publisher reserves this body (${withheld}), so it was never stored.`;
    throw new ProblemError(404, "withheld", detail);
  }
  if (bodyId === null) throw new ProblemError(404, "no-body", "This response had no body.");
  const body = await findBody(store, bodyId);
  if (!body) {
    const detail = "This body is no longer stored, because its retention has ended.";
    throw new ProblemError(410, "expired", detail);
  }
  if (isLost(body)) throw lostProblem(body);
  return body;
}

async function refuseErased(store: Store, keys: string[]): Promise<void> {
  const stones = await tombstonesOf(store, keys);
  const erased = [...stones.values()].find(({ kind }) => kind === "erased");
  if (!erased) return;
  const day = erased.at.toISOString().slice(0, 10);
  throw new ProblemError(410, "erased", `This content was erased on ${day}: ${erased.reason}`);
}
