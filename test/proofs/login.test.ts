import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSecrets } from "../../config/secrets.ts";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { createLogins } from "../../crawler/logins/logins.ts";
import { createLoginSessions, type LoginSessions } from "../../crawler/logins/sessions.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { Login } from "../../model/sources/login.ts";
import { connect } from "../../queues/producer.ts";
import { addLinks } from "../../store/crawl/links.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import { makeSource } from "../helpers/articles.ts";
import { makeLink } from "../helpers/links.ts";
import {
  formLogin,
  HANDED_OUT,
  members,
  membersOnly,
  PASSWORD,
  VALUE,
} from "../helpers/members.ts";
import { articlePage } from "../helpers/site.ts";
import { openSiteBrowser } from "../helpers/site-browser.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

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
  all.add("services", () => services.close());
  browser = await openSiteBrowser(all);
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
  const saved = await Promise.all(
    Object.values(store.collections).map((collection) => collection.find({}).toArray()),
  );
  return JSON.stringify(saved);
}

describe("a login by cookie", () => {
  const fetchWithCookie = async () => {
    const watched = await services.watchSite("cookies", ["/a", "/b"], {
      source: { login: byCookie, allowHosts: ["two.example"] },
    });
    const { site, worker, link, openOther } = watched;
    useSecret(watched, VALUE);
    const other = await openOther("two.example");
    const cookies: Record<"own" | "other" | "robots", string[]> = {
      own: [],
      other: [],
      robots: [],
    };
    site.pages["/a"] = members("For members", cookies.own);
    const noting = (request: IncomingMessage) => cookies.robots.push(request.headers.cookie ?? "");
    site.pages["/robots.txt"] = (request, response) => {
      noting(request);
      response.writeHead(404).end();
    };
    site.pages["/b"] = (_, response) =>
      void response.writeHead(302, { location: other.at("/b") }).end();
    other.pages["/b"] = members("Elsewhere", cookies.other);
    await takeTurns(worker, site.host);
    await takeTurns(worker, other.host);
    const [a, b] = [await link("/a"), await link("/b")];
    const { captures } = watched.store.collections;
    const capture = await captures.findOne({ _id: a?.captureId ?? "" });
    return { cookies, a, b, capture, stored: await everything(watched) };
  };
  let fetched: Awaited<ReturnType<typeof fetchWithCookie>>;
  beforeAll(async () => {
    fetched = await fetchWithCookie();
  });

  test("The source's own host gets the cookies with its pages", () => {
    expect(fetched.cookies.own).toEqual([`session=${VALUE}`]);
    expect(fetched.a).toMatchObject({ state: "done", outcome: "new" });
  });

  test("The request for robots.txt is without cookies", () => {
    expect(fetched.cookies.robots).toEqual([""]);
  });

  test("Another host, to which a page redirects, gets no cookies", () => {
    expect(fetched.cookies.other).toEqual([""]);
    expect(fetched.b).toMatchObject({ state: "dead-letter", reason: "login" });
  });

  test("The capture shows that there were cookies, but not their values", () => {
    expect(fetched.capture?.requestHeaders["cookie"]).toBe("***");
    expect(fetched.capture?.headers["set-cookie"]).toBe("***");
  });

  test("The database holds the secret's name, and neither its value nor the session", () => {
    expect(fetched.stored).toContain("env:SECRET_SESSION");
    expect(fetched.stored).not.toContain(VALUE);
    expect(fetched.stored).not.toContain(HANDED_OUT);
  });
});

