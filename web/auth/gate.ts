import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost } from "../../config/setting.ts";
import { cached } from "../../lib/cache.ts";
import { networkOf } from "../../lib/network.ts";
import type { Right } from "../../model/operations/account.ts";
import { ProblemError } from "../../model/problem.ts";
import { hasAccounts } from "../../store/operations/accounts.ts";
import type { Store } from "../../store/store.ts";
import { acceptsPages, identify, may, nobody } from "./actor.ts";
import { checkForm, checkOrigin } from "./form.ts";
import { isBelowAdmin, isRead, neededFor } from "./routes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Right that a page or action of the admin needs; for other routes, see `ROUTES`. */
    right?: Right;
  }
}

export interface GateOptions {
  store: Store;
  baseUrl: string;
  /** Whether reading needs no key or session. */
  publicReading: boolean;
  /** Maximum number of requests per minute from one IP address or IPv6 /64 network. */
  perMinute: number;
  now: () => Date;
}

const LOGIN_NEEDED =
  "Log in at /admin/login, or send a key as `Authorization: Bearer KEY`. " +
  "`newsgather users add NAME --role operator` adds a user, `newsgather keys add NAME --scope read` a key.";

const ACCOUNTS_CACHE_MS = 2000;

/**
 * Adds authentication and authorisation to every route. While there is no user or key, nothing can
 * be written, and pages that need only `read` are open, but only at a loopback name or the portal's
 * own host name.
 */
export async function setGate(app: FastifyInstance, options: GateOptions): Promise<void> {
  const { store, now, perMinute } = options;
  const accounts = cached(() => hasAccounts(store), { ttl: ACCOUNTS_CACHE_MS, size: 1 });
  app.decorateRequest("actor", null);
  await app.register(cookie);
  await app.register(formbody);
  await app.register(rateLimit, {
    // A key with its own limit has its own counter, whatever IP address sends it.
    max: ({ actor }) => actor?.perMinute ?? perMinute,
    keyGenerator: ({ actor, ip }) => (actor?.perMinute ? actor.name : networkOf(ip)),
    timeWindow: 60_000,
    cache: 20_000,
    enableDraftSpec: true,
    errorResponseBuilder: (_, { after }) =>
      new ProblemError(429, "too-many-requests", `Too many requests. Try again in ${after}.`),
  });
  app.addHook("onRequest", async (request, reply) => {
    const open = !(await accounts.get("any"));
    const known = await identify(store, request, now());
    const mayRead = open && isRead(request.method) && isOurName(request, options);
    request.actor = known ?? nobody(mayRead ? ["read"] : []);
    const missing = missingRight(request, options);
    return missing ? refuse(request, reply, missing, open) : undefined;
  });
  app.addHook("preValidation", async (request) => {
    if (isRead(request.method)) return;
    if (!request.headers.authorization) checkOrigin(request);
    checkForm(request);
  });
}

function missingRight(request: FastifyRequest, { publicReading }: GateOptions): Right | null {
  const path = request.routeOptions.url;
  // A path without a route needs no right: the response is a 404.
  if (path === undefined) return null;
  const { right: own } = request.routeOptions.config;
  const needed = own ?? neededFor(request.method, path);
  if (needed === "anyone" || (needed === "reader" && publicReading)) return null;
  const right = needed === "reader" ? "read" : needed;
  return may(request, right) ? null : right;
}

function refuse(request: FastifyRequest, reply: FastifyReply, right: Right, open: boolean) {
  if (request.actor?.name !== "nobody") {
    const detail = `This needs the right "${right}", which you don't have.`;
    throw new ProblemError(403, "forbidden", detail);
  }
  if (open) {
    const detail =
      "There is no user yet: `newsgather users add NAME --role admin` adds the first user.";
    throw new ProblemError(401, "no-users", detail);
  }
  const reads = request.method === "GET" && acceptsPages(request);
  if (reads && isBelowAdmin(request.routeOptions.url ?? "")) {
    return reply.redirect(`/admin/login?next=${encodeURIComponent(request.url)}`, 303);
  }
  throw new ProblemError(401, "login-needed", LOGIN_NEEDED);
}

/** Returns false in a DNS rebinding attack, in which a foreign name resolves to this server. */
function isOurName({ hostname }: FastifyRequest, { baseUrl }: GateOptions): boolean {
  return isLoopbackHost(hostname) || hostname === new URL(baseUrl).hostname;
}
