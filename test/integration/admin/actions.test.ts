import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeKey } from "../../../access/secret.ts";
import { Source } from "../../../model/source.ts";
import { declared } from "../../../model/version.ts";
import { readAudit } from "../../../store/audit.ts";
import { addKey } from "../../../store/keys.ts";
import { getLink } from "../../../store/links.ts";
import { dueSources, makeDue } from "../../../store/sources.ts";
import type { Store } from "../../../store/store.ts";
import { commitArticles } from "../../../workers/articles/commit-articles.ts";
import { applySources, START } from "../../../workers/sources/apply.ts";
import { hours, idOf, pageOf } from "../../helpers/article-pages.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { codeIn, FORM, join, login, openGated } from "../../helpers/gated.ts";
import { makeLink } from "../../helpers/links.ts";
import { BROWSER } from "../../helpers/portal.ts";
import { textOf } from "../../helpers/site.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("actions");
});
beforeEach(async () => {
  await emptyStore(store);
  await join(store, "oscar", "operator");
  await join(store, "edith", "editor");
  app = await openGated(store);
  return () => app.close();
});
afterAll(() => database.close());

/** A user at his browser. */
async function at(name: string) {
  const { cookie } = await login(app, name);
  const page = async (url: string) =>
    (await app.inject({ url, headers: { ...BROWSER, cookie } })).body;
  const send = async (url: string, fields: Record<string, string>, from: string) => {
    const payload = new URLSearchParams({ _csrf: codeIn(await page(from)), ...fields }).toString();
    const headers = { ...FORM, cookie };
    return app.inject({ method: "POST", url, headers, payload });
  };
  return { cookie, page, send };
}

const lines = async () =>
  (await readAudit(store, { before: new Date(4e12), limit: 50 })).filter(
    ({ action }) => action !== "user.login",
  );

test("an operator has a dead letter fetched again, and the log says who and why", async () => {
  await store.collections.sources.insertOne(makeSource("cities"));
  const url = "https://cities.example/a?x=<script>";
  await store.collections.links.insertOne(
    makeLink("gone", {
      url,
      foundUrl: url,
      sourceId: "cities",
      state: "dead",
      dueAt: null,
      doneAt: new Date(),
      reason: "timeout",
    }),
  );
  const oscar = await at("oscar");
  expect(await oscar.page("/admin/dead")).toContain('name="id" value="gone"');
  const again = { id: "gone", reason: "their server is back" };
  const done = await oscar.send("/admin/dead/replay", again, "/admin/dead");
  expect([done.statusCode, done.headers.location]).toEqual([303, "/admin/dead"]);
  expect(await getLink(store, "gone")).toMatchObject({ state: "due", attempts: 0 });
  expect(await lines()).toMatchObject([
    { by: "user oscar", action: "link.replay", subject: "gone", reason: "their server is back" },
  ]);
});

test("an operator holds a source, which no run opens and no new file undoes, and a key lets it go on", async () => {
  const due = { nextDueAt: new Date() };
  await store.collections.sources.insertOne(makeSource("cities", due));
  const oscar = await at("oscar");
  const held = { id: "cities", reason: "they move their site" };
  expect((await oscar.send("/admin/sources/hold", held, "/admin/sources")).statusCode).toBe(303);
  expect(await oscar.page("/admin/sources")).toMatch(
    /paused.*they move their site \(user oscar\)/s,
  );
  const now = new Date(Date.now() + 60_000);
  expect(await dueSources(store, now, 9)).toEqual([]);
  const source = Source.parse({ id: "cities", name: "New", feeds: ["https://c.example/f"] });
  const making = { at: now, by: START, reason: null, keep: new Set<string>() };
  await applySources(store, [declared(source, "")], making);
  expect(await dueSources(store, now, 9)).toEqual([]);
  expect(await makeDue(store, now)).toEqual([]);

  const { id, text, secretHash } = makeKey();
  const key = { _id: id, name: "desk", secretHash, createdAt: now, createdBy: "cli test" };
  await addKey(store, { ...key, scopes: ["write"], expiresAt: null });
  const headers = { "content-type": FORM["content-type"], authorization: `Bearer ${text}` };
  const payload = "id=cities&reason=moved";
  const post = { method: "POST", url: "/admin/sources/resume", headers, payload } as const;
  expect((await app.inject(post)).json()).toEqual({ done: "it goes on" });
  expect((await app.inject(post)).statusCode).toBe(400);
  expect(await dueSources(store, now, 9)).toMatchObject([{ _id: "cities", held: null }]);
  expect(await lines()).toMatchObject([
    { by: `key ${id}`, action: "source.resume", subject: "cities", reason: "moved" },
    { by: "user oscar", action: "source.hold", reason: "they move their site" },
  ]);
});

