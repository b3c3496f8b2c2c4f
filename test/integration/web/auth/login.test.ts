import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loginLink } from "../../../../bin/commands/publish/users.ts";
import { addSession, changeUser, getUser } from "../../../../store/operations/accounts.ts";
import { readAudit } from "../../../../store/operations/audit.ts";
import type { Store } from "../../../../store/store.ts";
import { hashSecret } from "../../../../web/auth/secret.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import {
  codeIn,
  FORM,
  join,
  login,
  loginFrom,
  openGated,
  PASSWORD,
} from "../../../helpers/gated.ts";
import { BROWSER } from "../../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("login");
});
beforeEach(async () => {
  await emptyStore(store);
  await join(store, "ada", "admin");
});
afterAll(() => database.close());

const latest = () => new Date(Date.now() + 60_000);

describe("a login", () => {
  test("leads back to where it was asked for, in a cookie that scripts and other sites don't get", async () => {
    const app = await openGated(store, { baseUrl: "https://portal.example" });
    const payload = new URLSearchParams({ name: "Ada ", password: PASSWORD, next: "/admin/audit" });
    const answer = await app.inject({
      method: "POST",
      url: "/admin/login",
      headers: FORM,
      payload: payload.toString(),
    });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, "/admin/audit"]);
    const [cookie] = answer.cookies;
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", secure: true, path: "/" });
    const stored = await store.collections.sessions.find().toArray();
    expect(JSON.stringify(stored)).not.toContain(cookie?.value);
    expect(await readAudit(store, { before: latest(), limit: 5 })).toMatchObject([
      { actor: "user ada", action: "user.login", subject: "ada" },
    ]);
    await app.close();
  });

  test("never leads to another site, or out of the operators' pages", async () => {
    const app = await openGated(store);
    const foreign = [
      "https://evil.example/",
      "//evil.example/admin",
      "/\\evil.example/admin",
      "/v1",
    ];
    for (const next of foreign) {
      const payload = new URLSearchParams({ name: "ada", password: PASSWORD, next }).toString();
      const headers = FORM;
      const answer = await app.inject({ method: "POST", url: "/admin/login", headers, payload });
      expect([next, answer.headers.location]).toEqual([next, "/admin"]);
    }
    await app.close();
  });

  test("is refused in the same words for a wrong name and a wrong password", async () => {
    const app = await openGated(store);
    const page = async (name: string, password: string) => {
      const payload = new URLSearchParams({ name, password }).toString();
      const headers = FORM;
      const answer = await app.inject({ method: "POST", url: "/admin/login", headers, payload });
      expect(answer.statusCode).toBe(401);
      expect(answer.cookies).toEqual([]);
      return answer.body;
    };
    expect(await page("eve", PASSWORD)).toBe(await page("ada", "not the password"));
    await changeUser(store, "ada", { disabledAt: new Date() });
    expect((await login(app, "ada")).status).toBe(401);
    await app.close();
  });

  test("is locked for a while after five wrong passwords, even for the right one", async () => {
    let ahead = 0;
    const app = await openGated(store, { now: () => new Date(Date.now() + ahead) });
    for (let n = 0; n < 5; n++)
      expect((await login(app, "ada", "wrong password")).status).toBe(401);
    expect((await getUser(store, "ada"))?.lockedUntil).toBeInstanceOf(Date);
    expect((await login(app, "ada")).status).toBe(401);
    const [line] = await readAudit(store, { before: latest(), limit: 1 });
    expect(line).toMatchObject({ actor: "gate", action: "user.lock", subject: "ada" });
    ahead = 61_000;
    expect((await login(app, "ada")).status).toBe(303);
    expect(await getUser(store, "ada")).toMatchObject({ failures: 0, lockedUntil: null });
    await app.close();
  });

  test("is tried ten times a minute from one address", async () => {
    const app = await openGated(store);
    const tries = [];
    for (let n = 0; n < 12; n++) tries.push((await login(app, `user${n}`)).status);
    expect(tries).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    await app.close();
  });

  test("counts all addresses of an IPv6 network of 64 bits as one", async () => {
    const app = await openGated(store);
    const tries = [];
    for (let n = 1; n <= 12; n++) {
      tries.push(await loginFrom(app, `2001:db8:0:1::${n}`, { name: `user${n}` }));
    }
    expect(tries).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect(await loginFrom(app, "2001:db8:0:2::1", { name: "user" })).toBe(401);
    await app.close();
  });

  test("sent from a page of another site is refused", async () => {
    const app = await openGated(store);
    const payload = new URLSearchParams({ name: "ada", password: PASSWORD }).toString();
    const from = async (headers: Record<string, string>) => {
      const post = { method: "POST", url: "/admin/login", payload } as const;
      return (await app.inject({ ...post, headers: { ...FORM, ...headers } })).statusCode;
    };
    expect(await from({ origin: "https://evil.example" })).toBe(403);
    expect(await from({ origin: "null" })).toBe(403);
    expect(await from({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await from({ "sec-fetch-site": "same-site" })).toBe(403);
    expect(await from({ "sec-fetch-site": "same-origin" })).toBe(303);
    await app.close();
  });
});

