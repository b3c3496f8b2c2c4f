import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEY_SCOPES, type KeyScope } from "../../../../model/operations/account.ts";
import { addKey, revokeKey } from "../../../../store/operations/accounts.ts";
import type { Store } from "../../../../store/store.ts";
import { makeKey, readKey } from "../../../../web/auth/secret.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { FORM, join, login, openGated } from "../../../helpers/gated.ts";
import { BROWSER } from "../../../helpers/portal.ts";

let database: TestDatabase;
/** A store with an administrator and an analyst. */
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("gate");
  await join(store, "ada", "admin");
  await join(store, "ann", "analyst");
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
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await openGated(await database.open("nobody"));
  });
  afterAll(() => app?.close());

  const statusOf = async (host: string) =>
    (await app.inject({ url: "/admin", headers: { ...BROWSER, host } })).statusCode;

  test.each(["127.0.0.1:3000", "localhost:3000", "portal.example"])(
    "The admin pages are read under our own name %s",
    async (host) => {
      expect(await statusOf(host)).toBe(200);
    },
  );

  test("The admin pages aren't read under another site's name that leads here", async () => {
    expect(await statusOf("evil.example:3000")).toBe(401);
  });

  test("A form that is sent finds nothing", async () => {
    const answer = await app.inject({ method: "POST", url: "/admin/none", headers: FORM });
    expect(answer.statusCode).toBe(404);
  });

  test("The audit log says that there is no user, and how to add one", async () => {
    expect((await app.inject("/admin/audit")).json()).toMatchObject({ code: "no-users" });
    const page = await app.inject({ url: "/admin/audit", headers: BROWSER });
    expect(page.body).toContain("<code>newsgather users add NAME --role admin</code>");
  });
});

describe("with users and keys", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await openGated(store);
  });
  afterAll(() => app?.close());

  const statusOf = async (url: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url, headers })).statusCode;

  test.each(["/", "/feeds/all.atom", "/v1/articles", "/v1/changes", "/healthz"])(
    "Anyone may read %s",
    async (url) => {
      expect(await statusOf(url)).toBe(200);
    },
  );

  test.each(["/admin", "/admin/audit", "/metrics"])("%s needs a login or a key", async (url) => {
    const { statusCode, headers, body } = await app.inject(url);
    expect(statusCode).toBe(401);
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(headers["www-authenticate"]).toBe("Bearer");
    expect(JSON.parse(body)).toMatchObject({
      status: 401,
      code: "login-needed",
      detail: expect.stringMatching(/newsgather users add .*newsgather keys add/),
    });
  });

  test("A browser without a session is led to the login and back", async () => {
    const page = await app.inject({ url: "/admin?x=1", headers: BROWSER });
    expect([page.statusCode, page.headers.location]).toEqual([
      303,
      "/admin/login?next=%2Fadmin%3Fx%3D1",
    ]);
  });

  test("Anyone may see whether the server is ready, and no details", async () => {
    expect((await app.inject("/readyz")).json()).toEqual({ status: "ready", checks: [] });
  });

  test("An administrator's key sees the details of whether the server is ready", async () => {
    const headers = await keyOf("admin");
    expect((await app.inject({ url: "/readyz", headers })).json().checks).toHaveLength(1);
  });

  test("A key with the scope read opens the admin pages and the metrics", async () => {
    const read = await keyOf("read");
    expect(await statusOf("/admin", read)).toBe(200);
    expect(await statusOf("/metrics", { "x-api-key": read.authorization.slice(7) })).toBe(200);
  });

  test("Only a key with the scope admin opens the audit log", async () => {
    expect(await statusOf("/admin/audit", await keyOf("read"))).toBe(403);
    expect(await statusOf("/admin/audit", await keyOf("admin"))).toBe(200);
  });

  test("An expired key opens nothing", async () => {
    const over = await keyOf("admin", new Date(Date.now() - 1000));
    expect(await statusOf("/admin", over)).toBe(401);
  });

  test("A revoked key opens nothing", async () => {
    const read = await keyOf("read");
    expect(await statusOf("/admin", read)).toBe(200);
    await revokeKey(store, read.id, new Date());
    expect(await statusOf("/admin", read)).toBe(401);
  });

  test.each(["expiresAt", "revokedAt"])("A key stored without %s opens nothing", async (field) => {
    const broken = await keyOf("read");
    await store.collections.keys.updateOne({ _id: broken.id }, { $unset: { [field]: true } });
    expect(await statusOf("/admin", broken)).toBe(401);
  });

  test("A wrong key is refused even where no key is needed", async () => {
    const { authorization } = await keyOf("read");
    expect(await statusOf("/", { authorization: `${authorization.slice(0, -1)}_` })).toBe(401);
    expect(await statusOf("/admin", { authorization: "Bearer nonsense" })).toBe(401);
  });

  test("A key notes when it was last used", async () => {
    const read = await keyOf("read");
    await statusOf("/admin", read);
    const used = await store.collections.keys.findOne({ _id: read.id });
    expect(used?.lastUsedAt).toBeInstanceOf(Date);
  });

  const loginPost = { method: "POST", url: "/admin/login" } as const;

  test("A body that is too long is refused", async () => {
    const long = await app.inject({ ...loginPost, headers: FORM, payload: "x".repeat(70_000) });
    expect(long.statusCode).toBe(413);
  });

  test("A request has 30 seconds to arrive", () => {
    expect(app.server.requestTimeout).toBe(30_000);
  });

  test.each([
    { what: "is broken JSON", type: "application/json", payload: "{", status: 400 },
    { what: "is no form", type: "text/x", payload: "x", status: 415 },
  ])("A body that $what is refused without internal details", async ({ type, payload, status }) => {
    const headers = { "content-type": type };
    const {
      statusCode,
      headers: answered,
      body,
    } = await app.inject({
      ...loginPost,
      headers,
      payload,
    });
    expect(statusCode).toBe(status);
    expect(answered["content-type"]).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({
      type: "about:blank",
      request_id: expect.any(String),
    });
    expect(body).not.toMatch(/node_modules|\.ts|\.js|stack|Error:/);
  });

  test.each([
    { role: "analyst", name: "ann", url: "/admin", status: 200 },
    { role: "analyst", name: "ann", url: "/admin/audit", status: 403 },
    { role: "administrator", name: "ada", url: "/admin/audit", status: 200 },
  ])("$url answers an $role with $status", async ({ name, url, status }) => {
    const { cookie } = await login(app, name);
    expect(await statusOf(url, { cookie })).toBe(status);
  });
});

