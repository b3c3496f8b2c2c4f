import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportArticles } from "../../../bin/pass/export-articles.ts";
import { storedView } from "../../../publish/views/manage.ts";
import type { Store } from "../../../store/store.ts";
import { feedsOf } from "../../../workers/deliver/hub-ping.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { leaseOf } from "../../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { asKey, openGated } from "../../helpers/gated.ts";
import { closeReceivers, receive, subscribe, testPost } from "../../helpers/receiver.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let now = new Date();
const post = testPost();
const at = (hours: number) => ({ sortAt: new Date(now.getTime() - hours * 3_600_000) });
const berlin = { country: "DE", region: "Berlin", regionCode: "DE-BE", city: "Berlin" };
const inBerlin = makeArticle("ber1", { ...at(1), ...berlin, relevanceScore: 0.8 });

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("views");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("paris")]);
  await publishArticles(store, "created", [
    inBerlin,
    makeArticle("ber2", { ...at(2), ...berlin, relevanceScore: 0.1 }),
    makeArticle("ham1", { ...at(3), relevanceScore: 0.9 }),
    makeArticle("par1", { ...at(4), sourceId: "paris", country: "FR", topics: ["egov"] }),
    makeArticle("ber3", {
      ...at(5),
      ...berlin,
      topics: ["egov", "smart-city"],
      relevanceScore: 0.5,
    }),
  ]);
  app = await openGated(store, { now: () => now });
});
afterAll(async () => {
  closeReceivers();
  await post.close();
  await app.close();
  await database.close();
});

const FILTER = {
  topic: ["egov", "smart-city"],
  region: ["DE-BE"],
  city: ["Berlin"],
  relevance: 0.4,
};

/** Ids of the articles that a text speaks of. */
const idsIn = (text: string) =>
  [...new Set(text.match(/\b(?:ber|ham|par)[1-9]\b/g) ?? [])].toSorted();

test("a saved query is page, feed, stream, snapshot, list, consumer, webhook and export at once", async () => {
  const editor = await asKey(app, store, "write");
  const saved = await editor("PUT", "/v1/views/berlin", { name: "Aus Berlin", filter: FILTER });
  expect([saved.status, saved.body]).toMatchObject([
    200,
    { page: "http://portal.example/view/berlin", feed: expect.stringContaining(".atom") },
  ]);
  const get = async (url: string) => (await app.inject(url)).body;
  const page = await get("/view/berlin");
  expect(page).toContain("Aus Berlin");
  expect(page).toContain('href="/feeds/view/berlin.atom"');
  const wanted = ["ber1", "ber3"];
  const outputs = [
    page,
    ...["json", "atom", "rss", "ninjs"].map((format) => `/feeds/view/berlin.${format}`),
    "/v1/changes?view=berlin",
    "/v1/snapshot?view=berlin",
    "/v1/articles?view=berlin",
    "/v1/snapshot?topic=egov,smart-city&region=DE-BE&city=Berlin&relevance=0.4",
  ];
  for (const output of outputs) {
    const text = output === page ? page : await get(output);
    expect([output.slice(0, 60), idsIn(text)]).toEqual([output.slice(0, 60), wanted]);
  }

  await editor("POST", "/v1/consumers", { name: "berlin-desk", from: "start", view: "berlin" });
  const { body } = await leaseOf(editor, "berlin-desk");
  expect(body.items.map(({ articleId }) => articleId).toSorted()).toEqual(wanted);

  const { got, url } = await receive((response) => response.writeHead(200).end());
  const hook = await subscribe(store, post, url);
  await store.collections.subscribers.updateOne({ _id: hook.id }, { $set: { view: "berlin" } });
  await hook.run();
  expect(idsIn(got.map((message) => message.body).join())).toEqual(wanted);

  const slice = { sources: null, since: new Date(0), until: new Date("9999-01-01") };
  const exported: string[] = [];
  for await (const { id } of exportArticles(store, { ...slice, where: FILTER })) exported.push(id);
  expect(exported.toSorted()).toEqual(wanted);

  const views = await store.collections.views.find().toArray();
  const [first] = await store.collections.changes.find({ articleId: "ber1" }).toArray();
  const [other] = await store.collections.changes.find({ articleId: "par1" }).toArray();
  if (!first || !other) throw new Error("no changes");
  expect(feedsOf([first], views)).toContain("view/berlin");
  expect(feedsOf([other], views)).not.toContain("view/berlin");

  expect((await editor("DELETE", "/v1/views/berlin")).body).toMatchObject({ code: "view-in-use" });
});