test("an editor corrects topics and takes it back; an operator may not", async () => {
  await publishArticles(store, "created", [makeArticle("a-1")]);
  const edith = await at("edith");
  expect(await edith.page("/admin/corrections?article=a-1")).toContain("Title of a-1");
  const fields = { article: "a-1", add: "digital-identity", reason: "it is about a counter" };
  const sent = await edith.send("/admin/corrections", fields, "/admin/corrections");
  expect(sent.statusCode).toBe(303);
  const topics = async () => (await store.collections.articles.findOne({ _id: "a-1" }))?.topics;
  expect(await topics()).toContain("digital-identity");
  const [correction] = await store.collections.corrections.find().toArray();
  expect(correction).toMatchObject({ by: "user edith", reason: "it is about a counter" });
  const undo = { id: correction?._id ?? "", reason: "a mistake" };
  expect((await edith.send("/admin/corrections/undo", undo, "/admin/corrections")).statusCode).toBe(
    303,
  );
  expect(await topics()).not.toContain("digital-identity");
  expect(await lines()).toMatchObject([
    { by: "user edith", action: "article.undo", reason: "a mistake" },
    {
      by: "user edith",
      action: "article.correct",
      subject: "a-1",
      detail: expect.stringContaining("+digital-identity"),
    },
  ]);

  const oscar = await at("oscar");
  expect(await oscar.page("/admin/corrections")).not.toContain('action="/admin/corrections"');
  const refused = await oscar.send("/admin/corrections", fields, "/admin/dead");
  expect(refused.statusCode).toBe(403);
  expect((await lines()).length).toBe(2);
});

test("an editor sees why a story is one and who stands for it, splits and joins it; an operator may not", async () => {
  const pages = ["a", "b"].map((name, n) =>
    pageOf(name, { fields: { text: textOf("wire"), publishedAt: hours(n - 5) } }),
  );
  await commitArticles(store, pages, { timezone: "UTC", now: () => new Date() });
  const [a, b] = [idOf("a"), idOf("b")];
  const from = `/admin/stories?id=${b}`;
  const edith = await at("edith");
  const page = await edith.page(from);
  expect(page).toContain(`same text as ${a}, 1.00`);
  expect(page).toContain("begins the story; stands for the story: of 2: it is the earliest");

  const split = { article: b, reason: "two events" };
  const done = await edith.send("/admin/stories/split", split, from);
  expect([done.statusCode, done.headers.location]).toEqual([303, from]);
  expect(await edith.page(from)).toMatch(/begins the story; apart from .*user edith: two events/);
  const joining = { article: b, other: a, reason: "one after all" };
  expect((await edith.send("/admin/stories/join", joining, from)).statusCode).toBe(303);
  expect((await edith.send("/admin/stories/join", joining, from)).statusCode).toBe(400);
  expect(await lines()).toMatchObject([
    { by: "user edith", action: "story.join", subject: b, reason: "one after all" },
    { by: "user edith", action: "story.split", subject: b, reason: "two events" },
  ]);
  expect(await edith.page("/admin/corrections")).toContain(`joined with ${a}`);

  const oscar = await at("oscar");
  expect(await oscar.page(from)).not.toContain('action="/admin/stories/');
  const refused = await oscar.send("/admin/stories/split", split, "/admin/dead");
  expect(refused.statusCode).toBe(403);
});

test("nothing is done without a reason, a code of the session, or with one of another site", async () => {
  await publishArticles(store, "created", [makeArticle("a-1")]);
  const edith = await at("edith");
  const fields = { article: "a-1", add: "digital-identity", reason: "it is about a counter" };
  const from = "/admin/corrections";
  const without = await edith.send(from, { ...fields, reason: " " }, from);
  expect([without.statusCode, without.body]).toEqual([400, expect.stringContaining("say why")]);
  expect((await edith.send(from, { ...fields, add: "nonsense" }, from)).statusCode).toBe(400);
  expect((await edith.send(from, { ...fields, _csrf: "" }, from)).statusCode).toBe(403);
  const code = codeIn(await edith.page(from));
  const payload = new URLSearchParams({ ...fields, _csrf: code }).toString();
  const headers = { ...FORM, cookie: edith.cookie, origin: "https://evil.example" };
  const foreign = await app.inject({ method: "POST", url: from, headers, payload });
  expect(foreign.statusCode).toBe(403);
  expect(await lines()).toEqual([]);
  expect(await store.collections.corrections.countDocuments()).toBe(0);
});

test("what publishers wrote is text on every page, whatever it looks like", async () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const article = makeArticle("evil", {
    title: evil,
    teaser: evil,
    text: `${evil}\n\n${evil} more`,
    html: evil,
    authors: [evil],
    section: evil,
    url: "javascript:alert(1)",
    image: {
      url: "javascript:alert(1)",
      alt: evil,
      caption: evil,
      credit: evil,
      width: 1,
      height: 1,
    },
    evidence: {},
  });
  await publishArticles(store, "created", [article]);
  await store.collections.sources.insertOne(
    makeSource("cities", { name: evil, lastProblem: evil }),
  );
  const edith = await at("edith");
  const pages = [
    "/",
    "/article/evil",
    "/admin",
    "/admin/corrections?article=evil",
    "/feeds/all.atom",
  ];
  for (const url of pages) {
    const page = await app.inject({ url, headers: { ...BROWSER, cookie: edith.cookie } });
    expect([url, page.statusCode]).toEqual([url, 200]);
    expect(page.body).not.toMatch(/<script|<img src=x|href="javascript:|src="javascript:/i);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
  }
});
