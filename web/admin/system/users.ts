import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, shorten } from "../../../lib/text.ts";
import { DAY_MS } from "../../../lib/time.ts";
import {
  KEY_SCOPES,
  type Key,
  type KeyScope,
  type Session,
  showSession,
  USER_ROLES,
  type User,
  type UserRole,
} from "../../../model/operations/account.ts";
import { listKeys, listSessions, listUsers } from "../../../store/operations/accounts.ts";
import {
  createKey,
  editUser,
  endKey,
  inviteUser,
  keyState,
  makeLoginLink,
  revokeSession,
  revokeSessions,
} from "../../auth/accounts.ts";
import { hashSecret } from "../../auth/secret.ts";
import { actionForm, doEach, options, Reason, requireDone, Several, tickedForm } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, type PageContent } from "../page.ts";
import { badge, type State } from "../states.ts";
import { at, section } from "../tables.ts";

const PATH = "/admin/users";

const roles = Object.keys(USER_ROLES) as UserRole[];
const scopes = Object.keys(KEY_SCOPES) as KeyScope[];

const VERBS = {
  link: "Create a login link",
  logout: "End all sessions",
  disable: "Disable",
  enable: "Enable",
} as const;
const verbs = Object.keys(VERBS) as (keyof typeof VERBS)[];

const KEY_LIFETIMES = { 30: "30 days", 90: "90 days", 365: "a year", 0: "until it is revoked" };

const Name = z.string().trim().toLowerCase().min(1).max(32);
const InviteForm = z.object({ name: Name, role: z.enum(roles), reason: Reason });
const UserForm = z.object({
  name: z.string({ error: "choose a user" }).max(32),
  verb: z.union([z.enum(verbs), z.templateLiteral(["role ", z.enum(roles)])]),
  reason: Reason,
});
const SessionsForm = z.object({
  session: Several.pipe(z.array(z.string().max(64)).min(1, "tick a session").max(1000)),
  reason: Reason,
});
const KeyForm = z.object({
  name: z.string().trim().min(1, "say what the key is for").max(100),
  scope: Several.pipe(z.array(z.enum(scopes)).min(1, "tick a scope")),
  days: z.coerce.number().int().min(0).max(3650),
  perMinute: z.union([
    z.literal("").transform(() => null),
    z.coerce.number().int().min(1).max(1_000_000),
  ]),
  reason: Reason,
});
const RevokeForm = z.object({ id: z.string({ error: "choose a key" }).max(64), reason: Reason });

export const usersPage: AdminPage = {
  path: PATH,
  title: "Users and keys",
  section: "System",
  right: "admin",
  commands: ["newsgather users list", "newsgather users sessions", "newsgather keys list"],
  async show(request, deps) {
    const lists = await readLists(deps);
    const { users, keys, sessions, now } = lists;
    return {
      json: {
        users: users.map((user) => userRow(user, sessions, now)),
        sessions: sessions.map(showSession),
        keys: keys.map((key) => keyRow(key, now)),
      },
      html: () =>
        html`${usersForm(request, lists)}${inviteForm(request)}${sessionsForm(request, lists)}
${keysForm(request, lists)}${keyForm(request)}`,
    };
  },
  actions: [
    action(`${PATH}/invite`, "admin", InviteForm, async (user, { store, now, baseUrl }, author) => {
      const context = { ...author, now: now() };
      return linkPage(baseUrl, user.name, requireDone(await inviteUser(store, user, context)));
    }),
    action(PATH, "admin", UserForm, async ({ name, verb }, { store, now, baseUrl }, author) => {
      const context = { ...author, now: now() };
      if (verb === "link") {
        return linkPage(baseUrl, name, requireDone(await makeLoginLink(store, name, context)));
      }
      if (verb === "logout") {
        return `${name}: sessions and login links ended: ${await revokeSessions(store, name, context)}`;
      }
      const role = roles.find((one) => verb === `role ${one}`);
      const change = role
        ? ({ action: "user.role", role } as const)
        : ({ action: verb === "disable" ? "user.disable" : "user.enable" } as const);
      requireDone(await editUser(store, name, change, context));
      return `${name} was changed. All sessions of this user have ended.`;
    }),
    action(`${PATH}/sessions`, "admin", SessionsForm, async ({ session: ids }, deps, author) => {
      const revoke = (id: string) => revokeSession(deps.store, id, { ...author, now: deps.now() });
      return doEach(ids, revoke, (id) => id.slice(0, 8));
    }),
    action(`${PATH}/keys`, "admin", KeyForm, async (form, deps, author) => {
      const { name, scope, days, perMinute } = form;
      const expiresAt = days === 0 ? null : new Date(deps.now().getTime() + days * DAY_MS);
      const limit = perMinute === null ? {} : { perMinute };
      const wanted = { name, scopes: scope, expiresAt, ...limit };
      const { id, text } = await createKey(deps.store, wanted, { ...author, now: deps.now() });
      return shownOnce(
        `The key "${name}"`,
        text,
        html`Programs send this key as <code>Authorization: Bearer KEY</code>. Store the key now: Newsgather stores only its hash.`,
        { id, key: text, scopes: scope, expiresAt, perMinute },
      );
    }),
    action(`${PATH}/keys/revoke`, "admin", RevokeForm, async ({ id }, { store, now }, author) => {
      const ended = requireDone(await endKey(store, id, { ...author, now: now() }));
      return `${ended.id} is revoked`;
    }),
  ],
};

