import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportArticles } from "../../../../archive/export/rows.ts";
import { storedView } from "../../../../articles/stream/views.ts";
import type { Store } from "../../../../store/store.ts";
import { feedsOf } from "../../../../workers/deliver/hub-ping.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { leaseOf } from "../../../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";
import { closeReceivers, receive, subscribe, testPost } from "../../../helpers/receiver.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let editor: Awaited<ReturnType<typeof asKey>>;
let analyst: typeof editor;
let now = new Date();
const post = testPost();
const at = (hours: number) => ({ sortAt: new Date(now.getTime() - hours * 3_600_000) });
const berlin = { country: "DE", region: "Berlin", regionCode: "DE-BE", city: "Berlin" };

const FILTER = {
  topic: ["egov", "smart-city"],
  region: ["DE-BE"],
  city: ["Berlin"],
  relevance: 0.4,
};

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("views");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("paris")]);
  await publishArticles(store, "created", [
    makeArticle("ber1", { ...at(1), ...berlin, relevanceScore: 0.8 }),
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
  editor = await asKey(app, store, "write");
  analyst = await asKey(app, store, "read");
});
afterAll(async () => {
  closeReceivers();
  await post.close();
  await app.close();
  await database.close();
});

/** Ids of the articles that a text speaks of. */
const idsIn = (text: string) =>
  [...new Set(text.match(/\b(?:ber|ham|par|swe|tal)[1-9]\b/g) ?? [])].toSorted();
const get = async (url: string) => (await app.inject(url)).body;

/** Saves a view; by the next request it shows. */
async function saveView(id: string, filter: object, name = id) {
  const answer = await editor("PUT", `/v1/views/${id}`, { name, filter });
  now = new Date(now.getTime() + 6000);
  return answer;
}

/** Ids of what an export of this filter has. */
async function exportedBy(
  where: Awaited<ReturnType<typeof storedView>>["filter"],
): Promise<string[]> {
  const slice = {
    sources: null,
    since: new Date(0),
    until: new Date("9999-01-01"),
    purpose: "analysis",
    judgedAt: new Date(),
  } as const;
  const exported: string[] = [];
  for await (const { id } of exportArticles(store, { ...slice, where })) exported.push(id);
  return exported.toSorted();
}

describe("a view of a query", () => {
  const inView = ["ber1", "ber3"];
  let saved: Awaited<ReturnType<typeof editor>>;
  beforeAll(async () => {
    saved = await saveView("berlin", FILTER, "Aus Berlin");
  });

  test("Saving a view answers the URLs of its page and its feed", () => {
    expect([saved.status, saved.body]).toMatchObject([
      200,
      { page: "http://portal.example/view/berlin", feed: expect.stringContaining(".atom") },
    ]);
  });

  test("The page of a view has its name and leads to its feed", async () => {
    const page = await get("/view/berlin");
    expect(page).toContain("Aus Berlin");
    expect(page).toContain('href="/feeds/view/berlin.atom"');
  });

  test.each([
    "/view/berlin",
    ...["json", "atom", "rss", "ninjs"].map((format) => `/feeds/view/berlin.${format}`),
    "/v1/changes?view=berlin",
    "/v1/snapshot?view=berlin",
    "/v1/articles?view=berlin",
    "/v1/snapshot?topic=egov,smart-city&region=DE-BE&city=Berlin&relevance=0.4",
  ])("%s has the articles that the view's filter finds", async (url) => {
    expect(idsIn(await get(url))).toEqual(inView);
  });

  test("A consumer of a view is leased its articles", async () => {
    await editor("POST", "/v1/consumers", { name: "reader", from: "start", view: "berlin" });
    const { body } = await leaseOf(editor, "reader");
    expect(body.items.map(({ articleId }) => articleId).toSorted()).toEqual(inView);
  });

  test("A webhook of a view is sent its articles", async () => {
    const { got, url } = await receive((response) => response.writeHead(200).end());
    const hook = await subscribe(store, post, url);
    await store.collections.subscribers.updateOne({ _id: hook.id }, { $set: { view: "berlin" } });
    await hook.run();
    expect(idsIn(got.map((message) => message.body).join())).toEqual(inView);
  });

  test("An export of a view has its articles", async () => {
    expect(await exportedBy(FILTER)).toEqual(inView);
  });

  test.each([
    ["ber1", true],
    ["par1", false],
  ])("Whether a change of %s updates the feed of the view: %s", async (articleId, isUpdated) => {
    const views = await store.collections.views.find().toArray();
    const changes = await store.collections.changes.find({ articleId }).toArray();
    expect(changes).toHaveLength(1);
    expect([...feedsOf(changes, views)].includes("view/berlin")).toBe(isUpdated);
  });

  test("A view that a consumer reads can't be removed", async () => {
    await saveView("used", FILTER);
    await editor("POST", "/v1/consumers", { name: "user", from: "start", view: "used" });
    expect((await editor("DELETE", "/v1/views/used")).body).toMatchObject({ code: "view-in-use" });
  });
});

