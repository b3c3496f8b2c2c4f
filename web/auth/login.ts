import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html } from "../../lib/html.ts";
import type { User } from "../../model/operations/account.ts";
import { checked, ProblemError } from "../../model/problem.ts";
import {
  addSession,
  endSession,
  getUser,
  hasUsers,
  moveTries,
  resetTries,
  type Tries,
  useLoginLink,
} from "../../store/operations/accounts.ts";
import { note, noted } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { COOKIE } from "./actor.ts";
import { checkOrigin } from "./form.ts";
import { hashSecret, makeSecret, PASSWORD_LENGTH, verifyPassword } from "./secret.ts";

/** How long a session holds, ms. */
const SESSION_MS = 12 * 3_600_000;
/** Wrong passwords in a row before an account is locked, and the first and longest lock, ms. */
const MAX_TRIES = 5;
const LOCK_MS = { first: 60_000, most: 15 * 60_000 };
/** Logins a minute from one address, or one IPv6 network of 64 bits. */
const MAX_LOGINS_PER_MINUTE = 10;

/** What the login stands on. */
export interface LoginOptions {
  store: Store;
  baseUrl: string;
  now: () => Date;
  /** A whole page around the form. */
  frame: (page: { title: string; body: Html }, request: FastifyRequest) => Html;
}

const Query = z.object({ next: z.string().max(500).catch("/admin") });
const LinkQuery = z.object({ token: z.string().max(200).default("") });
const Body = z.object({
  name: z.string().max(64).default(""),
  password: z.string().max(PASSWORD_LENGTH.max).default(""),
  next: z.string().max(500).default("/admin"),
});

/** `/admin/login`, `/admin/login/link` and `/admin/logout`. */
export function loginRoutes({ store, baseUrl, now, frame }: LoginOptions): FastifyPluginAsync {
  const startSession = async (request: FastifyRequest, reply: FastifyReply, user: string) => {
    const token = makeSecret();
    const expiresAt = new Date(now().getTime() + SESSION_MS);
    const session = { _id: hashSecret(token), user, createdAt: now(), expiresAt };
    const entry = { at: now(), actor: `user ${user}`, action: "user.login", subject: user };
    await noted(store, entry, () => addSession(store, session));
    reply.setCookie(COOKIE, token, {
      path: "/",
      httpOnly: true,
      sameSite: "lax",
      secure: isSecure(request, baseUrl),
      expires: expiresAt,
    });
  };
  return async (app) => {
    const schema = { hide: true } as object;
    const config = { rateLimit: { max: MAX_LOGINS_PER_MINUTE, timeWindow: 60_000 } };
    app.get("/admin/login", { schema }, async (request, reply) => {
      const { next } = checked(Query, request.query);
      const problem = (await hasUsers(store)) ? null : NO_USER;
      return reply
        .type("text/html; charset=utf-8")
        .send(frame({ title: "Log in", body: formOf(next, problem) }, request).markup);
    });
    app.post("/admin/login", { schema, config }, async (request, reply) => {
      checkOrigin(request);
      const { name, password, next } = checked(Body, request.body ?? {}, "invalid-form");
      const problem = await tryLogin(store, name.trim().toLowerCase(), password, now());
      reply.header("cache-control", "no-store");
      if (problem) {
        const page = frame({ title: "Log in", body: formOf(next, problem) }, request).markup;
        return reply.code(401).type("text/html; charset=utf-8").send(page);
      }
      await startSession(request, reply, name.trim().toLowerCase());
      return reply.redirect(localPath(next), 303);
    });
    app.get("/admin/login/link", { schema, config }, async (request, reply) => {
      const { token } = checked(LinkQuery, request.query);
      reply.header("cache-control", "no-store");
      // A browser that loads pages ahead, or asks for headers only, doesn't use it up.
      const isVisit = request.method === "GET" && request.headers["sec-purpose"] === undefined;
      const user = isVisit ? await useLoginLink(store, hashSecret(token), now()) : null;
      const account = user === null ? null : await getUser(store, user);
      if (account && account.disabledAt === null) {
        await startSession(request, reply, account._id);
        return reply.redirect("/admin", 303);
      }
      const page = frame({ title: "Log in", body: formOf("/admin", USED) }, request).markup;
      return reply.code(401).type("text/html; charset=utf-8").send(page);
    });
    app.post("/admin/logout", { schema }, async (request, reply) => {
      const session = request.actor?.session;
      if (session) await endSession(store, hashSecret(session));
      return reply.clearCookie(COOKIE, { path: "/" }).redirect("/admin/login", 303);
    });
  };
}

