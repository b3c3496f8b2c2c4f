import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, jsonOf, parseUrl } from "../../lib/text.ts";
import type { LoginWay, User } from "../../model/operations/account.ts";
import { checked, ProblemError } from "../../model/problem.ts";
import {
  addSession,
  endSession,
  getUser,
  hasUsers,
  noteSeen,
  replaceTries,
  resetTries,
  type Tries,
  useLoginLink,
} from "../../store/operations/accounts.ts";
import { addAuditEntry, runAudited } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { SESSION_COOKIE } from "./access.ts";
import { checkOrigin } from "./form.ts";
import {
  CALLBACK_PATH,
  PENDING_LOGIN_TTL_MS,
  PendingLogin,
  type Provider,
  userOf,
} from "./provider.ts";
import { hashSecret, makeSecret, PASSWORD_LENGTH, verifyPassword } from "./secret.ts";

const SESSION_MS = 12 * 3_600_000;
const MAX_LOGIN_FAILURES = 5;
const LOCK_MS = { first: 60_000, most: 15 * 60_000 };
const MAX_USER_AGENT = 200;
const PENDING_COOKIE = "newsgather-login";
const PENDING_PATH = "/admin/login";
/** Each login route counts separately for each IP address or IPv6 /64 network. */
const MAX_LOGINS_PER_MINUTE = 10;

export interface LoginOptions {
  store: Store;
  baseUrl: string;
  now: () => Date;
  provider: Provider | null;
  /** Returns a whole page that contains `body`, the login form. */
  frame: (page: { title: string; body: Html }, request: FastifyRequest) => Html;
}

const Query = z.object({ next: z.string().max(500).catch("/admin") });
const LinkQuery = z.object({ token: z.string().max(200).default("") });
const Body = z.object({
  name: z.string().max(64).default(""),
  password: z.string().max(PASSWORD_LENGTH.max).default(""),
  next: z.string().max(500).default("/admin"),
});

export function loginRoutes(options: LoginOptions): FastifyPluginAsync {
  const { store, baseUrl, now, provider, frame } = options;
  const formPage = (request: FastifyRequest, next: string, problem: string | null) =>
    frame({ title: "Log in", body: formOf(next, problem, provider) }, request).markup;
  const refuse = (request: FastifyRequest, reply: FastifyReply, problem: string, next = "/admin") =>
    reply
      .code(401)
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(formPage(request, next, problem));
  const cookieOptions = ({ protocol }: FastifyRequest) => ({
    httpOnly: true,
    sameSite: "lax" as const,
    secure: protocol === "https" || baseUrl.startsWith("https:"),
  });
  const startSession = async (
    request: FastifyRequest,
    reply: FastifyReply,
    user: string,
    way: LoginWay,
  ) => {
    const token = makeSecret();
    const expiresAt = new Date(now().getTime() + SESSION_MS);
    const userAgent = (request.headers["user-agent"] ?? "").slice(0, MAX_USER_AGENT);
    const session = { _id: hashSecret(token), user, createdAt: now(), expiresAt, way, userAgent };
    const what = { action: "user.login", subject: user, detail: way };
    const audit = { actor: `user ${user}`, now: now() };
    await runAudited(store, audit, what, () => addSession(store, session));
    await noteSeen(store, user, now());
    reply.header("cache-control", "no-store").setCookie(SESSION_COOKIE, token, {
      ...cookieOptions(request),
      path: "/",
      expires: expiresAt,
    });
  };
  return async (app) => {
    const schema = { hide: true } as object;
    const config = { rateLimit: { max: MAX_LOGINS_PER_MINUTE, timeWindow: 60_000 } };
    app.get("/admin/login", { schema }, async (request, reply) => {
      const { next } = checked(Query, request.query);
      const problem = provider || (await hasUsers(store)) ? null : NO_USER;
      return reply.type("text/html; charset=utf-8").send(formPage(request, next, problem));
    });
    app.post("/admin/login", { schema, config }, async (request, reply) => {
      checkOrigin(request);
      const { name, password, next } = checked(Body, request.body ?? {}, "invalid-form");
      const problem = await tryLogin(store, name.trim().toLowerCase(), password, now());
      if (problem) return refuse(request, reply, problem, next);
      await startSession(request, reply, name.trim().toLowerCase(), "password");
      return reply.redirect(localPath(next), 303);
    });
    app.get("/admin/login/link", { schema, config }, async (request, reply) => {
      const { token } = checked(LinkQuery, request.query);
      // A browser that prefetches the page, or requests only headers, must not use up the link.
      const isVisit = request.method === "GET" && request.headers["sec-purpose"] === undefined;
      const user = isVisit ? await useLoginLink(store, hashSecret(token), now()) : null;
      const account = user === null ? null : await getUser(store, user);
      if (account && account.disabledAt === null) {
        await startSession(request, reply, account._id, "link");
        return reply.redirect("/admin", 303);
      }
      return refuse(request, reply, USED_LINK_MESSAGE);
    });
    app.get("/admin/login/provider", { schema, config }, async (request, reply) => {
      const { next } = checked(Query, request.query);
      if (!provider) throw noProvider();
      try {
        const { location, pending } = await provider.begin(localPath(next));
        return reply
          .setCookie(PENDING_COOKIE, Buffer.from(JSON.stringify(pending)).toString("base64url"), {
            ...cookieOptions(request),
            path: PENDING_PATH,
            maxAge: PENDING_LOGIN_TTL_MS / 1000,
          })
          .header("cache-control", "no-store")
          .redirect(location, 303);
      } catch (error) {
        request.log.warn({ err: error }, "can't reach the OpenID provider");
        return refuse(request, reply, `${provider.name} can't be reached. Try again later.`);
      }
    });
    app.get(CALLBACK_PATH, { schema, config }, async (request, reply) => {
      if (!provider) throw noProvider();
      const pending = pendingOf(request.cookies[PENDING_COOKIE]);
      reply.clearCookie(PENDING_COOKIE, { path: PENDING_PATH });
      if (!pending) return refuse(request, reply, LATE_LOGIN_MESSAGE);
      const query = new URL(request.url, "http://here").searchParams.toString();
      let outcome: Awaited<ReturnType<typeof userOf>>;
      try {
        const claims = await provider.finish(query, pending);
        outcome = await userOf(store, claims, { ...provider.settings, now: now() });
      } catch (error) {
        request.log.warn({ err: error }, "can't verify a login from the OpenID provider");
        return refuse(request, reply, `The login at ${provider.name} failed. Try again.`);
      }
      if ("problem" in outcome) return refuse(request, reply, outcome.problem);
      await startSession(request, reply, outcome._id, "provider");
      return reply.redirect(localPath(pending.next), 303);
    });
    app.post("/admin/logout", { schema }, async (request, reply) => {
      const session = request.actor?.session;
      if (session) await endSession(store, hashSecret(session));
      return reply.clearCookie(SESSION_COOKIE, { path: "/" }).redirect("/admin/login", 303);
    });
  };
}