test("An article that leaves a view is retracted there, one that enters it is created", async () => {
  const tallinn = { country: "EE", region: null, regionCode: null, city: "Tallinn" };
  const leaving = makeArticle("tal1", { ...at(1), ...tallinn, relevanceScore: 0.8 });
  const entering = makeArticle("tal2", { ...at(2), ...tallinn, relevanceScore: 0.1 });
  await publishArticles(store, "created", [leaving, entering]);
  await saveView("tallinn", { city: ["Tallinn"], relevance: 0.4 });
  const latest = await app.inject("/v1/changes?cursor=latest");
  const { next_cursor: cursor } = latest.json<{ next_cursor: string }>();
  await publishArticles(store, "updated", [
    { ...leaving, relevanceScore: 0.2 },
    { ...entering, relevanceScore: 0.7 },
  ]);
  const { items } = (await app.inject(`/v1/changes?view=tallinn&cursor=${cursor}`)).json<{
    items: { articleId: string; kind: string; item: object | null }[];
  }>();
  expect(items.map(({ articleId, kind, item }) => [articleId, kind, item !== null])).toEqual([
    ["tal1", "retracted", false],
    ["tal2", "created", true],
  ]);
});

describe("a view of states", () => {
  const language = "sv";
  beforeAll(async () => {
    const waits = {
      editorial: { state: "draft", initialState: "new", isDecided: false, waitsSince: now },
    } as const;
    const hidden = { reason: "waits for an editor", detail: "draft", at: now } as const;
    const draft = { status: "unlisted", unlisted: hidden, ...waits } as const;
    const retraction = {
      cause: "editor",
      reason: "wrong",
      because: "",
      captureId: null,
      at: now,
    } as const;
    await publishArticles(store, "created", [
      makeArticle("swe7", { ...at(1), language }),
      makeArticle("swe8", { ...at(1), language, ...draft }),
      makeArticle("swe9", { ...at(1), language, status: "retracted", retraction }),
    ]);
    await saveView("drafts", { language: [language], state: ["draft", "withdrawn"] });
    await saveView("in-swedish", { language: [language], state: ["draft", "published"] });
  });

  test("A view of an unknown state is refused", async () => {
    expect((await saveView("odd", { state: ["lost"] })).status).toBe(400);
  });

  test.each([
    ["drafts", ["swe8", "swe9"]],
    ["in-swedish", ["swe7", "swe8"]],
  ])("An export of the view %s has its articles of every state", async (id, exported) => {
    const { filter } = await storedView(store, id);
    expect(await exportedBy(filter)).toEqual(exported);
  });

  const outputs = (id: string) => [
    `/view/${id}`,
    `/feeds/view/${id}.json`,
    `/v1/changes?view=${id}`,
    `/v1/snapshot?view=${id}`,
    `/v1/articles?view=${id}`,
  ];

  test.each(outputs("drafts"))("%s shows readers no draft", async (url) => {
    expect(idsIn(await get(url))).toEqual([]);
  });

  test.each(outputs("in-swedish"))("%s shows readers only what is published", async (url) => {
    expect(idsIn(await get(url))).toEqual(["swe7"]);
  });

  test("The front page leads only to views that have published articles", async () => {
    const front = await get("/");
    expect(front).toContain("/view/in-swedish");
    expect(front).not.toContain("/view/drafts");
  });
});

test("A view that is saved shows within five seconds", async () => {
  expect((await app.inject("/view/paris")).statusCode).toBe(404);
  await editor("PUT", "/v1/views/paris", { name: "Paris", filter: { country: ["FR"] } });
  now = new Date(now.getTime() + 6000);
  expect(idsIn(await get("/view/paris"))).toEqual(["par1"]);
});

test("A view of unknown topics and sources names them", async () => {
  const { body } = await saveView("bad", { topic: ["egv"], source: ["nobody"] });
  expect(body).toMatchObject({
    detail:
      'There is no source "nobody"; allowed: cities, paris. There is no topic "egv"; did you mean egov?',
  });
});

test("An id that can't stand in a URL is refused", async () => {
  expect((await saveView("Bad Id", {})).status).toBe(400);
});

test("A key that may only read removes no view", async () => {
  await saveView("kept", { country: ["FR"] });
  expect((await analyst("DELETE", "/v1/views/kept")).status).toBe(403);
});

test.each(["/feeds/view/none.rss", "/v1/changes?view=none", "/v1/snapshot?view=none"])(
  "%s says that the view is unknown",
  async (url) => {
    expect((await app.inject(url)).json()).toMatchObject({ code: "unknown-view" });
  },
);

test("A request may name a view or a filter, not both", async () => {
  await saveView("french", { country: ["FR"] });
  const both = await app.inject("/v1/changes?view=french&topic=egov");
  expect(both.json()).toMatchObject({ detail: expect.stringContaining("not both") });
});

describe("the form for a view", () => {
  let sent: Awaited<ReturnType<typeof editor>>;
  beforeAll(async () => {
    const filter = { country: "FR, BE", relevance: "0.3" };
    const form = { id: "far", name: "Far", ...filter, reason: "asked for" };
    sent = await editor("POST", "/admin/views", form);
  });

  test("The form answers where the new view is", () => {
    expect(sent.body).toMatchObject({ done: expect.stringContaining("/view/far") });
  });

  test("The form stores what was entered as a filter", async () => {
    expect(await store.collections.views.findOne({ _id: "far" })).toMatchObject({
      filter: { country: ["FR", "BE"], relevance: 0.3 },
    });
  });

  test("The page of all views shows their filters", async () => {
    expect((await analyst("GET", "/admin/views")).text).toContain("country FR,BE; relevance 0.3");
  });

  test("Saving by the form is in the audit log", async () => {
    const log = await store.collections.audit.find({ subject: "far" }).toArray();
    expect(log.map(({ action }) => action)).toContain("view.save");
  });
});

test("Saving and removing a view are in the audit log", async () => {
  await saveView("short", { country: ["FR"] });
  expect((await editor("DELETE", "/v1/views/short")).status).toBe(204);
  const log = await store.collections.audit.find({ subject: "short" }).toArray();
  expect(log.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["view.save", "view.remove"]),
  );
});
