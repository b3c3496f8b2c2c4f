import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost } from "../../config/setting.ts";
import { cached } from "../../lib/async.ts";
import { networkOf } from "../../lib/text.ts";
import { KEY_SCOPES, type Right, USER_ROLES } from "../../model/operations/account.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError } from "../../model/problem.ts";
import {
  getKey,
  getSession,
  getUser,
  hasAccounts,
  listKeys,
  listSessions,
  touchKey,
  touchSession,
} from "../../store/operations/accounts.ts";
import type { Store } from "../../store/store.ts";
import { keyState } from "./accounts.ts";
import { checkForm, checkOrigin } from "./form.ts";
import { hashSecret, readKey, sameSecret } from "./secret.ts";

export const SESSION_COOKIE = "newsgather";

/** The right that a route needs. `reader`: `read`, or none if reading is public; `anyone`: none. */
export type Needed = Right | "reader" | "anyone";

/** Rights by route, except admin pages. Other routes that change something need `admin`. */
export const ROUTES: Readonly<Record<string, Needed>> = {
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /assets/:file": "anyone",
  "GET /robots.txt": "anyone",
  "GET /.well-known/http-message-signatures-directory": "anyone",
  "GET /.well-known/signature-agent-card": "anyone",
  "GET /websub/:id": "anyone",
  "POST /websub/:id": "anyone",
  "POST /v1/consumers": "operate",
  "DELETE /v1/consumers/:name": "operate",
  "POST /v1/consumers/:name/lease": "consume",
  "POST /v1/consumers/:name/ack": "consume",
  "POST /v1/consumers/:name/replay": "consume",
  "POST /v1/exports": "read",
  "DELETE /v1/exports/:id": "read",
  "POST /v1/sources": "operate",
  "PATCH /v1/sources/:id": "operate",
  "POST /v1/sources/:id/pause": "operate",
  "POST /v1/sources/:id/resume": "operate",
  "POST /v1/previews": "operate",
  "POST /v1/webhooks": "operate",
  "DELETE /v1/webhooks/:id": "operate",
  "POST /v1/webhooks/:id/test": "operate",
  "POST /v1/webhooks/:id/rotate": "operate",
  "POST /v1/webhooks/:id/pause": "operate",
  "POST /v1/webhooks/:id/resume": "operate",
  "POST /v1/webhooks/:id/replay": "operate",
  "PUT /v1/views/:id": "edit",
  "DELETE /v1/views/:id": "edit",
  "PUT /v1/searches/:name": "edit",
  "DELETE /v1/searches/:name": "edit",
  "GET /admin/login": "anyone",
  "POST /admin/login": "anyone",
  "GET /admin/login/link": "anyone",
  "GET /admin/login/provider": "anyone",
  "GET /admin/login/provider/callback": "anyone",
  "POST /admin/logout": "anyone",
  "POST /admin/theme": "anyone",
};

/** Reading at or below these paths needs `read`, even if reading is public. */
export const CLOSED_PATHS = [
  "/metrics",
  "/v1/captures",
  "/v1/clicks",
  "/v1/consumers",
  "/v1/coverage",
  "/v1/exports",
  "/v1/previews",
  "/v1/sources",
  "/v1/statistics",
  "/v1/webhooks",
];

export const QUEUES_UI_PATH = "/admin/queues/board";

export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

export function neededFor(method: string, path: string): Needed {
  const reads = isRead(method);
  const listed = ROUTES[`${reads ? "GET" : method} ${path}`];
  if (listed) return listed;
  if (reads && isAtOrBelow(QUEUES_UI_PATH, path)) return "operate";
  if (reads && CLOSED_PATHS.some((closed) => isAtOrBelow(closed, path))) return "read";
  return reads && !isAtOrBelow("/admin", path) ? "reader" : "admin";
}

function isAtOrBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export const SECURITY_SCHEMES = {
  key: {
    type: "http",
    scheme: "bearer",
    description: "A key from `newsgather keys add`; its scopes decide what it can do",
  },
  keyHeader: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same key in a separate header",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description:
      "A browser session after /admin/login; a session can only read, and writes need a key",
  },
} as const;

