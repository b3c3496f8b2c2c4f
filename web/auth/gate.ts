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
import { isBelowAdmin, neededFor } from "./routes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The right that a page or action of the admin asks for. */
    right?: Right;
  }
}

/** The dependencies of the gate. */
export interface GateOptions {
  store: Store;
  /** The portal's public address. */
  baseUrl: string;
  /** Whether readers need neither key nor session. */
  publicReading: boolean;
  /** Requests a minute from one address, or one IPv6 network of 64 bits. */
  perMinute: number;
  now: () => Date;
}

const LOGIN_NEEDED =
  "Log in at /admin/login, or send a key as `Authorization: Bearer KEY`. " +
  "`newsgather users add NAME --role operator` adds a user, `newsgather keys add NAME --scope read` a key.";

/** How long the answer to "is there any user or key" stays valid, ms. */
const ACCOUNTS_CACHE_MS = 2000;

/**
 * Puts the gate before every route of `app`: says who is asking, and refuses what he may not do.
 * While there is neither user nor key, operators' pages can be read without, on loopback names
 * alone, and nothing can be written.
 */
export async function setGate(app: FastifyInstance, options: GateOptions): Promise<void> {
  const { store, now, perMinute } = options;
  const accounts = cached(() => hasAccounts(store), { ttl: ACCOUNTS_CACHE_MS, size: 1 });
  app.decorateRequest("actor", null);
  await app.register(cookie);
  await app.register(formbody);
  await app.register(rateLimit, {
    // A key with a limit of its own is counted by itself, wherever it is used from.
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
    const mayRead = open && isRead(request) && isOurName(request, options);
    request.actor = known ?? nobody(mayRead ? ["read"] : []);
    const missing = missingRight(request, options);
    return missing ? refuse(request, reply, missing, open) : undefined;
  });
  app.addHook("preValidation", async (request) => {
    if (isRead(request)) return;
    if (!request.headers.authorization) checkOrigin(request);
    checkForm(request);
  });
}

function isRead({ method }: FastifyRequest): boolean {
  return method === "GET" || method === "HEAD";
}

/** The right that a request lacks; null when it may pass. */
function missingRight(request: FastifyRequest, { publicReading }: GateOptions): Right | null {
  const path = request.routeOptions.url;
  // Without a route there is nothing to guard but that there is none.
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
      "There is no user yet: `newsgather users add NAME --role admin` makes the first.";
    throw new ProblemError(401, "no-users", detail);
  }
  const reads = request.method === "GET" && acceptsPages(request);
  if (reads && isBelowAdmin(request.routeOptions.url ?? "")) {
    return reply.redirect(`/admin/login?next=${encodeURIComponent(request.url)}`, 303);
  }
  throw new ProblemError(401, "login-needed", LOGIN_NEEDED);
}

/**
 * Whether a request names us as we are: a page elsewhere whose name was made to lead to loopback
 * (DNS rebinding) still shows its own name.
 */
function isOurName({ hostname }: FastifyRequest, { baseUrl }: GateOptions): boolean {
  return isLoopbackHost(hostname) || hostname === new URL(baseUrl).hostname;
}
