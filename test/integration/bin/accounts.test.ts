import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyPassword } from "../../../access/password.ts";
import { hashSecret, readKey } from "../../../access/secret.ts";
import { addSession } from "../../../store/sessions.ts";
import { getUser, hasAccounts } from "../../../store/users.ts";
import { cliOn } from "../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const PASSWORD = "correct horse battery";

test.concurrent("users are added, changed and shut out, each with its line in the audit log", async () => {
  const store = await database.open("users");
  const cli = cliOn(store);
  expect(await hasAccounts(store)).toBe(false);
  const add = ["users", "add", "ada", "--role", "editor", "--password-stdin"];
  const short = await cli(add, "too short\n");
  expect([short.code, short.err]).toEqual([2, expect.stringContaining("12 to 200 characters")]);
  expect(await cli([...add, "--reason", "new on the desk"], `${PASSWORD}\n`)).toMatchObject({
    code: 0,
  });
  expect(await hasAccounts(store)).toBe(true);
  const user = await getUser(store, "ada");
  expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(PASSWORD, user?.passwordHash ?? null)).toBe(true);
  expect(await verifyPassword(`${PASSWORD}!`, user?.passwordHash ?? null)).toBe(false);
  expect(await verifyPassword("nobody's password", null)).toBe(false);

  const session = { _id: "s", user: "ada", createdAt: new Date(), expiresAt: new Date(4e12) };
  await addSession(store, session);
  expect(await cli(["users", "role", "ada", "operator"])).toMatchObject({ code: 0 });
  expect(await store.collections.sessions.countDocuments()).toBe(0);
  expect(await cli(["users", "disable", "ada", "--reason", "left"])).toMatchObject({ code: 0 });
  const [unknown, { out }] = await Promise.all([
    cli(["users", "disable", "eve"]),
    cli(["users", "list", "--json"]),
  ]);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("no user eve")]);
  expect(JSON.parse(out)).toMatchObject([{ name: "ada", role: "operator" }]);
  expect(out).not.toContain("argon2");

  const log = await cli(["audit", "--json"]);
  expect(JSON.parse(log.out)).toMatchObject([
    { action: "user.disable", subject: "ada", reason: "left" },
    { action: "user.role", detail: "operator" },
    { action: "user.add", detail: "editor", reason: "new on the desk" },
  ]);
  expect(log.out).toMatch(/"by": "cli \S+/);
  expect(JSON.stringify(await store.collections.audit.find().toArray())).not.toContain(PASSWORD);
});

test.concurrent("a key is shown once and stored as a hash; revoked, it is over", async () => {
  const store = await database.open("keys");
  const cli = cliOn(store);
  const bad = await cli(["keys", "add", "site", "--scope", "root"]);
  expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("read, consume, write, admin")]);
  const { out } = await cli(["keys", "add", "site", "--scope", "read", "--expires", "90d"]);
  const key = readKey(out.trim());
  expect(key).not.toBeNull();
  const [stored] = await store.collections.keys.find().toArray();
  expect(stored).toMatchObject({ _id: key?.id, secretHash: hashSecret(key?.secret ?? "") });
  const everything = JSON.stringify([stored, await store.collections.audit.find().toArray()]);
  expect(everything).not.toContain(key?.secret);
  expect((await cli(["keys", "revoke", key?.id ?? ""])).code).toBe(0);
  expect((await cli(["keys", "revoke", key?.id ?? ""])).code).toBe(2);
  const list = await cli(["keys", "list", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject([{ id: key?.id, name: "site", scopes: ["read"] }]);
  expect(list.out).not.toContain("secretHash");
});