test("The scope write doesn't include the right of an administrator", () => {
  expect(KEY_SCOPES.write).not.toContain("admin");
});

describe("with closed reading", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await openGated(store, { publicReading: false });
  });
  afterAll(() => app?.close());

  test.each(["/", "/feeds/all.atom", "/v1/articles", "/docs"])(
    "%s needs a login or a key",
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(401);
    },
  );

  test("Anyone may see whether the server is healthy", async () => {
    expect((await app.inject("/healthz")).statusCode).toBe(200);
  });

  test("A key with the scope read opens the articles", async () => {
    const headers = await keyOf("read");
    expect((await app.inject({ url: "/v1/articles", headers })).statusCode).toBe(200);
  });
});

describe("with a limit of 3 requests a minute", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await openGated(store, { perMinute: 3, trustProxy: ["127.0.0.1"] });
  });
  afterAll(() => app?.close());

  /** Status, limit and rest of the limit of a request. */
  const limitOf = async (remoteAddress: string, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ url: "/v1/articles?limit=1", remoteAddress, headers });
    const { "ratelimit-limit": limit, "ratelimit-remaining": left } = answer.headers;
    return [answer.statusCode, Number(limit), Number(left)];
  };

  test("A key with a limit of its own is counted from wherever it is used", async () => {
    const { authorization } = await keyOf("read", null, 2);
    expect(await limitOf("203.0.113.1", { authorization })).toEqual([200, 2, 1]);
    expect(await limitOf("203.0.113.2", { authorization })).toEqual([200, 2, 0]);
    expect(await limitOf("203.0.113.3", { authorization })).toEqual([429, 2, 0]);
  });

  test("A key's own limit may be above the one of all", async () => {
    const { authorization } = await keyOf("read", null, 500);
    expect(await limitOf("203.0.113.4", { authorization })).toEqual([200, 500, 499]);
  });

  test("A request with a key of its own limit doesn't count for its address", async () => {
    const { authorization } = await keyOf("read", null, 2);
    await limitOf("203.0.113.5", { authorization });
    expect(await limitOf("203.0.113.5")).toEqual([200, 3, 2]);
  });

  describe("requests that are refused", () => {
    let ofReaders: Record<string, string>[];
    beforeAll(async () => {
      const { cookie } = await login(app, "ann");
      ofReaders = [await keyOf("read"), { cookie }];
    });
    const fresh = () => ({ authorization: `Bearer ${makeKey().text}` });
    const statusesOf = async (remoteAddress: string, requests: object[]) => {
      const statuses: number[] = [];
      for (const request of requests)
        statuses.push(
          (await app.inject({ url: "/v1/articles", remoteAddress, ...request })).statusCode,
        );
      return statuses;
    };
    const refuse = (address: string) =>
      statusesOf(
        address,
        Array.from({ length: 4 }, () => ({ headers: fresh() })),
      );

    test("Wrong keys from one address have to wait", async () => {
      expect(await refuse("203.0.113.21")).toEqual([401, 401, 401, 429]);
      const late = await app.inject({ url: "/", remoteAddress: "203.0.113.21", headers: fresh() });
      expect(late.json()).toMatchObject({ code: "too-many-requests", status: 429 });
      expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
    });

    test("Requests without a needed key have to wait, however they look", async () => {
      const plain = { url: "/metrics" };
      const browser = { url: "/admin", headers: BROWSER };
      const ended = { url: "/admin", headers: { ...BROWSER, cookie: "newsgather=ended" } };
      expect(await statusesOf("203.0.113.22", [plain, browser, ended, plain, browser])).toEqual([
        401, 303, 303, 429, 429,
      ]);
    });

    test("A key without the needed right has to wait", async () => {
      const audit = { url: "/admin/audit", headers: await keyOf("read") };
      expect(await statusesOf("203.0.113.23", [audit, audit, audit, audit])).toEqual([
        403, 403, 403, 429,
      ]);
    });

    test("They aren't looked up once there are too many", async () => {
      const counted = await countCommands(store);
      const other = await openGated(counted.store, { perMinute: 3 });
      for (let n = 0; n < 5; n++) await other.inject({ url: "/metrics", headers: fresh() });
      counted.reset();
      for (let n = 0; n < 5; n++) await other.inject({ url: "/metrics", headers: fresh() });
      expect(counted.commands()).toEqual([]);
      await counted.close();
      await other.close();
    });

    test("Nothing is looked up at an unknown path", async () => {
      const counted = await countCommands(store);
      const other = await openGated(counted.store, { perMinute: 3 });
      await other.inject({ url: "/nope" });
      counted.reset();
      const headers = { cookie: `newsgather=${"x".repeat(43)}` };
      for (let n = 0; n < 5; n++)
        expect((await other.inject({ url: `/nope${n}`, headers })).statusCode).toBe(404);
      expect(counted.commands()).toEqual([]);
      await counted.close();
      await other.close();
    });

    test("They don't count for readers at the same address", async () => {
      const address = "203.0.113.24";
      await refuse(address);
      expect(await limitOf(address)).toEqual([200, 3, 2]);
      const [key, session] = ofReaders;
      expect(await limitOf(address, key)).toEqual([200, 3, 1]);
      expect(await limitOf(address, session)).toEqual([200, 3, 0]);
    });
  });

  const ask = (address: string, from = "127.0.0.1") =>
    app.inject({ url: "/healthz", remoteAddress: from, headers: { "x-forwarded-for": address } });
  const exhaust = async (address: string) => {
    for (let n = 0; n < 3; n++) expect((await ask(address)).statusCode).toBe(200);
  };

  test("Too many requests from one address have to wait", async () => {
    await exhaust("203.0.113.11");
    const late = await ask("203.0.113.11");
    expect(late.statusCode).toBe(429);
    expect(late.json()).toMatchObject({ code: "too-many-requests", status: 429 });
    expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("Behind a trusted proxy each address is counted by itself", async () => {
    await exhaust("203.0.113.12");
    expect((await ask("203.0.113.13")).statusCode).toBe(200);
  });

  test("A stranger can't choose the address that he is counted for", async () => {
    await exhaust("203.0.113.14");
    expect((await ask("203.0.113.14")).statusCode).toBe(429);
    expect((await ask("203.0.113.14", "198.51.100.7")).statusCode).toBe(200);
  });
});

test("a key's secret has 256 random bits, of which the store has a hash alone", async () => {
  const [one, other] = [makeKey(), makeKey()];
  const secret = (text: string) => readKey(text)?.secret ?? "";
  expect(Buffer.from(secret(one.text), "base64url").length).toBeGreaterThanOrEqual(32);
  expect(secret(one.text)).not.toBe(secret(other.text));
  await keyOf("read");
  const [stored] = await store.collections.keys.find().toArray();
  expect(JSON.stringify(stored)).not.toContain(secret(one.text));
});
