import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getKey, getUser, listKeys } from "../../../../store/operations/accounts.ts";
import { readAudit } from "../../../../store/operations/audit.ts";
import type { Store } from "../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, codeIn, FORM, join, login, openGated, PASSWORD } from "../../../helpers/gated.ts";
import { BROWSER } from "../../../helpers/portal.ts";
import { type Session, sessionOf, startSession } from "../../../helpers/session.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let admin: Session;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("users");
});
beforeEach(async () => {
  await emptyStore(store);
  await join(store, "ada", "admin");
  await join(store, "edith", "editor");
  app = await openGated(store);
  admin = await startSession(app, "ada");
  return () => app.close();
});
afterAll(() => database.close());

const PAGE = "/admin/users";
const reason = "as agreed";
const act = (path: string, fields: Parameters<Session["send"]>[1]) =>
  admin.send(PAGE + path, { reason, ...fields }, PAGE);
/** What a page shows once. */
const secretIn = (body: string) =>
  /class="[^"]*secret" readonly value="([^"]+)"/.exec(body)?.[1] ?? "";
const openLink = (link: string) => {
  const { pathname, search } = new URL(link);
  return app.inject({ url: pathname + search, headers: BROWSER });
};
const actions = async () =>
  (await readAudit(store, { before: new Date(4e12), limit: 50 })).map(
    ({ actor, action, subject }) => `${actor}: ${action} ${subject}`,
  );

interface Twin {
  users: {
    name: string;
    role: string;
    state: string;
    sessions: number;
    lastSeenAt: string | null;
  }[];
  sessions: { id: string; user: string; way: string }[];
  keys: { id: string; state: string }[];
}
const twin = () => admin.json<Twin>(PAGE);
const userOf = async (name: string) => (await twin()).users.find((user) => user.name === name);

describe("the list of users and keys", () => {
  test("is for administrators alone", async () => {
    const edith = await startSession(app, "edith");
    expect((await edith.get(PAGE)).statusCode).toBe(403);
  });

  test("says who was here, with how many sessions, and no secret", async () => {
    const body = JSON.stringify(await twin());
    expect(body).not.toMatch(/argon2|Hash/);
    expect(await userOf("ada")).toMatchObject({ role: "admin", state: "active", sessions: 1 });
    expect((await userOf("ada"))?.lastSeenAt).not.toBeNull();
    expect(await userOf("edith")).toMatchObject({ sessions: 0, lastSeenAt: null });
  });
});

describe("an invitation", () => {
  test("logs a new user in once, who sets a password and logs in by it", async () => {
    const invited = await act("/invite", { name: "Nora", role: "operator" });
    const link = secretIn(invited.body);
    expect(await userOf("nora")).toMatchObject({ role: "operator", state: "invited" });
    const first = await openLink(link);
    expect((await openLink(link)).statusCode).toBe(401);
    const nora = sessionOf(app, `newsgather=${first.cookies[0]?.value}`);
    expect(await nora.page("/admin/account")).toContain("Set a password");
    const fields = { password: PASSWORD, again: PASSWORD };
    const set = await nora.send("/admin/account/password", fields, "/admin/account");
    expect(set.statusCode).toBe(303);
    expect((await nora.get("/admin")).statusCode).toBe(200);
    expect((await login(app, "nora")).status).toBe(303);
    expect(await actions()).toEqual(
      expect.arrayContaining(["user ada: user.add nora", "user nora: user.password nora"]),
    );
  });

  test.each([
    { name: "edith", why: "the user edith already exists" },
    { name: "9", why: "2 to 32" },
  ])("is refused for the name $name", async ({ name, why }) => {
    const answer = await act("/invite", { name, role: "editor" });
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining(why)]);
  });

  test("is a request of a program too", async () => {
    const client = await asKey(app, store, "admin");
    const { body } = await client("POST", `${PAGE}/invite`, {
      name: "otto",
      role: "editor",
      reason,
    });
    expect(body).toMatchObject({
      user: "otto",
      link: expect.stringContaining("/admin/login/link?token="),
    });
  });
});