/** Null when the password is right, else what to say; the same words, after the same work, whether or not there is such a user. */
async function tryLogin(
  store: Store,
  name: string,
  password: string,
  now: Date,
): Promise<string | null> {
  const attempt = await claimAttempt(store, name, now);
  const right = await verifyPassword(password, attempt?.user.passwordHash ?? null);
  if (right === null) {
    // Nobody looked at the password.
    if (attempt) await moveTries(store, name, { from: attempt.after, to: attempt.user });
    throw new ProblemError(429, "too-many-requests", "Too many logins at once.");
  }
  if (!attempt) return WRONG;
  if (right && attempt.user.disabledAt === null) {
    await resetTries(store, name);
    return null;
  }
  await noteLock(store, name, attempt.after, now);
  return WRONG;
}

const NO_USER = "There is no user yet. `newsgather users add NAME --role admin` makes the first.";
const USED =
  "This link was used before, or it is over. Ask for a new one (newsgather users link NAME).";
const WRONG = "Name or password is wrong, or there were too many tries: then wait a while.";

/** One try at a user's password: the user as they were, and the count with this try in it. */
interface Attempt {
  user: User;
  after: Tries;
}

/**
 * Counts a try before its password is verified, so that of many at once no more are verified than one
 * after the other; null where there is no such user, or the account is locked.
 */
async function claimAttempt(store: Store, name: string, now: Date): Promise<Attempt | null> {
  for (;;) {
    const user = await getUser(store, name);
    if (!user || (user.lockedUntil && user.lockedUntil > now)) return null;
    const failures = user.failures + 1;
    const lock = Math.min(LOCK_MS.first * 2 ** (failures - MAX_TRIES), LOCK_MS.most);
    const lockedUntil = failures < MAX_TRIES ? null : new Date(now.getTime() + lock);
    const after = { failures, lockedUntil };
    if (await moveTries(store, name, { from: user, to: after })) return { user, after };
  }
}

async function noteLock(
  store: Store,
  name: string,
  { failures, lockedUntil }: Tries,
  now: Date,
): Promise<void> {
  if (!lockedUntil) return;
  const detail = `${failures} wrong passwords; until ${lockedUntil.toISOString()}`;
  await note(store, { at: now, actor: "gate", action: "user.lock", subject: name, detail });
}

function isSecure(request: FastifyRequest, baseUrl: string): boolean {
  return request.protocol === "https" || baseUrl.startsWith("https:");
}

/** A path of ours to go on to; anything else leads to the overview. */
function localPath(next: string): string {
  const path = URL.canParse(next, "http://here") ? new URL(next, "http://here") : null;
  const ours = path?.host === "here" && path.pathname.startsWith("/admin");
  return ours ? path.pathname + path.search : "/admin";
}

function formOf(next: string, problem: string | null): Html {
  return html`<form method="post" action="/admin/login" class="card card-body login">
${problem && html`<p class="alert alert-danger" role="alert">${problem}</p>`}
<input type="hidden" name="next" value="${localPath(next)}">
<label class="form-label">Name <input class="form-control" name="name" autocomplete="username" required autofocus></label>
<label class="form-label">Password <input class="form-control" name="password" type="password" autocomplete="current-password" required></label>
<button class="btn btn-primary">Log in</button>
</form>`;
}