/** Alternative ways to authenticate, each with the rights that it needs. */
export type Security = Partial<Record<keyof typeof SECURITY_SCHEMES, string[]>>[];

/**
 * Returns a route's ways to authenticate; empty if the route is open to anyone. The way `{}` means
 * no authentication.
 */
export function securityOf(
  method: string,
  path: string,
  { publicReading }: { publicReading: boolean },
): Security {
  const needed = neededFor(method, path);
  if (needed === "anyone") return [];
  const rights = [needed === "reader" ? "read" : needed];
  const keys = [{ key: rights }, { keyHeader: rights }];
  if (method !== "GET") return keys;
  const ways = [...keys, { session: rights }];
  return needed === "reader" && publicReading ? [{}, ...ways] : ways;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Right that a page or action of the admin needs; for other routes, see `ROUTES`. */
    right?: Right;
  }
  interface FastifyRequest {
    /** Null on servers that don't call `setGate`. */
    actor: Actor | null;
  }
}

export interface GateOptions {
  store: Store;
  baseUrl: string;
  /** Whether reading needs no key or session. */
  publicReading: boolean;
  /**
   * Maximum number of requests per minute from one IP address or IPv6 /64 network. Requests without
   * the needed key or right count separately, with the same maximum.
   */
  perMinute: number;
  now: () => Date;
}

const LOGIN_NEEDED =
  "Log in at /admin/login, or send a key as `Authorization: Bearer KEY`. " +
  "`newsgather users add NAME --role operator` adds a user, `newsgather keys add NAME --scope read` a key.";

const BAD_KEY = "This key is unknown, revoked or expired.";
const ACCOUNTS_CACHE_MS = 2000;

/**
 * Adds authentication and authorisation to every route. While there is no user or key, only reading
 * is allowed, and only at our own host names.
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
    errorResponseBuilder: (_, { after }) => tooMany(after),
  });
  const refusals = app.createRateLimit({
    max: perMinute,
    keyGenerator: ({ ip }) => networkOf(ip),
  });
  const valid = cached(() => validHashes(store, now()), { ttl: ACCOUNTS_CACHE_MS, size: 1 });
  // Only a valid credential is looked up for an address with too many refused requests.
  const isWorthReading = async (request: FastifyRequest, { hash }: Credential) => {
    const isOver = isExceeded(await refusals(request, { increment: false }));
    return !isOver || (await valid.get("all")).has(hash);
  };
  const countRefusal = async (request: FastifyRequest, reply: FastifyReply) => {
    const counted = await refusals(request);
    if (!isExceeded(counted)) return;
    reply.header("retry-after", counted.ttlInSeconds);
    throw tooMany(`${counted.ttlInSeconds} s`);
  };
  app.addHook("onRequest", async (request, reply) => {
    const open = !(await accounts.get("any"));
    const shown = request.is404 ? null : credentialOf(request);
    const known =
      shown && (await isWorthReading(request, shown)) ? await identify(store, shown, now()) : null;
    const mayRead = open && isRead(request.method) && isOurName(request, options);
    request.actor = known ?? { ...NOBODY, rights: mayRead ? ["read"] : [] };
    const isBadKey = shown?.kind === "key" && !known;
    const missing = missingRight(request, options);
    if (isBadKey || missing) await countRefusal(request, reply);
    if (isBadKey) throw new ProblemError(401, "bad-key", BAD_KEY);
    return missing ? refuse(request, reply, missing, open) : undefined;
  });
  app.addHook("preValidation", async (request) => {
    if (isRead(request.method)) return;
    if (!request.headers.authorization) checkOrigin(request);
    checkForm(request);
  });
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

function isExceeded(counted: Counted): counted is Extract<Counted, { isAllowed: false }> {
  return !counted.isAllowed && counted.isExceeded;
}

function tooMany(after: string): ProblemError {
  return new ProblemError(429, "too-many-requests", `Too many requests. Try again in ${after}.`);
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
  if (reads && isAtOrBelow("/admin", request.routeOptions.url ?? "")) {
    return reply.redirect(`/admin/login?next=${encodeURIComponent(request.url)}`, 303);
  }
  throw new ProblemError(401, "login-needed", LOGIN_NEEDED);
}

/** Returns false in a DNS rebinding attack, in which a foreign name resolves to this server. */
function isOurName({ hostname }: FastifyRequest, { baseUrl }: GateOptions): boolean {
  return isLoopbackHost(hostname) || hostname === new URL(baseUrl).hostname;
}

