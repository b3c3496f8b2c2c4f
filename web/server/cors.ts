import cors, { type FastifyCorsOptions } from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isRead, neededFor } from "../auth/routes.ts";

/** Scripts on other sites can read the responses at these paths. */
const OPEN_PATHS = /^\/(v1|feeds)\/|^\/(openapi|docs\/json)(\.json)?($|\?)/;

const ALLOWED_HEADERS =
  "authorization x-api-key if-none-match if-modified-since cache-control last-event-id range content-type";
const EXPOSED_HEADERS =
  "etag link location retry-after x-next-cursor x-has-more content-disposition content-digest repr-digest content-range ratelimit-limit ratelimit-remaining ratelimit-reset";
/** No browser accepts a longer time. */
const PREFLIGHT_MAX_AGE_S = 86_400;

const READABLE: FastifyCorsOptions = {
  origin: "*",
  // Sessions are cookies: without them, no other site can read or do anything in a user's name.
  credentials: false,
  methods: ["GET", "HEAD"],
  allowedHeaders: ALLOWED_HEADERS.split(" "),
  exposedHeaders: EXPOSED_HEADERS.split(" "),
  maxAge: PREFLIGHT_MAX_AGE_S,
};

/**
 * Lets scripts on other sites read the API and feeds, but not use a session. Call this before the
 * gate is registered, because a preflight request has no key.
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
  // While no user or key exists, pages that need `read` are open on loopback, but not to scripts on other sites.
  const needed = routeOptions.url === undefined ? "anyone" : neededFor(method, routeOptions.url);
  return needed === "anyone" || needed === "reader";
}
