import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeKey } from "../../../access/secret.ts";
import { KEY_SCOPES, type KeyScope } from "../../../model/key.ts";
import { addKey, revokeKey } from "../../../store/keys.ts";
import type { Store } from "../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { FORM, join, login, openGated } from "../../helpers/gated.ts";
import { BROWSER } from "../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("gate");
});
beforeEach(async () => {
  await emptyStore(store);
});
afterAll(() => database.close());

async function keyOf(scope: KeyScope, expiresAt: Date | null = null, perMinute?: number) {
  const { id, text, secretHash } = makeKey();
  const limit = perMinute !== undefined && { perMinute };
  const key = { _id: id, name: scope, scopes: [scope], secretHash, expiresAt, ...limit };
  await addKey(store, { ...key, createdAt: new Date(), createdBy: "cli test" });
  return { id, authorization: `Bearer ${text}` };
}

describe("without any user or key", () => {
  test("operators' pages are read under names of this machine, and nothing is written", async () => {
    const app = await openGated(store);
    const statusOf = async (host: string) =>
      (await app.inject({ url: "/admin", headers: { ...BROWSER, host } })).statusCode;
    expect(await statusOf("127.0.0.1:3000")).toBe(200);
    expect(await statusOf("localhost:3000")).toBe(200);
    expect(await statusOf("portal.example")).toBe(200);
    // A page elsewhere whose name was made to lead here.
    expect(await statusOf("evil.example:3000")).toBe(401);
    const answer = await app.inject({ method: "POST", url: "/admin/none", headers: FORM });
    expect(answer.statusCode).toBe(404);
    expect((await app.inject("/admin/audit")).json()).toMatchObject({ code: "no-users" });
    const page = await app.inject({ url: "/admin/audit", headers: BROWSER });
    expect(page.body).toContain("<code>newsgather users add NAME --role admin</code>");
    await app.close();
  });
});

