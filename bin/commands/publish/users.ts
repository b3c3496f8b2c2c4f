import { text } from "node:stream/consumers";
import { type Command, Option } from "@commander-js/extra-typings";
import { read } from "read";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import {
  showSession,
  USER_ROLES,
  type User,
  type UserRole,
} from "../../../model/operations/account.ts";
import { getUser, listSessions, listUsers } from "../../../store/operations/accounts.ts";
import type { Store } from "../../../store/store.ts";
import {
  createUser,
  editUser,
  inviteUser,
  makeLoginLink,
  revokeSessions,
  type UserChange,
} from "../../../web/auth/accounts.ts";
import { identityOf } from "../../../web/auth/provider.ts";
import { hashPassword, PASSWORD_LENGTH } from "../../../web/auth/secret.ts";
import { commandActor } from "../../actor.ts";
import { requireKnown, unknownName } from "../../exit.ts";
import { readInstance } from "../../instance.ts";
import { day, minute, plainTable } from "../../output.ts";
import { onStore, withStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";

export function register(program: Command): void {
  const users = program.command("users").description("manage the users of the admin");
  const roles = Object.keys(USER_ROLES) as UserRole[];
  const roleOption = () =>
    new Option("--role <role>", "what the user is allowed to do").choices(roles);
  const verb = (name: string, description: string) =>
    users
      .command(name)
      .description(description)
      .argument("<name>")
      .option("--reason <text>", "why, for the audit log");
  const stdin = "read the password from the first line of standard input";

  verb("add", "add a user; asks for the password")
    .addOption(roleOption().makeOptionMandatory())
    .option("--password-stdin", stdin)
    .action(async (name, { role, reason, passwordStdin }) => {
      const passwordHash = await hashPassword(await askPassword(passwordStdin));
      const user = { _id: name, role, passwordHash };
      const how = { ...commandActor(), reason };
      requireDone(await onStore((store) => createUser(store, user, how)));
      console.error(`${name} can log in at /admin/login as ${role}`);
    });
  const list = users.command("list").description("show every user");
  printStored(list, async (store) => (await listUsers(store)).map(shown), tableOf);
  verb("invite", "add a user without a password; prints a link for one login within three days")
    .addOption(roleOption().makeOptionMandatory())
    .action((name, { role, reason }) =>
      onAddress(async (store, address) => {
        const how = { ...commandActor(), reason };
        const link = requireDone(await inviteUser(store, { name, role }, how));
        console.log(address + link.path);
      }),
    );
  users
    .command("link <name>")
    .description(
      "print a link for one login within 15 minutes, or within three days for a new user",
    )
    .action((name) =>
      onAddress(async (store, address) => {
        await requireUser(store, name);
        console.log(await loginLink(store, { user: name, address, now: new Date() }));
      }),
    );
  verb("role", "change the role of a user; ends their sessions")
    .argument("<role>", roles.join(", "))
    .action((name, wanted, options) => {
      requireKnown("role", [wanted], roles, `write one of ${roles.join(", ")}`);
      return change(name, { action: "user.role", role: wanted as UserRole }, options);
    });
  verb("disable", "disable a user and end their sessions").action((name, options) =>
    change(name, { action: "user.disable" }, options),
  );
  verb("enable", "let a disabled user in again").action((name, options) =>
    change(name, { action: "user.enable" }, options),
  );
  verb("password", "set a new password; ends the user's sessions and unlocks the user")
    .option("--password-stdin", stdin)
    .action(async (name, options) => {
      const passwordHash = await hashPassword(await askPassword(options.passwordStdin));
      await change(name, { action: "user.password", passwordHash }, options);
    });
  verb("identity", "let a user log in through the OpenID provider")
    .argument("<subject>", "the user's claim `sub` at the provider in NEWSGATHER_OIDC_ISSUER")
    .action((name, subject, options) => {
      const issuer = loadConfig(processEnv()).oidc?.issuer;
      if (!issuer) throw new CommandError("usage", "set NEWSGATHER_OIDC_ISSUER first");
      const identity = identityOf(issuer, subject);
      return change(name, { action: "user.identity", identity }, options);
    });
  printStored(
    users
      .command("sessions")
      .description("show who is logged in, and which login links are unused"),
    async (store) => (await listSessions(store, new Date())).map(showSession),
    sessionsTable,
  );
  verb("logout", "end all sessions of a user, and revoke their login links").action(
    (name, { reason }) =>
      onStore(async (store) => {
        await requireUser(store, name);
        const ended = await revokeSessions(store, name, { ...commandActor(), reason });
        console.error(`${name}: sessions and login links ended: ${ended}`);
      }),
  );
}

function requireDone<Done extends object>(outcome: Done | { problem: string }): Done {
  if ("problem" in outcome) throw new CommandError("usage", outcome.problem);
  return outcome;
}

async function onAddress(work: (store: Store, address: string) => Promise<void>): Promise<void> {
  const config = loadConfig(processEnv());
  const { host, port } = config.listen;
  const own = readInstance(config.dataDir)?.address ?? `http://${host}:${port}`;
  await withStore(config, (store) => work(store, config.baseUrl ?? own));
}

async function change(
  name: string,
  set: UserChange,
  { reason }: { reason?: string },
): Promise<void> {
  await onStore(async (store) => {
    const outcome = await editUser(store, name, set, { ...commandActor(), reason });
    if ("problem" in outcome) await requireUser(store, name);
    requireDone(outcome);
  });
  console.error(`${name} was changed. All sessions of this user have ended.`);
}

async function requireUser(store: Store, name: string): Promise<void> {
  if (await getUser(store, name)) return;
  const known = (await listUsers(store)).map(({ _id }) => _id);
  throw unknownName("user", name, known, "`newsgather users list` lists all users");
}

function shown({ _id, role, createdAt, lastSeenAt, disabledAt, lockedUntil }: User) {
  return { name: _id, role, createdAt, lastSeenAt: lastSeenAt ?? null, disabledAt, lockedUntil };
}

function sessionsTable(rows: ReturnType<typeof showSession>[]): string {
  const cells = rows.map(({ user, way, createdAt, lastUsedAt, expiresAt }) => [
    user,
    way ?? "",
    minute(createdAt),
    minute(lastUsedAt),
    minute(expiresAt),
  ]);
  return plainTable(["user", "way", "since", "used", "until"], cells, {
    none: "nobody is logged in",
  });
}

function tableOf(rows: ReturnType<typeof shown>[]): string {
  const cells = rows.map(({ name, role, createdAt, lastSeenAt, disabledAt }) => [
    name,
    role,
    day(createdAt),
    day(lastSeenAt),
    day(disabledAt),
  ]);
  const none = "no users: `newsgather users add NAME --role ROLE` adds one";
  return plainTable(["name", "role", "since", "seen", "disabled"], cells, { none });
}

async function askPassword(fromStdin: true | undefined): Promise<string> {
  const password = fromStdin ? await firstLine() : await typed();
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min || password.length > max) {
    throw new CommandError("usage", `the password needs ${min} to ${max} characters`);
  }
  return password;
}

async function firstLine(): Promise<string> {
  const [line = ""] = (await text(process.stdin)).split(/\r?\n/);
  return line;
}

async function typed(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      "usage",
      "there is no terminal to ask for a password: use --password-stdin",
    );
  }
  const ask = (prompt: string) =>
    read({ prompt, silent: true, replace: "*", output: process.stderr });
  const password = await ask("Password: ");
  if ((await ask("Once more: ")) === password) return password;
  throw new CommandError("usage", "the two passwords differ");
}

/** Returns a one-time URL that logs a user in to the admin at `address`. */
export async function loginLink(
  store: Store,
  { user, address, now }: { user: string; address: string; now: Date },
): Promise<string> {
  return address + requireDone(await makeLoginLink(store, user, { ...commandActor(), now })).path;
}

/** Adds a user without a password, who logs in with links. Does nothing if the name is taken. */
export async function addUserWithoutPassword(
  store: Store,
  name: string,
  role: UserRole,
): Promise<void> {
  await createUser(store, { _id: name, role, passwordHash: null }, commandActor());
}
