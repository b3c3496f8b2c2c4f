import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changeUser, getUser, listUsers } from "../../../../store/operations/accounts.ts";
import { readAudit } from "../../../../store/operations/audit.ts";
import type { Store } from "../../../../store/store.ts";
import {
  CALLBACK_PATH,
  identityOf,
  Provider,
  type ProviderSettings,
} from "../../../../web/auth/provider.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, login, openGated } from "../../../helpers/gated.ts";
import { startIdentityProvider } from "../../../helpers/identity-provider.ts";
import { BROWSER } from "../../../helpers/portal.ts";

const ACCOUNTS = {
  "s-1": { preferred_username: "Ada", groups: ["newsroom", "everybody"] },
  "s-2": { preferred_username: "bob@papers.example", groups: ["it"] },
  "s-3": { preferred_username: "carol", groups: ["sales"] },
};
const REDIRECT = `http://127.0.0.1:3000${CALLBACK_PATH}`;
const CLIENT = { id: "newsgather", secret: "of the client", redirectUri: REDIRECT };

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let idp: Awaited<ReturnType<typeof startIdentityProvider>>;
let settings: ProviderSettings;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("provider");
  idp = await startIdentityProvider(ACCOUNTS, CLIENT);
  settings = {
    issuer: idp.issuer,
    clientId: CLIENT.id,
    clientSecret: () => CLIENT.secret,
    scopes: "openid profile groups",
    claim: "groups",
    roles: [
      { value: "it", role: "admin" },
      { value: "newsroom", role: "editor" },
    ],
  };
  app = await openGated(store, { provider: new Provider(settings, REDIRECT) });
});
/** Each test comes from an address of its own: logins of one address are few a minute. */
let from = 0;
beforeEach(async () => {
  from++;
  await emptyStore(store);
  await join(store, "root", "admin");
});
afterAll(async () => {
  await app?.close();
  await idp?.close();
  await database.close();
});

type Answer = Awaited<ReturnType<FastifyInstance["inject"]>>;
const cookieOf = ({ cookies }: Answer, name: string) =>
  cookies.find((one) => one.name === name && one.value !== "");
const get = (url: string, cookie = "") =>
  app.inject({ url, headers: { ...BROWSER, cookie }, remoteAddress: `10.0.0.${from}` });

/** Begins a login; returns where the browser is sent to, and what it keeps. */
async function begin(next = "/admin/inbox") {
  const answer = await get(`/admin/login/provider?next=${encodeURIComponent(next)}`);
  const kept = cookieOf(answer, "newsgather-login");
  return { to: new URL(String(answer.headers.location)), kept: `newsgather-login=${kept?.value}` };
}

/** Logs in at the provider; returns our answer to who comes back. */
async function logIn(subject: string): Promise<Answer> {
  const { to, kept } = await begin();
  const back = new URL(await idp.logIn(to.href, subject));
  return get(back.pathname + back.search, kept);
}

const refusal = ({ statusCode, body }: Answer) => [
  statusCode,
  /role="alert">([^<]*)/.exec(body)?.[1]?.replaceAll("&#39;", "'"),
];

