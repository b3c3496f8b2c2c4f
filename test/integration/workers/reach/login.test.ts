import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSecrets } from "../../../../config/secrets.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { type BrowserPool, createBrowser } from "../../../../fetch/browser.ts";
import { createGuard } from "../../../../fetch/guard.ts";
import { createLoginSessions, type LoginSessions } from "../../../../fetch/login-sessions.ts";
import { startProxy } from "../../../../fetch/proxy.ts";
import { ReleaseStack } from "../../../../lib/stack.ts";
import { Login } from "../../../../model/login.ts";
import { addLinks } from "../../../../store/links.ts";
import { connect } from "../../../../workers/enqueue.ts";
import { createBrowserSessions } from "../../../../workers/reach/browser-sessions.ts";
import { createLogins } from "../../../../workers/reach/logins.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { chromiumPath, systemUser } from "../../../helpers/chromium.ts";
import { makeLink } from "../../../helpers/links.ts";
import {
  formLogin,
  HANDED_OUT,
  members,
  membersOnly,
  PASSWORD,
  VALUE,
} from "../../../helpers/members.ts";
import { articlePage } from "../../../helpers/site.ts";
import {
  type Services,
  SITES,
  startServices,
  type WatchedSite,
} from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

const byCookie = Login.parse({
  cookies: [{ name: "session", value: "env:SECRET_SESSION", secure: false }],
  signedOut: "form#enter",
});

const all = new ReleaseStack();
let opened = new ReleaseStack();
let services: Services;
let browser: BrowserPool;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
  all.add("stage", () => services.close());
  const hosts = new Map(Object.entries(SITES).map(([name, address]) => [name, [address]]));
  const proxy = await startProxy(createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] }));
  all.add("proxy", () => proxy.close());
  browser = createBrowser({
    executablePath: await chromiumPath(),
    user: systemUser(),
    sandbox: true,
    proxy,
    userAgent: "Newsgather/test",
  });
  all.add("browser", () => browser.close());
});
afterEach(async () => {
  await opened.close();
  opened = new ReleaseStack();
  await services.closeSites();
});
afterAll(() => all.close());

const DONE = { state: "done" };

function useSecrets({ worker }: WatchedSite, env: Record<string, string>): LoginSessions {
  const redis = connect(services.redisUrl, { maxRetriesPerRequest: 1 });
  opened.add("redis", () => redis.disconnect());
  const sessions = createLoginSessions(redis, worker.prefix);
  const { now } = worker.deps;
  const logIn = browser.enter;
  worker.deps.logins = createLogins({ secrets: createSecrets(env, null), sessions, logIn, now });
  return sessions;
}

function useSecret(watched: WatchedSite, value: string): void {
  useSecrets(watched, { SECRET_SESSION: value });
}

/** Everything that the store holds, as text. */
async function everything({ store }: WatchedSite): Promise<string> {
  const kept = await Promise.all(
    Object.values(store.collections).map((collection) => collection.find({}).toArray()),
  );
  return JSON.stringify(kept);
}

test("a login's cookies reach the source's own host alone, and nothing that is kept holds them", async () => {
  const watched = await services.watchSite("cookies", ["/a", "/b"], {
    source: { login: byCookie, allowHosts: ["two.example"] },
  });
  const { site, worker, link, openOther } = watched;
  useSecret(watched, VALUE);
  const other = await openOther("two.example");
  const [own, strange]: [string[], string[]] = [[], []];
  site.pages["/a"] = members("For members", own);
  const robots: string[] = [];
  const noting = (request: IncomingMessage) => robots.push(request.headers.cookie ?? "");
  site.pages["/robots.txt"] = (request, response) => {
    noting(request);
    response.writeHead(404).end();
  };
  site.pages["/b"] = (_, response) =>
    void response.writeHead(302, { location: other.at("/b") }).end();
  other.pages["/b"] = members("Elsewhere", strange);
  await takeTurns(worker, site.host);
  await takeTurns(worker, other.host);
  expect(own).toEqual([`session=${VALUE}`]);
  expect([strange, robots]).toEqual([[""], [""]]);
  const [a, b] = [await link("/a"), await link("/b")];
  expect(a).toMatchObject({ state: "done", outcome: "new" });
  expect(b).toMatchObject({ state: "dead", reason: "login" });
  const capture = await watched.store.collections.captures.findOne({ _id: a?.captureId ?? "" });
  expect(capture?.requestHeaders["cookie"]).toBe("***");
  expect(capture?.headers["set-cookie"]).toBe("***");
  const kept = await everything(watched);
  expect(kept).toContain("env:SECRET_SESSION");
  expect(kept).not.toContain(VALUE);
  expect(kept).not.toContain(HANDED_OUT);
});

test("a login that has run out is told as such, blames no host, and what it missed can be had again", async () => {
  const watched = await services.watchSite("expired", ["/a", "/401"], {
    source: { login: byCookie },
  });
  const { store, site, worker, link } = watched;
  useSecret(watched, "of-last-year");
  site.pages["/a"] = members("For members", []);
  site.pages["/401"] = (_, response) => void response.writeHead(401).end("who are you?");
  await takeTurns(worker, site.host);
  const dead = await link("/a");
  expect(dead).toMatchObject({ state: "dead", reason: "login", attempts: 1 });
  expect(await link("/401")).toMatchObject({ state: "dead", reason: "login" });
  expect(await store.collections.captures.findOne({ linkId: dead?._id ?? "" })).toMatchObject({
    reason: "login",
    status: 200,
  });
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({
    failures: 0,
    openUntil: null,
  });
  useSecret(watched, VALUE);
  const again = { state: "due", dueAt: new Date(), attempts: 0, reason: null } as const;
  await store.collections.links.updateOne({ _id: dead?._id ?? "" }, { $set: again });
  await takeTurns(worker, site.host);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "new" });
});