describe("a session", () => {
  test("ends with the logout, which only a form of ours can ask for", async () => {
    const app = await openGated(store);
    const { cookie } = await login(app, "ada");
    const page = await app.inject({ url: "/admin", headers: { ...BROWSER, cookie } });
    expect(page.body).toMatch(/href="\/admin\/account">.*ada<\/span><\/a>/);
    const leave = async (code: string) => {
      const payload = new URLSearchParams({ _csrf: code }).toString();
      const headers = { ...FORM, cookie };
      return (await app.inject({ method: "POST", url: "/admin/logout", headers, payload }))
        .statusCode;
    };
    expect(await leave("")).toBe(403);
    expect(await leave("x".repeat(43))).toBe(403);
    // Another session's code is no good either.
    const other = await login(app, "ada");
    const otherPage = await app.inject({ url: "/admin", headers: { cookie: other.cookie } });
    expect(await leave(codeIn(otherPage.body))).toBe(403);
    expect(await leave(codeIn(page.body))).toBe(303);
    expect((await app.inject({ url: "/admin", headers: { cookie } })).statusCode).toBe(401);
    await app.close();
  });

  test("is over after twelve hours, and at once when the user changes", async () => {
    let ahead = 0;
    const app = await openGated(store, { now: () => new Date(Date.now() + ahead) });
    const ask = async (cookie: string) =>
      (await app.inject({ url: "/admin", headers: { cookie } })).statusCode;
    const first = await login(app, "ada");
    expect(await ask(first.cookie)).toBe(200);
    ahead = 12 * 3_600_000 + 1000;
    expect(await ask(first.cookie)).toBe(401);
    ahead = 0;
    const second = await login(app, "ada");
    await changeUser(store, "ada", { role: "analyst" });
    expect(await ask(second.cookie)).toBe(401);
    await app.close();
  });
});

test("The login says how to make a user while there is none", async () => {
  const app = await openGated(store);
  const page = async () => (await app.inject({ url: "/admin/login", headers: BROWSER })).body;
  expect(await page()).not.toContain("There is no user yet");
  await emptyStore(store);
  expect(await page()).toContain("newsgather users add NAME");
  await app.close();
});

describe("a link that logs in", () => {
  const pathOf = async () => {
    const link = await loginLink(store, { user: "ada", address: "", now: new Date() });
    return link;
  };

  test("logs its user in, once", async () => {
    const app = await openGated(store);
    const url = await pathOf();
    const first = await app.inject({ url, headers: BROWSER });
    expect([first.statusCode, first.headers.location]).toEqual([303, "/admin"]);
    const [set] = first.cookies;
    const headers = { ...BROWSER, cookie: `${set?.name}=${set?.value}` };
    expect((await app.inject({ url: "/admin/audit", headers })).statusCode).toBe(200);
    const second = await app.inject({ url, headers: BROWSER });
    expect([second.statusCode, second.cookies]).toEqual([401, []]);
    expect(second.body).toContain("newsgather users link");
    await app.close();
  });

  test("isn't used up by a browser that loads ahead, or asks for headers only", async () => {
    const app = await openGated(store);
    const url = await pathOf();
    const ahead = await app.inject({ url, headers: { ...BROWSER, "sec-purpose": "prefetch" } });
    const head = await app.inject({ method: "HEAD", url, headers: BROWSER });
    expect([ahead.cookies, head.cookies]).toEqual([[], []]);
    expect((await app.inject({ url, headers: BROWSER })).statusCode).toBe(303);
    await app.close();
  });

  test("is over after its time", async () => {
    const app = await openGated(store);
    const over = new Date(Date.now() - 1000);
    const link = { _id: hashSecret("t"), user: "ada", createdAt: over, expiresAt: over };
    await addSession(store, { ...link, isLink: true });
    const answer = await app.inject({ url: "/admin/login/link?token=t", headers: BROWSER });
    expect(answer.statusCode).toBe(401);
    await app.close();
  });

  test("lets no disabled user in", async () => {
    const app = await openGated(store);
    const url = await pathOf();
    const { matchedCount } = await store.collections.users.updateOne(
      { _id: "ada" },
      { $set: { disabledAt: new Date() } },
    );
    const answer = await app.inject({ url, headers: BROWSER });
    expect(matchedCount).toBe(1);
    expect([answer.statusCode, answer.cookies]).toEqual([401, []]);
    await app.close();
  });

  test("is no session", async () => {
    const app = await openGated(store);
    const token = new URL(await pathOf(), "http://here").searchParams.get("token") ?? "";
    const headers = { ...BROWSER, cookie: `newsgather=${token}` };
    expect((await app.inject({ url: "/admin/audit", headers })).statusCode).toBe(303);
    await app.close();
  });
});