describe("a login by the provider", () => {
  test("is offered beside the password", async () => {
    const { body } = await get("/admin/login?next=/admin/inbox");
    expect(body).toContain(`Log in with ${new URL(idp.issuer).host}`);
    expect(body).toContain('href="/admin/login/provider?next=%2Fadmin%2Finbox"');
  });

  test("asks with a code challenge, a state and a nonce", async () => {
    const { searchParams } = (await begin()).to;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      client_id: "newsgather",
      redirect_uri: REDIRECT,
      scope: "openid profile groups",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      state: expect.stringMatching(/.{20}/),
      nonce: expect.stringMatching(/.{20}/),
    });
  });

  test("makes a user with the role of their group, and leads back", async () => {
    const answer = await logIn("s-1");
    expect([answer.statusCode, answer.headers.location]).toEqual([303, "/admin/inbox"]);
    expect(cookieOf(answer, "newsgather")).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    expect(await getUser(store, "ada")).toMatchObject({
      role: "editor",
      passwordHash: null,
      identity: identityOf(idp.issuer, "s-1"),
    });
    const session = cookieOf(answer, "newsgather");
    expect((await get("/admin/inbox", `newsgather=${session?.value}`)).statusCode).toBe(200);
    expect((await get("/admin/audit", `newsgather=${session?.value}`)).statusCode).toBe(403);
  });

  test("is in the audit log", async () => {
    await logIn("s-1");
    const audit = await readAudit(store, { before: new Date(4e12), limit: 9 });
    expect(audit).toMatchObject([
      { actor: "user ada", action: "user.login", detail: "provider" },
      { actor: "gate", action: "user.add", subject: "ada", detail: "editor" },
    ]);
  });

  test("finds the same user again, with the role that the provider says now", async () => {
    await logIn("s-2");
    await changeUser(store, "bob", { role: "analyst" });
    await logIn("s-2");
    expect(await getUser(store, "bob")).toMatchObject({ role: "admin" });
    expect((await listUsers(store)).map(({ _id }) => _id)).toEqual(["bob", "root"]);
  });

  test("keeps the last administrator one, whatever the provider says", async () => {
    await logIn("s-1");
    await changeUser(store, "ada", { role: "admin" });
    await changeUser(store, "root", { disabledAt: new Date() });
    const answer = await logIn("s-1");
    expect(answer.statusCode).toBe(303);
    expect(await getUser(store, "ada")).toMatchObject({ role: "admin" });
  });

  test("finds the user whose identity was set with the issuer's other spelling", async () => {
    await join(store, "ada", "editor");
    const other = idp.issuer.endsWith("/") ? idp.issuer.slice(0, -1) : `${idp.issuer}/`;
    await changeUser(store, "ada", { identity: identityOf(other, "s-1") });
    expect((await logIn("s-1")).statusCode).toBe(303);
    expect((await listUsers(store)).map(({ _id }) => _id)).toEqual(["ada", "root"]);
  });

  test("is refused to whoever has no role", async () => {
    expect(refusal(await logIn("s-3"))).toEqual([
      401,
      expect.stringMatching(/^You have no role here/),
    ]);
    expect(await getUser(store, "carol")).toBeNull();
  });

  test("is refused to a user who is disabled", async () => {
    await logIn("s-1");
    await changeUser(store, "ada", { disabledAt: new Date() });
    expect(refusal(await logIn("s-1"))).toEqual([401, "Your account here is disabled."]);
  });

  test("never takes over a user who is here already", async () => {
    await join(store, "ada", "admin");
    const [status, words] = refusal(await logIn("s-1"));
    expect([status, words]).toEqual([
      401,
      expect.stringContaining("newsgather users identity ada s-1"),
    ]);
    await changeUser(store, "ada", { identity: identityOf(idp.issuer, "s-1") });
    expect((await logIn("s-1")).statusCode).toBe(303);
  });

  test("gives another name to a second person of the same name", async () => {
    await logIn("s-1");
    await changeUser(store, "ada", { identity: identityOf(idp.issuer, "other") });
    await logIn("s-1");
    expect(await getUser(store, "ada-2")).toMatchObject({
      identity: identityOf(idp.issuer, "s-1"),
    });
  });

  test("doesn't log in by a password", async () => {
    await logIn("s-1");
    expect((await login(app, "ada", "")).status).toBe(401);
  });
});

describe("who comes back from the provider", () => {
  test("is refused in a browser that didn't begin the login", async () => {
    const back = new URL(await idp.logIn((await begin()).to.href, "s-1"));
    expect(refusal(await get(back.pathname + back.search))[0]).toBe(401);
  });

  test.each(["state", "nonce", "codeVerifier"])("is refused with another %s", async (field) => {
    const { to, kept } = await begin();
    const back = new URL(await idp.logIn(to.href, "s-1"));
    const pending = JSON.parse(Buffer.from(kept.split("=")[1] ?? "", "base64url").toString());
    const other = { ...pending, [field]: "x".repeat(43) };
    const cookie = `newsgather-login=${Buffer.from(JSON.stringify(other)).toString("base64url")}`;
    const answer = await get(back.pathname + back.search, cookie);
    expect(refusal(answer)).toEqual([401, expect.stringContaining("failed. Try again")]);
    expect(await getUser(store, "ada")).toBeNull();
  });

  test("is refused with a code that was used before", async () => {
    const { to, kept } = await begin();
    const back = new URL(await idp.logIn(to.href, "s-1"));
    expect((await get(back.pathname + back.search, kept)).statusCode).toBe(303);
    expect((await get(back.pathname + back.search, kept)).statusCode).toBe(401);
  });

  test("never goes on to another site", async () => {
    const { to, kept } = await begin("https://evil.example/");
    const back = new URL(await idp.logIn(to.href, "s-1"));
    expect((await get(back.pathname + back.search, kept)).headers.location).toBe("/admin");
  });
});

test("A provider that can't be reached is reported, and asked again at the next login", async () => {
  const changing = { ...settings, issuer: "http://127.0.0.1:1" };
  const provider = new Provider(changing, REDIRECT);
  const other = await openGated(store, { provider });
  const tryIt = () => other.inject({ url: "/admin/login/provider", headers: BROWSER });
  expect(refusal(await tryIt())).toEqual([401, expect.stringContaining("can't be reached")]);
  changing.issuer = idp.issuer;
  expect((await tryIt()).statusCode).toBe(303);
  await other.close();
});