test("what leaves a view is retracted for its readers, what enters it is created", async () => {
  const { next_cursor: cursor } = (await app.inject("/v1/changes")).json<{ next_cursor: string }>();
  await publishArticles(store, "updated", [
    { ...inBerlin, relevanceScore: 0.2 },
    makeArticle("ber2", { ...at(2), ...berlin, relevanceScore: 0.7 }),
  ]);
  const { items } = (await app.inject(`/v1/changes?view=berlin&cursor=${cursor}`)).json<{
    items: { articleId: string; kind: string; item: object | null }[];
  }>();
  expect(items.map(({ articleId, kind, item }) => [articleId, kind, item !== null])).toEqual([
    ["ber1", "retracted", false],
    ["ber2", "created", true],
  ]);
});

test("a view of states is for editors and exports; its readers get what of it is published", async () => {
  const waits = {
    editorial: { state: "draft", ruled: "new", said: false, waitsSince: now },
  } as const;
  const hidden = { reason: "waits for an editor", detail: "draft", at: now } as const;
  const draft = { status: "unlisted", unlisted: hidden, ...waits } as const;
  const taken = { by: "editor", reason: "wrong", because: "", captureId: null, at: now } as const;
  const language = "sv";
  await publishArticles(store, "created", [
    makeArticle("ber7", { ...at(1), ...berlin, language }),
    makeArticle("ber8", { ...at(1), ...berlin, language, ...draft }),
    makeArticle("ber9", { ...at(1), ...berlin, language, status: "retracted", retraction: taken }),
  ]);
  const editor = await asKey(app, store, "write");
  const save = (id: string, filter: object) =>
    editor("PUT", `/v1/views/${id}`, { name: id, filter });
  await save("drafts", { language: [language], state: ["draft", "withdrawn"] });
  await save("in-swedish", { language: [language], state: ["draft", "published"] });
  expect((await save("odd", { state: ["lost"] })).status).toBe(400);
  now = new Date(now.getTime() + 6000);
  const slice = { sources: null, since: new Date(0), until: new Date("9999-01-01") };
  for (const [id, seen, exports] of [
    ["drafts", [], ["ber8", "ber9"]],
    ["in-swedish", ["ber7"], ["ber7", "ber8"]],
  ] as const) {
    const { filter: where } = await storedView(store, id);
    const exported: string[] = [];
    for await (const row of exportArticles(store, { ...slice, where })) exported.push(row.id);
    expect([id, exported.toSorted()]).toEqual([id, exports]);
    for (const url of [
      `/view/${id}`,
      `/feeds/view/${id}.json`,
      `/v1/changes?view=${id}`,
      `/v1/snapshot?view=${id}`,
      `/v1/articles?view=${id}`,
    ]) {
      expect([url, idsIn((await app.inject(url)).body)]).toEqual([url, seen]);
    }
  }
  const front = (await app.inject("/")).body;
  expect(front).toContain("/view/in-swedish");
  expect(front).not.toContain("/view/drafts");
});

test("a view that is saved anew shows within five seconds, and mistakes are named", async () => {
  const editor = await asKey(app, store, "write");
  const save = (id: string, filter: object) =>
    editor("PUT", `/v1/views/${id}`, { name: "Paris", filter });
  expect((await app.inject("/view/paris")).statusCode).toBe(404);
  await save("paris", { country: ["FR"] });
  now = new Date(now.getTime() + 6000);
  expect(idsIn((await app.inject("/view/paris")).body)).toEqual(["par1"]);
  expect((await save("bad", { topic: ["no-such"], source: ["nobody"] })).text).toContain(
    "No such source: nobody. No such topic: no-such.",
  );
  expect((await save("Bad Id", {})).status).toBe(400);
  const analyst = await asKey(app, store, "read");
  expect((await analyst("DELETE", "/v1/views/paris")).status).toBe(403);
  for (const url of ["/feeds/view/none.rss", "/v1/changes?view=none", "/v1/snapshot?view=none"]) {
    expect([url, (await app.inject(url)).json()]).toMatchObject([url, { code: "unknown-view" }]);
  }
  const both = await app.inject("/v1/changes?view=paris&topic=egov");
  expect(both.json()).toMatchObject({ detail: expect.stringContaining("not both") });
  const form = { id: "far", name: "Far", country: "FR, BE", relevance: "0.3", reason: "asked for" };
  expect((await editor("POST", "/admin/views", form)).body).toMatchObject({
    done: expect.stringContaining("/view/far"),
  });
  expect(await store.collections.views.findOne({ _id: "far" })).toMatchObject({
    filter: { country: ["FR", "BE"], relevance: 0.3 },
  });
  expect((await analyst("GET", "/admin/views")).text).toContain("country FR,BE; relevance 0.3");
  expect((await editor("DELETE", "/v1/views/paris")).status).toBe(204);
  const log = await store.collections.audit.find({ action: /^view/ }).toArray();
  expect(log.map(({ action, subject }) => `${action} ${subject}`)).toEqual(
    expect.arrayContaining(["view.save paris", "view.remove paris", "view.save far"]),
  );
});