describe("a login that has expired", () => {
  const fetchTwice = async () => {
    const watched = await services.watchSite("expired", ["/a", "/401"], {
      source: { login: byCookie },
    });
    const { store, site, worker, link } = watched;
    useSecret(watched, "of-last-year");
    site.pages["/a"] = members("For members", []);
    site.pages["/401"] = (_, response) => void response.writeHead(401).end("who are you?");
    await takeTurns(worker, site.host);
    const [deadLetter, unauthorized] = [await link("/a"), await link("/401")];
    const { captures, hosts, links } = store.collections;
    const capture = await captures.findOne({ linkId: deadLetter?._id ?? "" });
    const host = await hosts.findOne({ _id: site.host });
    useSecret(watched, VALUE);
    const again = { state: "due", dueAt: new Date(), attempts: 0, reason: null } as const;
    await links.updateOne({ _id: deadLetter?._id ?? "" }, { $set: again });
    await takeTurns(worker, site.host);
    return { deadLetter, unauthorized, capture, host, renewed: await link("/a") };
  };
  let expired: Awaited<ReturnType<typeof fetchTwice>>;
  beforeAll(async () => {
    expired = await fetchTwice();
  });

  test("A page that shows its form again is a dead letter after one try", () => {
    expect(expired.deadLetter).toMatchObject({
      state: "dead-letter",
      reason: "login",
      attempts: 1,
    });
    expect(expired.capture).toMatchObject({ reason: "login", status: 200 });
  });

  test("An answer 401 is a dead letter for the same reason", () => {
    expect(expired.unauthorized).toMatchObject({ state: "dead-letter", reason: "login" });
  });

  test("It doesn't count as a failure of the host", () => {
    expect(expired.host).toMatchObject({ failures: 0, openUntil: null });
  });

  test("The page is fetched once the secret is renewed", () => {
    expect(expired.renewed).toMatchObject({ state: "done", outcome: "new" });
  });
});

