import cors, { type FastifyCorsOptions } from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { neededFor } from "../auth/routes.ts";

/** What programs on pages of other sites may read: the API, feeds, and the API's description. */
const OPEN_PATHS = /^\/(v1|feeds)\/|^\/(openapi|docs\/json)(\.json)?($|\?)/;

/** Headers that such a program may send beyond those that every page may. */
const ALLOWED_HEADERS =
  "authorization x-api-key if-none-match if-modified-since cache-control last-event-id range content-type";
/** Headers of answers that it may read. */
const EXPOSED_HEADERS =
  "etag link location retry-after x-next-cursor x-has-more content-disposition content-digest repr-digest content-range ratelimit-limit ratelimit-remaining ratelimit-reset";
/** How long a browser may cache a preflight answer, s: the longest that any browser honours. */
const MAX_AGE_S = 86_400;

const READABLE: FastifyCorsOptions = {
  origin: "*",
  // A session is a cookie, so that no page of another site reads or does anything in its name.
  credentials: false,
  methods: ["GET", "HEAD"],
  allowedHeaders: ALLOWED_HEADERS.split(" "),
  exposedHeaders: EXPOSED_HEADERS.split(" "),
  maxAge: MAX_AGE_S,
};

/**
 * Lets pages of other sites read what is public, and the rest with a key: `GET` and `HEAD` alone, never in the name of a
 * session. Set before the gate, since a browser asks whether it may without showing a key.
 */
export async function allowOtherSites(app: FastifyInstance): Promise<void> {
  await app.register(cors, {
    hook: "onRequest",
    delegator: (request, done) => done(null, isReadable(request) ? READABLE : { origin: false }),
  });
}

function isReadable(request: FastifyRequest): boolean {
  const { method, headers, url, routeOptions } = request;
  if (!OPEN_PATHS.test(url)) return false;
  if (method === "OPTIONS") return isRead(String(headers["access-control-request-method"]));
  if (!isRead(method)) return false;
  if (headers.authorization !== undefined || headers["x-api-key"] !== undefined) return true;
  // While nobody has an account, loopback shows operators more than readers: not to pages of other sites.
  const needed = routeOptions.url === undefined ? "anyone" : neededFor(method, routeOptions.url);
  return needed === "anyone" || needed === "reader";
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