describe("an administrator", () => {
  test("gives a user another role, which ends their sessions", async () => {
    const edith = await startSession(app, "edith");
    await act("", { name: "edith", verb: "role operator" });
    expect(await getUser(store, "edith")).toMatchObject({ role: "operator" });
    expect((await edith.get("/admin")).statusCode).toBe(303);
  });

  test("lets a user in no more, and again", async () => {
    await act("", { name: "edith", verb: "disable" });
    expect((await login(app, "edith")).status).toBe(401);
    await act("", { name: "edith", verb: "enable" });
    expect((await login(app, "edith")).status).toBe(303);
  });

  test.each(["disable", "role editor"])("can't %s the last administrator", async (verb) => {
    const answer = await act("", { name: "ada", verb });
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      expect.stringContaining("last administrator"),
    ]);
    expect(await getUser(store, "ada")).toMatchObject({ role: "admin", disabledAt: null });
  });

  test("gets a link for a user that logs in once", async () => {
    const link = secretIn((await act("", { name: "edith", verb: "link" })).body);
    expect((await openLink(link)).statusCode).toBe(303);
    expect((await openLink(link)).statusCode).toBe(401);
  });

  test("gets links to the portal's own address, whatever Host a request names", async () => {
    const form = { name: "edith", verb: "link", reason };
    const token = codeIn(await admin.page(PAGE));
    const headers = {
      ...FORM,
      cookie: admin.cookie,
      host: "evil.example",
      origin: "http://evil.example",
    };
    const payload = new URLSearchParams({ ...form, _csrf: token }).toString();
    const { body } = await app.inject({ method: "POST", url: PAGE, headers, payload });
    expect(secretIn(body)).toMatch(/^http:\/\/portal\.example\/admin\/login\/link\?token=/);
  });

  test("revokes one of two sessions", async () => {
    const [first, second] = [await startSession(app, "edith"), await startSession(app, "edith")];
    const { sessions } = await twin();
    const own = sessions.filter(({ user }) => user === "edith");
    expect(own.map(({ way }) => way)).toEqual(["password", "password"]);
    await act("/sessions", { session: own.at(-1)?.id ?? "" });
    const statuses = await Promise.all([first, second].map(({ get }) => get("/admin")));
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([303, 200]);
  });

  test("ends all sessions of a user", async () => {
    const edith = await startSession(app, "edith");
    await act("", { name: "edith", verb: "logout" });
    expect((await edith.get("/admin")).statusCode).toBe(303);
  });

  test("makes a key with scopes and an end, sees it once, and revokes it", async () => {
    const fields = { name: "the portal", scope: ["read", "consume"], days: "30", perMinute: "600" };
    const text = secretIn((await act("/keys", fields)).body);
    const headers = { authorization: `Bearer ${text}` };
    expect((await app.inject({ url: "/admin", headers })).statusCode).toBe(200);
    const id = (await listKeys(store)).map((one) => one._id).join(" ");
    const key = await getKey(store, id);
    expect(key).toMatchObject({ name: "the portal", scopes: ["read", "consume"], perMinute: 600 });
    const days = ((key?.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    expect(await admin.page(PAGE)).not.toContain(text);
    await act("/keys/revoke", { id });
    expect((await app.inject({ url: "/admin", headers })).statusCode).toBe(401);
    expect((await twin()).keys).toMatchObject([{ id, state: "revoked" }]);
    expect((await actions()).slice(0, 2)).toEqual([
      `user ada: key.revoke ${id}`,
      `user ada: key.add ${id}`,
    ]);
  });
});

describe("a user", () => {
  const change = (session: Session, fields: Record<string, string>) =>
    session.send("/admin/account/password", fields, "/admin/account");
  const password = "another long password";

  test("changes their password, which ends their other sessions", async () => {
    const [edith, other] = [await startSession(app, "edith"), await startSession(app, "edith")];
    const done = await change(edith, { current: PASSWORD, password, again: password });
    expect(done.statusCode).toBe(303);
    const statuses = await Promise.all([edith, other].map(({ get }) => get("/admin")));
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 303]);
    expect((await login(app, "edith", password)).status).toBe(303);
  });

  test.each([
    { what: "a wrong current password", fields: { current: "wrong", password, again: password } },
    { what: "a short one", fields: { current: PASSWORD, password: "short", again: "short" } },
    { what: "two that differ", fields: { current: PASSWORD, password, again: PASSWORD } },
  ])("doesn't change their password with $what", async ({ fields }) => {
    const edith = await startSession(app, "edith");
    expect((await change(edith, fields)).statusCode).toBe(400);
    expect((await login(app, "edith")).status).toBe(303);
  });
});

test("A key has no account", async () => {
  const client = await asKey(app, store, "read");
  const { status } = await client("POST", "/admin/account/password", {
    password: PASSWORD,
    again: PASSWORD,
  });
  expect(status).toBe(403);
});