test("in the browser neither other hosts of a page nor other sources of the host get them", async () => {
  const watched = await services.watchSite("browser", ["/a", "/b"], {
    source: { login: byCookie, render: "browser" },
    link: { lane: "browser" },
  });
  const { store, site, worker, link, openOther } = watched;
  useSecret(watched, VALUE);
  const other = await openOther("two.example");
  const [own, strange]: [string[], string[]] = [[], []];
  const page = articlePage("For members").replace(
    "</article>",
    `</article><script src="${other.at("/x.js")}"></script>`,
  );
  site.pages["/a"] = site.pages["/b"] = (request, response) => {
    own.push(request.headers.cookie ?? "");
    response.writeHead(200, { "content-type": "text/html", "set-cookie": `next=${HANDED_OUT}` });
    response.end(page);
  };
  other.pages["/x.js"] = (request, response) => {
    strange.push(request.headers.cookie ?? "");
    response.setHeader("content-type", "text/javascript").end("1");
  };
  worker.deps.browser = createBrowserSessions(browser, 1);
  // A second source of the same host, in the same turn of it.
  await store.collections.sources.insertOne(
    makeSource("others", { home: site.at("/"), render: "browser" }),
  );
  const { _id } = (await link("/b")) ?? { _id: "" };
  await store.collections.links.updateOne({ _id }, { $set: { sourceId: "others" } });
  await takeTurns(worker, site.host, 0, "browser");
  expect([await link("/a"), await link("/b")]).toMatchObject([DONE, DONE]);
  expect(own).toEqual([`session=${VALUE}`, ""]);
  expect(strange).toEqual(["", ""]);
  const kept = await everything(watched);
  expect([kept.includes(VALUE), kept.includes(HANDED_OUT)]).toEqual([false, false]);
});

/** Both lanes by turns, until neither has anything to do. */
async function takeTurnsInBothLanes({ store, worker, site }: WatchedSite): Promise<void> {
  for (let rounds = 0; rounds < 6; rounds++) {
    await takeTurns(worker, site.host);
    await takeTurns(worker, site.host, 0, "browser");
    if ((await store.collections.links.countDocuments({ state: "due" })) === 0) return;
  }
}

test("a form's login gives a session that lasts, is made anew when it has run out, and lies in Redis sealed", async () => {
  const watched = await services.watchSite("form", ["/a", "/b"]);
  const { store, site, worker, link } = watched;
  worker.deps.browser = createBrowserSessions(browser, 1);
  await store.collections.sources.updateOne({}, { $set: { login: formLogin(site) } });
  const { tried, valid } = membersOnly(site, ["/a", "/b", "/c"]);
  const sessions = useSecrets(watched, { SECRET_USER: "ada", SECRET_PASS: PASSWORD });
  await takeTurnsInBothLanes(watched);
  expect([await link("/a"), await link("/b")]).toMatchObject([
    { ...DONE, lane: "http", outcome: "new" },
    { ...DONE, lane: "http", outcome: "new" },
  ]);
  expect(tried).toEqual([PASSWORD]);
  valid.clear();
  worker.advance(11 * 60_000);
  const url = site.at("/c");
  await addLinks(store, [
    makeLink(urlKey(url), { url, foundUrl: url, host: site.host, dueAt: new Date() }),
  ]);
  await takeTurnsInBothLanes(watched);
  expect(await link("/c")).toMatchObject({ ...DONE, lane: "http", outcome: "new" });
  expect(tried).toEqual([PASSWORD, PASSWORD]);
  const sealed = Buffer.from((await sessions.read("cities")) ?? "", "base64").toString("latin1");
  expect(sealed.length).toBeGreaterThan(50);
  for (const secret of [PASSWORD, HANDED_OUT]) {
    expect(sealed).not.toContain(secret);
    expect(await everything(watched)).not.toContain(secret);
  }
});

test("a password that the site doesn't take is tried once, told without it, and again when it is another", async () => {
  const watched = await services.watchSite("wrong", ["/a", "/b"]);
  const { store, site, worker, link } = watched;
  worker.deps.browser = createBrowserSessions(browser, 1);
  await store.collections.sources.updateOne({}, { $set: { login: formLogin(site) } });
  const { tried } = membersOnly(site, ["/a", "/b"]);
  useSecrets(watched, { SECRET_USER: "ada", SECRET_PASS: "wr0ng-passw0rd" });
  await takeTurnsInBothLanes(watched);
  expect([await link("/a"), await link("/b")]).toMatchObject([
    { state: "dead", reason: "login" },
    { state: "dead", reason: "login" },
  ]);
  expect(tried).toEqual(["wr0ng-passw0rd"]);
  expect(await everything(watched)).not.toContain("wr0ng-passw0rd");
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({ failures: 0 });
  useSecrets(watched, { SECRET_USER: "ada", SECRET_PASS: PASSWORD });
  const again = {
    state: "due",
    dueAt: new Date(),
    attempts: 0,
    reason: null,
    lane: "http",
  } as const;
  await store.collections.links.updateMany({}, { $set: again });
  await takeTurnsInBothLanes(watched);
  expect([await link("/a"), await link("/b")]).toMatchObject([DONE, DONE]);
});
