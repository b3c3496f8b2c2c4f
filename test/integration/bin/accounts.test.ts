import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Key, User } from "../../../model/operations/account.ts";
import type { AuditEntry } from "../../../model/operations/audit.ts";
import { addSession, getUser, hasAccounts } from "../../../store/operations/accounts.ts";
import type { Store } from "../../../store/store.ts";
import { hashSecret, readKey, verifyPassword } from "../../../web/auth/secret.ts";
import type { CliEnd } from "../../helpers/cli.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const PASSWORD = "correct horse battery";

describe("users", () => {
  let store: Store;
  /** How each command ended. */
  const ended: Record<string, CliEnd> = {};
  const accounts: Record<string, boolean> = {};
  let user: User | null;
  let sessions: number;
  beforeAll(async () => {
    store = await database.open("users");
    const cli = commandsOn(store);
    accounts["at first"] = await hasAccounts(store);
    const add = ["users", "add", "ada", "--role", "editor", "--password-stdin"];
    ended["short"] = await cli(add, "too short\n");
    ended["add"] = await cli([...add, "--reason", "new on the desk"], `${PASSWORD}\n`);
    accounts["added"] = await hasAccounts(store);
    user = await getUser(store, "ada");
    const session = { _id: "s", user: "ada", createdAt: new Date(), expiresAt: new Date(4e12) };
    await addSession(store, session);
    ended["role"] = await cli(["users", "role", "ada", "operator"]);
    sessions = await store.collections.sessions.countDocuments();
    ended["disable"] = await cli(["users", "disable", "ada", "--reason", "left"]);
    const [unknown, list, audit] = await Promise.all([
      cli(["users", "disable", "eve"]),
      cli(["users", "list", "--json"]),
      cli(["audit", "--json"]),
    ]);
    Object.assign(ended, { unknown, list, audit });
  });

  test("A new installation has no accounts", () => {
    expect(accounts["at first"]).toBe(false);
  });

  test("A password with less than 12 characters is refused", () => {
    const { code, err } = ended["short"] ?? {};
    expect([code, err]).toEqual([2, expect.stringContaining("12 to 200 characters")]);
  });

  test("A user is added", () => {
    expect(ended["add"]).toMatchObject({ code: 0 });
    expect(accounts["added"]).toBe(true);
  });

  test("A password is stored as a hash by Argon2id", () => {
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test("A password is verified against its hash", async () => {
    expect(await verifyPassword(PASSWORD, user?.passwordHash ?? null)).toBe(true);
    expect(await verifyPassword(`${PASSWORD}!`, user?.passwordHash ?? null)).toBe(false);
  });

  test("Without a hash no password is right", async () => {
    expect(await verifyPassword("nobody's password", null)).toBe(false);
  });

  test("A new role ends the sessions of its user", () => {
    expect(ended["role"]).toMatchObject({ code: 0 });
    expect(sessions).toBe(0);
  });

  test("A user is disabled", () => {
    expect(ended["disable"]).toMatchObject({ code: 0 });
  });

  test("An unknown user can't be disabled", () => {
    const { code, err } = ended["unknown"] ?? {};
    expect([code, err]).toEqual([2, expect.stringContaining('no user "eve"')]);
  });

  test("The list of users shows roles and no hashes", () => {
    const { out = "" } = ended["list"] ?? {};
    expect(JSON.parse(out)).toMatchObject([{ name: "ada", role: "operator" }]);
    expect(out).not.toContain("argon2");
  });

  test("The audit log has each change of a user with its reason", () => {
    const { out = "" } = ended["audit"] ?? {};
    const done = (JSON.parse(out) as AuditEntry[]).filter(({ subject }) => subject === "ada");
    expect(done).toMatchObject([
      { action: "user.disable", subject: "ada", reason: "left" },
      { action: "user.role", detail: "operator" },
      { action: "user.add", detail: "editor", reason: "new on the desk" },
    ]);
  });

  test("The audit log names who ran the command", () => {
    expect(ended["audit"]?.out).toMatch(/"actor": "cli \S+/);
  });

  test("The audit log has no password", async () => {
    expect(JSON.stringify(await store.collections.audit.find().toArray())).not.toContain(PASSWORD);
  });
});

test("A user behind many others is found", async () => {
  const store = await database.open("many-users");
  const never = { disabledAt: null, lockedUntil: null, failures: 0 };
  const user = { role: "editor", passwordHash: null, createdAt: new Date(), ...never } as const;
  const names = Array.from({ length: 1000 }, (_, n) => `a${n}`);
  await store.collections.users.insertMany([...names, "zoe"].map((_id) => ({ ...user, _id })));
  expect(await commandsOn(store)(["users", "logout", "zoe"])).toMatchObject({ code: 0 });
});

describe("keys", () => {
  let store: Store;
  /** How each command ended. */
  const ended: Record<string, CliEnd> = {};
  let key: ReturnType<typeof readKey>;
  let stored: Key | undefined;
  beforeAll(async () => {
    store = await database.open("keys");
    const cli = commandsOn(store);
    const add = ["keys", "add", "site", "--scope"];
    const [bad, added] = await Promise.all([
      cli([...add, "root"]),
      cli([...add, "read", "--expires", "90d"]),
    ]);
    key = readKey(added.out.trim());
    [stored] = await store.collections.keys.find().toArray();
    const revoke = ["keys", "revoke", key?.id ?? ""];
    const revoked = await cli(revoke);
    const [revokedAgain, list] = await Promise.all([cli(revoke), cli(["keys", "list", "--json"])]);
    Object.assign(ended, { bad, added, revoked, revokedAgain, list });
  });

  test("A key with an unknown scope is refused", () => {
    const { code, err } = ended["bad"] ?? {};
    expect([code, err]).toEqual([2, expect.stringContaining("read, consume, write, admin")]);
  });

  test("A new key is printed", () => {
    expect(key).not.toBeNull();
  });

  test("The first key says that the admin and the metrics are open no longer", () => {
    expect(ended["added"]?.err).toMatch(/first account.*\/metrics.*newsgather users add/s);
  });

  test("A key is stored as a hash", () => {
    expect(stored).toMatchObject({ _id: key?.id, secretHash: hashSecret(key?.secret ?? "") });
  });

  test("The secret of a key is stored nowhere", async () => {
    const everything = JSON.stringify([stored, await store.collections.audit.find().toArray()]);
    expect(everything).not.toContain(key?.secret);
  });

  test("A key is revoked once", () => {
    expect(ended["revoked"]?.code).toBe(0);
    expect(ended["revokedAgain"]?.code).toBe(2);
  });

  test("The list of keys shows scopes and no hashes", () => {
    const { out = "" } = ended["list"] ?? {};
    expect(JSON.parse(out)).toMatchObject([{ id: key?.id, name: "site", scopes: ["read"] }]);
    expect(out).not.toContain("secretHash");
  });
});