function shownOnce(title: string, secret: string, words: Html, json: object): PageContent {
  return {
    json,
    title,
    html: html`<section class="card card-body"><p>${words}</p>
<label class="form-label">Shown only once <input class="form-control secret" readonly value="${secret}" autofocus></label>
<p class="mb-0"><a href="${PATH}">Users and keys</a></p></section>`,
  };
}

function linkPage(
  baseUrl: string,
  user: string,
  { path, expiresAt }: { path: string; expiresAt: Date },
): PageContent {
  const link = baseUrl + path;
  const until = expiresAt.toISOString().slice(0, 16).replace("T", " ");
  const words = html`Give this link to ${user}. It works once, for the first person who opens it, until ${until} UTC. The user sets a password at
<code>/admin/account</code>.`;
  return shownOnce(`A login link for ${user}`, link, words, { user, link, expiresAt });
}

function stateOf(user: User, now: Date): State {
  if (user.disabledAt) return "disabled";
  if (user.lockedUntil && user.lockedUntil > now) return "locked";
  return user.lastSeenAt || user.passwordHash ? "active" : "invited";
}

function waysOf({ passwordHash, identity }: User): string[] {
  const ways = [passwordHash !== null && "password", identity !== undefined && "provider"];
  const own = ways.filter((way) => way !== false);
  return own.length > 0 ? own : ["link"];
}

function userRow(user: User, sessions: readonly Session[], now: Date) {
  const { _id: name, role, createdAt, lastSeenAt = null, disabledAt, lockedUntil } = user;
  const open = sessions.filter((session) => session.user === name && !session.isLink).length;
  const times = { createdAt, lastSeenAt, disabledAt, lockedUntil };
  const state = stateOf(user, now);
  return { name, role, state, logsInBy: waysOf(user), sessions: open, ...times };
}