describe("a login by cookie in the browser", () => {
  const render = async () => {
    const watched = await services.watchSite("browser", ["/a", "/b"], {
      source: { login: byCookie, render: "browser" },
      link: { lane: "browser" },
    });
    const { store, site, worker, link, openOther } = watched;
    useSecret(watched, VALUE);
    const other = await openOther("two.example");
    const cookies: Record<"own" | "other", string[]> = { own: [], other: [] };
    const page = articlePage("For members").replace(
      "</article>",
      `</article><script src="${other.at("/x.js")}"></script>`,
    );
    site.pages["/a"] = site.pages["/b"] = (request, response) => {
      cookies.own.push(request.headers.cookie ?? "");
      response.writeHead(200, { "content-type": "text/html", "set-cookie": `next=${HANDED_OUT}` });
      response.end(page);
    };
    other.pages["/x.js"] = (request, response) => {
      cookies.other.push(request.headers.cookie ?? "");
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
    const links = [await link("/a"), await link("/b")];
    return { cookies, links, stored: await everything(watched) };
  };
  let rendered: Awaited<ReturnType<typeof render>>;
  beforeAll(async () => {
    rendered = await render();
  });

  test("The host gets the cookies for its own source, and none for another source", () => {
    expect(rendered.links).toMatchObject([DONE, DONE]);
    expect(rendered.cookies.own).toEqual([`session=${VALUE}`, ""]);
  });

  test("Other hosts of the page get no cookies", () => {
    expect(rendered.cookies.other).toEqual(["", ""]);
  });

  test("The database holds no cookie", () => {
    const { stored } = rendered;
    expect([stored.includes(VALUE), stored.includes(HANDED_OUT)]).toEqual([false, false]);
  });
});

/** Both lanes by turns, until neither has anything to do. */
async function takeTurnsInBothLanes({ store, worker, site }: WatchedSite): Promise<void> {
  for (let rounds = 0; rounds < 6; rounds++) {
    await takeTurns(worker, site.host);
    await takeTurns(worker, site.host, 0, "browser");
    if ((await store.collections.links.countDocuments({ state: "due" })) === 0) return;
  }
}

/** A source with a login by form, its browser, and its secrets. */
async function openWithForm(name: string, articles: string[]) {
  const watched = await services.watchSite(name, ["/a", "/b"]);
  const { store, site, worker } = watched;
  worker.deps.browser = createBrowserSessions(browser, 1);
  await store.collections.sources.updateOne({}, { $set: { login: formLogin(site) } });
  const usePassword = (password: string) =>
    useSecrets(watched, { SECRET_USER: "ada", SECRET_PASS: password });
  return { ...watched, ...membersOnly(site, articles), watched, usePassword };
}

const FETCHED = { ...DONE, lane: "http", outcome: "new" };

describe("a login by form", () => {
  const logInTwice = async () => {
    const source = await openWithForm("form", ["/a", "/b", "/c"]);
    const { store, site, worker, link, watched, usePassword, tried, valid } = source;
    const sessions = usePassword(PASSWORD);
    await takeTurnsInBothLanes(watched);
    const first = { links: [await link("/a"), await link("/b")], tried: [...tried] };
    valid.clear();
    worker.advance(11 * 60_000);
    const url = site.at("/c");
    await addLinks(store, [
      makeLink(urlKey(url), { url, foundUrl: url, host: site.host, dueAt: new Date() }),
    ]);
    await takeTurnsInBothLanes(watched);
    const second = { link: await link("/c"), tried: [...tried] };
    const session = await sessions.read("cities");
    return { first, second, session, stored: await everything(watched) };
  };
  let form: Awaited<ReturnType<typeof logInTwice>>;
  beforeAll(async () => {
    form = await logInTwice();
  });

  test("One login serves all pages, which are fetched without the browser", () => {
    expect(form.first.links).toMatchObject([FETCHED, FETCHED]);
    expect(form.first.tried).toEqual([PASSWORD]);
  });

  test("A session that has expired is followed by another login", () => {
    expect(form.second.link).toMatchObject(FETCHED);
    expect(form.second.tried).toEqual([PASSWORD, PASSWORD]);
  });

  test("The session lies in Redis encrypted", () => {
    const sealed = Buffer.from(form.session ?? "", "base64").toString("latin1");
    expect(sealed.length).toBeGreaterThan(50);
    for (const secret of [PASSWORD, HANDED_OUT]) expect(sealed).not.toContain(secret);
  });

  test("The database holds neither the password nor the session", () => {
    for (const secret of [PASSWORD, HANDED_OUT]) expect(form.stored).not.toContain(secret);
  });
});

describe("a password that the site refuses", () => {
  const WRONG = "wr0ng-passw0rd";
  const logInTwice = async () => {
    const source = await openWithForm("wrong", ["/a", "/b"]);
    const { store, site, link, watched, usePassword, tried } = source;
    usePassword(WRONG);
    await takeTurnsInBothLanes(watched);
    const refused = {
      links: [await link("/a"), await link("/b")],
      tried: [...tried],
      stored: await everything(watched),
      host: await store.collections.hosts.findOne({ _id: site.host }),
    };
    usePassword(PASSWORD);
    const again = {
      state: "due",
      dueAt: new Date(),
      attempts: 0,
      reason: null,
      lane: "http",
    } as const;
    await store.collections.links.updateMany({}, { $set: again });
    await takeTurnsInBothLanes(watched);
    return { refused, links: [await link("/a"), await link("/b")] };
  };
  let password: Awaited<ReturnType<typeof logInTwice>>;
  beforeAll(async () => {
    password = await logInTwice();
  });

  test("It is tried once, and all pages become dead letters", () => {
    const deadLetter = { state: "dead-letter", reason: "login" };
    expect(password.refused.links).toMatchObject([deadLetter, deadLetter]);
    expect(password.refused.tried).toEqual([WRONG]);
  });

  test("The database doesn't hold it", () => {
    expect(password.refused.stored).not.toContain(WRONG);
  });

  test("It doesn't count as a failure of the host", () => {
    expect(password.refused.host).toMatchObject({ failures: 0 });
  });

  test("Another password is tried, and the pages are fetched", () => {
    expect(password.links).toMatchObject([DONE, DONE]);
  });
});