/**
 * Returns null if the user can log in, otherwise a message that doesn't reveal whether the user
 * exists. Throws a 429 problem if too many passwords are being checked.
 */
export async function tryLogin(
  store: Store,
  name: string,
  password: string,
  now: Date,
): Promise<string | null> {
  const attempt = await claimAttempt(store, name, now);
  const right = await verifyPassword(password, attempt?.user.passwordHash ?? null);
  if (right === null) {
    // The password wasn't checked.
    if (attempt) await replaceTries(store, name, { from: attempt.after, to: attempt.user });
    const detail = "Too many logins at once. Try again in a moment.";
    throw new ProblemError(429, "too-many-requests", detail);
  }
  if (!attempt) return WRONG_PASSWORD_MESSAGE;
  if (right && attempt.user.disabledAt === null) {
    await resetTries(store, name);
    return null;
  }
  const { failures, lockedUntil } = attempt.after;
  if (lockedUntil) {
    const detail = `wrong passwords: ${failures}; locked until ${lockedUntil.toISOString()}`;
    const entry = { at: now, actor: "gate", action: "user.lock", subject: name, detail };
    await addAuditEntry(store, entry);
  }
  return WRONG_PASSWORD_MESSAGE;
}

const NO_USER =
  "There is no user yet. `newsgather users add NAME --role admin` adds the first user.";
const USED_LINK_MESSAGE =
  "This link was used before or has expired. Ask an administrator for a new link (newsgather users link NAME).";
const LATE_LOGIN_MESSAGE = "This login took too long, or began in another browser. Log in again.";
const WRONG_PASSWORD_MESSAGE =
  "The name or password is wrong, or there were too many attempts. After too many attempts, wait a while.";

async function claimAttempt(
  store: Store,
  name: string,
  now: Date,
): Promise<{ user: User; after: Tries } | null> {
  for (;;) {
    const user = await getUser(store, name);
    if (!user || (user.lockedUntil && user.lockedUntil > now)) return null;
    const failures = user.failures + 1;
    const lock = Math.min(LOCK_MS.first * 2 ** (failures - MAX_LOGIN_FAILURES), LOCK_MS.most);
    const lockedUntil = failures < MAX_LOGIN_FAILURES ? null : new Date(now.getTime() + lock);
    const after = { failures, lockedUntil };
    // Before the password is checked, so that parallel attempts can't exceed the limit.
    if (await replaceTries(store, name, { from: user, to: after })) return { user, after };
  }
}

/** Returns the path and query of a relative URL at or below `/admin`; otherwise `/admin`. */
export function localPath(next: string): string {
  const url = parseUrl(next, "http://here");
  const isOurs = url?.host === "here" && /^\/admin(\/|$)/.test(url.pathname);
  return isOurs ? url.pathname + url.search : "/admin";
}

function noProvider(): ProblemError {
  return new ProblemError(404, "not-found", "No OpenID provider is set up here.");
}

function pendingOf(cookie: string | undefined): PendingLogin | null {
  const text = Buffer.from(cookie ?? "", "base64url").toString();
  return PendingLogin.safeParse(jsonOf(text)).data ?? null;
}

function formOf(next: string, problem: string | null, provider: Provider | null): Html {
  const other =
    provider &&
    html`<a class="btn" href="/admin/login/provider?next=${encodeURIComponent(localPath(next))}">Log in with ${provider.name}</a>`;
  return html`<form method="post" action="/admin/login" class="card card-body login">
${problem && html`<p class="alert alert-danger" role="alert">${problem}</p>`}
<input type="hidden" name="next" value="${localPath(next)}">
<label class="form-label">Name <input class="form-control" name="name" autocomplete="username" required autofocus></label>
<label class="form-label">Password <input class="form-control" name="password" type="password" autocomplete="current-password" required></label>
<button class="btn btn-primary">Log in</button> ${other}
</form>`;
}