function keyRow({ _id: id, name, scopes: may, ...key }: Key, now: Date) {
  const { perMinute = null, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = key;
  const times = { createdAt, createdBy, lastUsedAt, expiresAt, revokedAt };
  return { id, name, scopes: may, perMinute, state: keyState(key, now), ...times };
}

type Lists = Awaited<ReturnType<typeof readLists>>;

async function readLists({ store, now: clock, timezone: zone }: AdminDeps) {
  const now = clock();
  const [users, keys, sessions] = await Promise.all([
    listUsers(store),
    listKeys(store),
    listSessions(store, now),
  ]);
  return { users, keys, sessions, now, zone };
}

function usersForm(request: FastifyRequest, { users, sessions, now, zone }: Lists): Html {
  const rows = users.map((user) => {
    const { name, role, state, logsInBy, sessions: open, ...times } = userRow(user, sessions, now);
    return html`<tr><td><input class="form-check-input" type="radio" name="name" value="${name}" required aria-label="${name}"></td><th scope="row">${name}</th><td>${role}</td>
<td>${badge(state)}</td><td>${logsInBy.join(", ")}</td><td class="n">${open}</td><td>${at(zone, times.lastSeenAt)}</td><td>${at(zone, times.createdAt)}</td></tr>\n`;
  });
  const heads = ["", "Name", "Role", "State", "Logs in by", "Sessions", "Last seen", "Added"];
  const none = html`No users yet. Invite one below; <code>newsgather users add NAME --role admin</code> adds the first user on this machine.`;
  const table = section("Users", heads, rows, none);
  if (users.length === 0) return table;
  const changes = roles.map((role) => [`role ${role}`, `Change the role to ${role}`] as const);
  const fields = html`<label class="form-label">With the chosen user <select class="form-select" name="verb">${options([...Object.entries(VERBS), ...changes])}</select></label>`;
  const buttons = html`<button class="btn btn-primary">Do it</button>`;
  return tickedForm(request, { action: PATH, list: table, fields, buttons });
}

function inviteForm(request: FastifyRequest): Html {
  const choices = roles.map((role) => [role, `${role}: ${USER_ROLES[role].join(", ")}`] as const);
  const fields = html`<label class="form-label">Name <input class="form-control" name="name" required minlength="2" maxlength="32" pattern="[A-Za-z][A-Za-z0-9._\\-]+" autocomplete="off"></label>
<label class="form-label">Role <select class="form-select" name="role">${options(choices, "editor")}</select></label>`;
  return html`<section class="card card-body"><h2 class="card-title">Invite a user</h2><p>You get a link that logs the user in once, within three days.</p>
${actionForm(request, { action: `${PATH}/invite`, button: "Invite", fields })}</section>`;
}

function sessionsForm(request: FastifyRequest, { sessions, zone }: Lists): Html {
  const own = request.actor?.session ? hashSecret(request.actor.session) : null;
  const rows = sessions.map((session) => {
    const { id, user, way, createdAt, lastUsedAt, expiresAt, userAgent } = showSession(session);
    const label = `session of ${user}, ${createdAt.toISOString()}`;
    return html`<tr><td><input class="form-check-input" type="checkbox" name="session" value="${id}" aria-label="${label}"></td><th scope="row">${user}${id === own && " (this one)"}</th><td>${way}</td>
<td>${at(zone, createdAt)}</td><td>${at(zone, lastUsedAt)}</td><td>${at(zone, expiresAt)}</td><td class="why">${shorten(userAgent ?? "", 60)}</td></tr>\n`;
  });
  const heads = ["", "User", "Logged in by", "Since", "Last used", "Until", "Browser"];
  const table = section("Sessions and links", heads, rows, html`Nobody is logged in.`);
  if (sessions.length === 0) return table;
  const buttons = html`<button class="btn btn-outline-danger">Revoke the ticked sessions</button>`;
  return tickedForm(request, { action: `${PATH}/sessions`, list: table, buttons });
}

function keysForm(request: FastifyRequest, { keys, now, zone }: Lists): Html {
  const all = keys.map((key) => keyRow(key, now));
  const valid = all.filter(({ state }) => state === "valid");
  const rows = [...valid, ...all.filter(({ state }) => state !== "valid")].map((key) => {
    const { id, name, scopes: may, perMinute, state, createdBy, ...times } = key;
    const pick = html`<input class="form-check-input" type="radio" name="id" value="${id}" required aria-label="${name}">`;
    return html`<tr><td>${state === "valid" && pick}</td><th scope="row"><bdi>${name}</bdi></th><td class="url">${id}</td><td>${may.join(", ")}</td><td class="n">${perMinute}</td>
<td><span class="status ${state === "valid" ? "status-green" : "status-secondary"}">${state}</span></td><td>${at(zone, times.lastUsedAt)}</td><td>${times.expiresAt ? at(zone, times.expiresAt) : "never"}</td><td>${at(zone, times.createdAt)}, ${createdBy}</td></tr>\n`;
  });
  const heads = ["", "For", "Id", "Scopes", "A minute", "State", "Last used", "Expires", "Made"];
  const table = section("Keys", heads, rows, html`No keys yet. Create one below.`);
  if (valid.length === 0) return table;
  const buttons = html`<button class="btn btn-outline-danger">Revoke the chosen key</button>`;
  return tickedForm(request, { action: `${PATH}/keys/revoke`, list: table, buttons });
}

function keyForm(request: FastifyRequest): Html {
  const boxes = scopes.map(
    (scope) =>
      html`<label class="form-check"><input class="form-check-input" type="checkbox" name="scope" value="${scope}"> ${scope}: ${KEY_SCOPES[scope].join(", ")}</label> `,
  );
  const fields = html`<label class="form-label">What the key is for <input class="form-control" name="name" required maxlength="100" size="30" autocomplete="off"></label>
<fieldset><legend class="form-label">Scopes</legend>${boxes}</fieldset>
<label class="form-label">Valid for <select class="form-select" name="days">${options(Object.entries(KEY_LIFETIMES), "90")}</select></label>
<label class="form-label">Requests a minute <input class="form-control" name="perMinute" type="number" min="1" max="1000000" placeholder="as for an IP address"></label>`;
  return html`<section class="card card-body"><h2 class="card-title">Create a key</h2>${actionForm(request, { action: `${PATH}/keys`, button: "Create the key", fields })}</section>`;
}