describe("with users and keys", () => {
  test("reading stays public, the rest asks who is there", async () => {
    await join(store, "ada", "admin");
    const app = await openGated(store);
    for (const url of ["/", "/feeds/all.atom", "/v1/articles", "/v1/changes", "/healthz"]) {
      expect([url, (await app.inject(url)).statusCode]).toEqual([url, 200]);
    }
    for (const url of ["/admin", "/admin/audit", "/metrics"]) {
      const { statusCode, headers, body } = await app.inject(url);
      expect([url, statusCode]).toEqual([url, 401]);
      expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(headers["www-authenticate"]).toBe("Bearer");
      expect(JSON.parse(body)).toMatchObject({ status: 401, code: "login-needed" });
    }
    const page = await app.inject({ url: "/admin?x=1", headers: BROWSER });
    expect([page.statusCode, page.headers.location]).toEqual([
      303,
      "/admin/login?next=%2Fadmin%3Fx%3D1",
    ]);
    expect((await app.inject("/readyz")).json()).toEqual({ status: "ready", checks: [] });
    await app.close();
  });

  test("a key opens what its scopes say, until it is revoked or over", async () => {
    const app = await openGated(store);
    const [read, admin] = [await keyOf("read"), await keyOf("admin")];
    const over = await keyOf("admin", new Date(Date.now() - 1000));
    const ask = async (url: string, headers: Record<string, string>) =>
      (await app.inject({ url, headers })).statusCode;
    expect(await ask("/admin", read)).toBe(200);
    expect(await ask("/metrics", { "x-api-key": read.authorization.slice(7) })).toBe(200);
    expect(await ask("/admin/audit", read)).toBe(403);
    expect(await ask("/admin/audit", admin)).toBe(200);
    expect(await ask("/admin", over)).toBe(401);
    expect(await ask("/", { authorization: `${read.authorization.slice(0, -1)}_` })).toBe(401);
    expect(await ask("/admin", { authorization: "Bearer nonsense" })).toBe(401);
    const used = await store.collections.keys.findOne({ _id: read.id });
    expect(used?.lastUsedAt).toBeInstanceOf(Date);
    await revokeKey(store, read.id, new Date());
    expect(await ask("/admin", read)).toBe(401);
    expect((await app.inject({ url: "/readyz", headers: admin })).json().checks).toHaveLength(1);
    await app.close();
  });

  test("closed reading lets only those in who show something", async () => {
    const app = await openGated(store, { publicReading: false });
    const key = await keyOf("read");
    for (const url of ["/", "/feeds/all.atom", "/v1/articles", "/docs"]) {
      expect([url, (await app.inject(url)).statusCode]).toEqual([url, 401]);
    }
    expect((await app.inject("/healthz")).statusCode).toBe(200);
    expect((await app.inject({ url: "/v1/articles", headers: key })).statusCode).toBe(200);
    await app.close();
  });

  test("a body that is too long, or no form, is refused without a word of our insides", async () => {
    const app = await openGated(store);
    const post = { method: "POST", url: "/admin/login" } as const;
    const long = await app.inject({ ...post, headers: FORM, payload: "x".repeat(70_000) });
    expect(long.statusCode).toBe(413);
    const headers = { "content-type": "application/json" };
    const broken = await app.inject({ ...post, headers, payload: "{" });
    expect(broken.statusCode).toBe(400);
    const odd = await app.inject({ ...post, headers: { "content-type": "text/x" }, payload: "x" });
    expect(odd.statusCode).toBe(415);
    for (const { body, headers: answered } of [broken, odd]) {
      expect(answered["content-type"]).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(body)).toMatchObject({
        type: "about:blank",
        request_id: expect.any(String),
      });
      expect(body).not.toMatch(/node_modules|\.ts|\.js|stack|Error:/);
    }
    await app.close();
  });

  test("a key with a limit of its own is counted by itself, from wherever it is used", async () => {
    const [few, many] = [await keyOf("read", null, 2), await keyOf("read", null, 500)];
    const app = await openGated(store, { perMinute: 3 });
    const ask = async (headers: Record<string, string>, remoteAddress = "203.0.113.1") => {
      const answer = await app.inject({ url: "/v1/articles?limit=1", remoteAddress, headers });
      const { "ratelimit-limit": limit, "ratelimit-remaining": left } = answer.headers;
      return [answer.statusCode, Number(limit), Number(left)];
    };
    expect(await ask({ authorization: few.authorization })).toEqual([200, 2, 1]);
    expect(await ask({ authorization: few.authorization }, "203.0.113.2")).toEqual([200, 2, 0]);
    expect(await ask({ authorization: few.authorization }, "203.0.113.3")).toEqual([429, 2, 0]);
    expect(await ask({ authorization: many.authorization })).toEqual([200, 500, 499]);
    // Whoever shows none is counted by address, as before.
    expect(await ask({})).toEqual([200, 3, 2]);
    await app.close();
  });

  test("too many requests from one address wait; the address is the proxy's word only if it is ours", async () => {
    const app = await openGated(store, { perMinute: 3, trustProxy: ["127.0.0.1"] });
    const ask = (address: string, from = "127.0.0.1") =>
      app.inject({ url: "/healthz", remoteAddress: from, headers: { "x-forwarded-for": address } });
    for (let n = 0; n < 3; n++) expect((await ask("203.0.113.1")).statusCode).toBe(200);
    const late = await ask("203.0.113.1");
    expect(late.statusCode).toBe(429);
    expect(late.json()).toMatchObject({ code: "too-many-requests", status: 429 });
    expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
    expect((await ask("203.0.113.2")).statusCode).toBe(200);
    // A stranger can't choose whose count he fills.
    expect((await ask("203.0.113.1", "198.51.100.7")).statusCode).toBe(200);
    await app.close();
  });
});

test("each role has the rights it is said to have", async () => {
  await join(store, "ann", "analyst");
  await join(store, "ada", "admin");
  const app = await openGated(store);
  const ask = async (name: string, url: string) => {
    const { cookie } = await login(app, name);
    return (await app.inject({ url, headers: { cookie } })).statusCode;
  };
  expect(await ask("ann", "/admin")).toBe(200);
  expect(await ask("ann", "/admin/audit")).toBe(403);
  expect(await ask("ada", "/admin/audit")).toBe(200);
  expect(KEY_SCOPES.write).not.toContain("admin");
  await app.close();
});
