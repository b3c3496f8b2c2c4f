import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import { read } from "read";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { MINUTE_MS } from "../../../lib/time.ts";
import {
  USER_NAME,
  USER_ROLES,
  type User,
  type UserRole,
} from "../../../model/operations/account.ts";
import {
  addLoginLink,
  addUser,
  changeUser,
  getUser,
  listUsers,
} from "../../../store/operations/accounts.ts";
import { noted } from "../../../store/operations/audit.ts";
import type { Store } from "../../../store/store.ts";
import { hashPassword, hashSecret, makeSecret, PASSWORD_LENGTH } from "../../../web/auth/secret.ts";
import { cliActor } from "../../actor.ts";
import { readInstance } from "../../instance.ts";
import { unknownName } from "../../names.ts";
import { plainTable } from "../../output.ts";
import { onStore, withStore } from "../../services/use.ts";

interface Options {
  role: UserRole;
  reason?: string;
  passwordStdin?: true;
}

/** `newsgather users`: who may log in. */
export function register(program: Command): void {
  const users = program.command("users").description("who may log in to the operators' pages");
  const roles = Object.keys(USER_ROLES);
  const role = () => new Option("--role <role>", "what the user may do").choices(roles);
  const verb = (name: string, description: string) =>
    users
      .command(name)
      .description(description)
      .option("--reason <text>", "why, for the audit log");
  const stdin = "read the password from the first line of standard input";

  verb("add", "add a user; asks for the password")
    .argument("<name>")
    .addOption(role().makeOptionMandatory())
    .option("--password-stdin", stdin)
    .action(add);
  users
    .command("list")
    .description("show every user")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const rows = (await onStore(listUsers)).map(shown);
      console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
    });
  users
    .command("link")
    .description("print a link that logs a user in once, within a quarter of an hour")
    .argument("<name>")
    .action(printLoginLink);
  verb("role", "give a user another role; ends his sessions")
    .argument("<name>")
    .argument("<role>", roles.join(", "))
    .action((name: string, wanted: string, options: Options) => {
      if (!isRole(wanted)) {
        throw unknownName("role", wanted, roles, `write one of ${roles.join(", ")}`);
      }
      return change(name, { role: wanted }, "user.role", options, wanted);
    });
  verb("disable", "let a user in no more; ends his sessions")
    .argument("<name>")
    .action((name: string, options: Options) =>
      change(name, { disabledAt: new Date() }, "user.disable", options),
    );
  verb("enable", "let a disabled user in again")
    .argument("<name>")
    .action((name: string, options: Options) =>
      change(name, { disabledAt: null }, "user.enable", options),
    );
  verb("password", "set a new password; ends the user's sessions and a lock")
    .argument("<name>")
    .option("--password-stdin", stdin)
    .action(async (name: string, options: Options) => {
      const passwordHash = await hashPassword(await askPassword(options.passwordStdin === true));
      await change(name, { passwordHash }, "user.password", options);
    });
}

function isRole(word: string): word is UserRole {
  return Object.hasOwn(USER_ROLES, word);
}

async function add(name: string, { role, reason, passwordStdin }: Options): Promise<void> {
  if (!USER_NAME.test(name)) {
    throw new CommandError("usage", `"${name}": use a-z, 0-9, ., _ and -, 2 to 32, a letter first`);
  }
  const passwordHash = await hashPassword(await askPassword(passwordStdin === true));
  await onStore(async (store) => {
    const now = new Date();
    const what = { action: "user.add", subject: name, detail: role, ...(reason && { reason }) };
    const user = { _id: name, role, passwordHash };
    const entry = { at: now, actor: cliActor(), ...what };
    if (!(await noted(store, entry, () => addUser(store, user, now)))) {
      throw new CommandError("usage", `there is a user ${name} already`);
    }
  });
  console.error(`${name} may log in at /admin/login as ${role}`);
}

async function printLoginLink(name: string): Promise<void> {
  const config = loadConfig(processEnv());
  const { host, port } = config.listen;
  const address = readInstance(config.dataDir)?.address ?? `http://${host}:${port}`;
  await withStore(config, async (store) => {
    const user = await getUser(store, name);
    if (!user) throw await unknownUser(store, name);
    const where = { user: name, address: config.baseUrl ?? address, now: new Date() };
    console.log(await loginLink(store, where));
  });
}

async function change(
  name: string,
  set: Parameters<typeof changeUser>[2],
  action: string,
  { reason }: Options,
  detail?: string,
): Promise<void> {
  await onStore(async (store) => {
    const why = { ...(reason && { reason }), ...(detail && { detail }) };
    const entry = { at: new Date(), actor: cliActor(), action, subject: name, ...why };
    if (!(await noted(store, entry, () => changeUser(store, name, set)))) {
      throw await unknownUser(store, name);
    }
  });
  console.error(`${name}: done; sessions of before are over`);
}

async function unknownUser(store: Store, name: string): Promise<CommandError> {
  const known = (await listUsers(store)).map(({ _id }) => _id);
  return unknownName("user", name, known, "newsgather users list");
}

function shown({ _id, role, createdAt, disabledAt, lockedUntil }: User) {
  return { name: _id, role, createdAt, disabledAt, lockedUntil };
}

function tableOf(rows: ReturnType<typeof shown>[]): string {
  const day = (at: Date | null) => at?.toISOString().slice(0, 10) ?? "";
  const cells = rows.map((row) => [row.name, row.role, day(row.createdAt), day(row.disabledAt)]);
  return plainTable(["name", "role", "since", "disabled"], cells, {
    none: "no users: newsgather users add NAME --role ROLE",
  });
}

/** A new password: typed twice on a terminal, else the first line of standard input. */
async function askPassword(fromStdin: boolean): Promise<string> {
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
    throw new CommandError("usage", "no terminal to type a password in: use --password-stdin");
  }
  const ask = (prompt: string) =>
    read({ prompt, silent: true, replace: "*", output: process.stderr });
  const password = await ask("Password: ");
  if ((await ask("Once more: ")) === password) return password;
  throw new CommandError("usage", "the two passwords are not the same");
}

/** How long a link logs in, ms. */
const LINK_LIFETIME_MS = 15 * MINUTE_MS;

/** Returns a URL that logs a user in to the admin at `address` once, within a quarter of an hour. */
export async function loginLink(
  store: Store,
  { user, address, now }: { user: string; address: string; now: Date },
): Promise<string> {
  const token = makeSecret();
  const expiresAt = new Date(now.getTime() + LINK_LIFETIME_MS);
  const link = { _id: hashSecret(token), user, createdAt: now, expiresAt, isLink: true as const };
  const entry = { at: now, actor: cliActor(), action: "user.link", subject: user };
  await noted(store, entry, () => addLoginLink(store, link));
  return `${address}/admin/login/link?token=${token}`;
}

/** Adds a user who logs in by links, since nobody knows a password. */
export async function addUserWithoutPassword(
  store: Store,
  name: string,
  role: UserRole,
): Promise<void> {
  const now = new Date();
  const user = { _id: name, role, passwordHash: await hashPassword(makeSecret()) };
  const entry = { at: now, actor: cliActor(), action: "user.add", subject: name, detail: role };
  await noted(store, entry, () => addUser(store, user, now));
}
