import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { findChromium } from "../../../bin/roles/chromium.ts";
import { loadConfig } from "../../../config/env.ts";
import { createSecrets } from "../../../config/secrets.ts";
import { createBrowser } from "../../../fetch/browser.ts";
import { createGuard } from "../../../fetch/guard.ts";
import { startProxy } from "../../../fetch/proxy.ts";
import { Login } from "../../../model/login.ts";
import { createBrowserSessions } from "../../../workers/browser-sessions.ts";
import { createLogins } from "../../../workers/logins.ts";
import { makeSource } from "../../helpers/articles.ts";
import { systemUser } from "../../helpers/chromium.ts";
import { drive } from "../../helpers/line.ts";
import { openStage, type Scene, SITES, type Stage } from "../../helpers/scene.ts";
import { articlePage, type Page } from "../../helpers/site.ts";

const VALUE = "s3cr3t-of-the-session";
const HANDED_OUT = "handed-out-to-the-session";
const login = Login.parse({
  cookies: [{ name: "session", value: "env:SECRET_SESSION", secure: false }],
  signedOut: "form#enter",
});

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

/** An article for members, a teaser with a form for everybody else; hands out a cookie. */
function members(title: string, seen: string[]): Page {
  return (request, response) => {
    seen.push(request.headers.cookie ?? "");
    response.setHeader("content-type", "text/html").setHeader("set-cookie", `next=${HANDED_OUT}`);
    const known = request.headers.cookie?.includes(`session=${VALUE}`);
    response.end(
      articlePage(title).replace("</article>", known ? "</article>" : `${FORM}</article>`),
    );
  };
}
const DONE = { state: "done" };
const FORM = '<form id="enter"><input name="user"></form>';

function useSecret({ line }: Scene, value: string): void {
  line.deps.cookiesOf = createLogins(createSecrets({ SECRET_SESSION: value }, null));
}

/** Everything that the store holds, as text. */
async function everything({ store }: Scene): Promise<string> {
  const all = await Promise.all(
    Object.values(store.collections).map((collection) => collection.find({}).toArray()),
  );
  return JSON.stringify(all);
}

test("a login's cookies reach the source's own host alone, and nothing that is kept holds them", async () => {
  const scene = await stage.open("cookies", ["/a", "/b"], {
    source: { login, allowHosts: ["two.example"] },
  });
  const { site, line, link, openOther } = scene;
  useSecret(scene, VALUE);
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
  await drive(line, site.host);
  await drive(line, other.host);
  expect(own).toEqual([`session=${VALUE}`]);
  expect([strange, robots]).toEqual([[""], [""]]);
  const [a, b] = [await link("/a"), await link("/b")];
  expect(a).toMatchObject({ state: "done", outcome: "new" });
  expect(b).toMatchObject({ state: "dead", reason: "login" });
  const capture = await scene.store.collections.captures.findOne({ _id: a?.captureId ?? "" });
  expect(capture?.requestHeaders["cookie"]).toBe("***");
  expect(capture?.headers["set-cookie"]).toBe("***");
  const kept = await everything(scene);
  expect(kept).toContain("env:SECRET_SESSION");
  expect(kept).not.toContain(VALUE);
  expect(kept).not.toContain(HANDED_OUT);
});

test("a login that has run out is told as such, blames no host, and what it missed can be had again", async () => {
  const scene = await stage.open("expired", ["/a", "/401"], { source: { login } });
  const { store, site, line, link } = scene;
  useSecret(scene, "of-last-year");
  site.pages["/a"] = members("For members", []);
  site.pages["/401"] = (_, response) => void response.writeHead(401).end("who are you?");
  await drive(line, site.host);
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
  useSecret(scene, VALUE);
  const again = { state: "due", dueAt: new Date(), attempts: 0, reason: null } as const;
  await store.collections.links.updateOne({ _id: dead?._id ?? "" }, { $set: again });
  await drive(line, site.host);
  expect(await link("/a")).toMatchObject({ state: "done", outcome: "new" });
});

test("in the browser neither other hosts of a page nor other sources of the host get them", async () => {
  const scene = await stage.open("browser", ["/a", "/b"], {
    source: { login, render: "browser" },
    link: { lane: "browser" },
  });
  const { store, site, line, link, openOther } = scene;
  useSecret(scene, VALUE);
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
  const hosts = new Map(Object.entries(SITES).map(([name, address]) => [name, [address]]));
  const proxy = await startProxy(createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] }));
  const sessions = createBrowserSessions(
    createBrowser({
      executablePath: await findChromium(loadConfig(process.env)),
      user: systemUser(),
      sandbox: true,
      proxy,
      userAgent: "Newsgather/test",
    }),
  );
  try {
    line.deps.browser = sessions;
    // A second source of the same host, in the same turn of it.
    await store.collections.sources.insertOne(
      makeSource("others", { home: site.at("/"), render: "browser" }),
    );
    const { _id } = (await link("/b")) ?? { _id: "" };
    await store.collections.links.updateOne({ _id }, { $set: { sourceId: "others" } });
    await drive(line, site.host, 0, "browser");
    expect([await link("/a"), await link("/b")]).toMatchObject([DONE, DONE]);
    expect(own).toEqual([`session=${VALUE}`, ""]);
    expect(strange).toEqual(["", ""]);
    const kept = await everything(scene);
    expect([kept.includes(VALUE), kept.includes(HANDED_OUT)]).toEqual([false, false]);
  } finally {
    await sessions.close();
    await proxy.close();
  }
});