/** The sender of a request, and the sender's rights. */
export interface Actor {
  /** `user NAME` or `key ID`, as in the audit log; `nobody` without a valid key or session. */
  name: string;
  rights: readonly Right[];
  /** The key's own limit of requests per minute; null if the actor has none. */
  perMinute: number | null;
  /** Token of the session in the actor's cookie; null if the actor uses a key or is `nobody`. */
  session: string | null;
}

const NOBODY: Actor = { name: "nobody", rights: [], perMinute: null, session: null };

/** Returns whether the actor of a request has a right; false on servers without `setGate`. */
export function may(request: FastifyRequest, right: Right): boolean {
  return request.actor?.rights.includes(right) ?? false;
}

/** Returns whether a request has a valid key or session. */
export function isKnown({ actor }: FastifyRequest): boolean {
  return actor !== null && actor.name !== "nobody";
}

/** Returns the name for the audit log. Throws a 401 problem if no key or session was sent. */
export function actorName(request: FastifyRequest): string {
  if (request.actor && isKnown(request)) return request.actor.name;
  throw new ProblemError(401, "login-needed", "Log in or send a key to do this.");
}

/** Throws a 401 problem if a request has no key or session, even while no user or key exists. */
export async function requireActor(request: FastifyRequest): Promise<void> {
  actorName(request);
}

/** Returns actor and time for the audit log. Throws a 401 problem if no key or session was sent. */
export function auditOf(request: FastifyRequest, now: () => Date): AuditContext {
  return { actor: actorName(request), now: now() };
}

type Credential = { hash: string } & (
  | { kind: "key"; id: string | null }
  | { kind: "session"; token: string }
);

function credentialOf({ headers, cookies }: FastifyRequest): Credential | null {
  const shown = headers["x-api-key"] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (shown !== undefined) {
    const { id = null, secret = "" } = readKey(String(shown)) ?? {};
    return { kind: "key", id, hash: hashSecret(secret) };
  }
  const token = cookies[SESSION_COOKIE];
  return token ? { kind: "session", token, hash: hashSecret(token) } : null;
}

async function validHashes(store: Store, now: Date): Promise<ReadonlySet<string>> {
  const [keys, sessions] = await Promise.all([listKeys(store), listSessions(store, now)]);
  const valid = keys.filter((key) => keyState(key, now) === "valid");
  return new Set([...valid.map(({ secretHash }) => secretHash), ...sessions.map(({ _id }) => _id)]);
}

async function identify(store: Store, shown: Credential, now: Date): Promise<Actor | null> {
  if (shown.kind === "session") {
    const session = await getSession(store, shown.hash, now);
    const user = session && (await getUser(store, session.user));
    if (!user || user.disabledAt !== null) return null;
    await touchSession(store, session, now);
    const rights = USER_ROLES[user.role];
    return { ...NOBODY, name: `user ${user._id}`, rights, session: shown.token };
  }
  const key = shown.id === null ? null : await getKey(store, shown.id);
  if (!key || !sameSecret(shown.hash, key.secretHash)) return null;
  if (keyState(key, now) !== "valid") return null;
  await touchKey(store, key, now);
  const { _id, scopes, perMinute = null } = key;
  const rights = [...new Set(scopes.flatMap((scope) => KEY_SCOPES[scope]))];
  return { ...NOBODY, name: `key ${_id}`, rights, perMinute };
}

/** Returns whether the client accepts HTML. Browsers do; other programs get JSON. */
export function acceptsPages({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return /text\/html/.test(headers.accept ?? "");
}
