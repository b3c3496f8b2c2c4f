import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, shorten } from "../../../lib/text.ts";
import { showSession, USER_ROLES, type User } from "../../../model/operations/account.ts";
import { notPossible, ProblemError } from "../../../model/problem.ts";
import { getUser, listSessions } from "../../../store/operations/accounts.ts";
import { actorName } from "../../auth/access.ts";
import { editUser, revokeSessions } from "../../auth/accounts.ts";
import { formToken } from "../../auth/form.ts";
import { tryLogin } from "../../auth/login.ts";
import { hashPassword, hashSecret, PASSWORD_LENGTH } from "../../auth/secret.ts";
import { requireDone } from "../forms.ts";
import { type AdminDeps, type AdminPage, action } from "../page.ts";
import { at, section } from "../tables.ts";

const PATH = "/admin/account";
const { min, max } = PASSWORD_LENGTH;

const PasswordForm = z
  .object({
    current: z.string().max(max).default(""),
    password: z.string().min(min, `use at least ${min} characters`).max(max),
    again: z.string().max(max),
  })
  .refine(({ password, again }) => password === again, {
    error: "the two passwords differ",
    path: ["again"],
  });

export const accountPage: AdminPage = {
  path: PATH,
  title: "Your account",
  section: "System",
  under: "/admin/users",
  commands: ["newsgather users password NAME"],
  async show(request, deps) {
    const session = request.actor?.session ?? null;
    const user = session === null ? null : await userOf(request, deps);
    if (!user)
      return {
        json: { user: null },
        html: html`<p class="text-secondary">Nobody is logged in.</p>`,
      };
    const all = await listSessions(deps.store, deps.now(), user._id);
    const sessions = all
      .filter((one) => !one.isLink)
      .map(showSession)
      .map((one) => {
        const { id, user: _, ...shown } = one;
        return { ...shown, isThis: id === hashSecret(session ?? "") };
      });
    const hasPassword = user.passwordHash !== null;
    const json = { user: user._id, role: user.role, hasPassword, sessions };
    const rows = sessions.map(
      ({ way, createdAt, lastUsedAt, userAgent, isThis }) =>
        html`<tr><td>${way}${isThis && " (this one)"}</td><td>${at(deps.timezone, createdAt)}</td><td>${at(deps.timezone, lastUsedAt)}</td><td class="why">${shorten(userAgent ?? "", 60)}</td></tr>\n`,
    );
    const heads = ["Logged in by", "Since", "Last used", "Browser"];
    const others =
      sessions.length > 1 &&
      html`<form method="post" action="${PATH}/logout">${formToken(request)}<button class="btn">End my other sessions</button></form>`;
    return {
      json,
      lead: html`${user._id}, ${user.role}: can ${USER_ROLES[user.role].join(", ")}.`,
      html: html`${passwordForm(request, hasPassword)}${section("Sessions", heads, rows, html`None.`)}${others}`,
    };
  },
  actions: [
    action(`${PATH}/password`, "read", PasswordForm, async (form, deps, { actor }, request) => {
      const { _id: name, passwordHash: known } = await userOf(request, deps);
      const { store, now } = deps;
      const problem = known === null ? null : await tryLogin(store, name, form.current, now());
      if (problem) throw notPossible("The current password is wrong.");
      const passwordHash = await hashPassword(form.password);
      const change = { action: "user.password", passwordHash } as const;
      const keep = hashSecret(request.actor?.session ?? "");
      requireDone(await editUser(store, name, change, { actor, now: now() }, keep));
      return "the password is set; other sessions have ended";
    }),
    action(`${PATH}/logout`, "read", z.object({}), async (_, deps, { actor }, request) => {
      const { _id: name } = await userOf(request, deps);
      const keep = hashSecret(request.actor?.session ?? "");
      const ended = await revokeSessions(deps.store, name, { actor, now: deps.now() }, keep);
      return `other sessions and login links ended: ${ended}`;
    }),
  ],
};

async function userOf(request: FastifyRequest, { store }: AdminDeps): Promise<User> {
  const name = request.actor?.session ? actorName(request).slice("user ".length) : null;
  const user = name === null ? null : await getUser(store, name);
  if (user) return user;
  throw new ProblemError(
    403,
    "forbidden",
    "Log in first: this page is only for users who are logged in.",
  );
}

function passwordForm(request: FastifyRequest, hasPassword: boolean): Html {
  const field = (name: string, label: string, autocomplete: string) =>
    html`<label class="form-label">${label} <input class="form-control" name="${name}" type="password" required minlength="${name === "current" ? 1 : min}" maxlength="${max}" autocomplete="${autocomplete}"></label>\n`;
  const title = hasPassword ? "Change the password" : "Set a password";
  return html`<section class="card card-body"><h2 class="card-title">${title}</h2><form method="post" action="${PATH}/password">${formToken(request)}
${hasPassword && field("current", "Current password", "current-password")}${field("password", `New password, at least ${min} characters`, "new-password")}${field("again", "Once more", "new-password")}
<button class="btn btn-primary">${title}</button></form></section>`;
}
