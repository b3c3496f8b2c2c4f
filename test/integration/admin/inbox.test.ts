import { afterAll, beforeAll, expect, test } from "vitest";
import { sequence } from "../../../workers/sequencer.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { asKey, openGated } from "../../helpers/gated.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("an editor works off the inbox: several at once, words, pin, withdrawal; readers see each step", async () => {
  const store = await database.open("inbox");
  await store.collections.sources.insertOne(makeSource("cities"));
  const now = new Date();
  const ids = ["w1", "w2", "w3"];
  const editorial = { state: "new", ruled: "new", said: false, waitsSince: now } as const;
  const unlisted = { reason: "waits for an editor", detail: "new", at: now } as const;
  const waits = { status: "unlisted", editorial, unlisted, sortAt: now } as const;
  await publishArticles(store, "created", [
    ...ids.map((id) => makeArticle(id, waits)),
    makeArticle("old", { sortAt: new Date(now.getTime() - 3_600_000) }),
  ]);
  const app = await openGated(store);
  const [editor, analyst] = [await asKey(app, store, "write"), await asKey(app, store, "read")];
  const inbox = async (show: string) => {
    const { text } = await analyst("GET", `/admin/inbox?show=${show}`);
    return [...text.matchAll(/data-article="(\w+)"/g)].map(([, id]) => id ?? "").toSorted();
  };
  expect(await inbox("waiting")).toEqual(ids);
  const reason = "looked through";
  const ask = { article: ["w1", "w2"], verb: "published", reason };
  expect((await analyst("POST", "/admin/inbox", ask)).status).toBe(403);
  expect((await editor("POST", "/admin/inbox", ask)).body).toEqual({ done: "done to 2" });
  await editor("POST", "/admin/inbox", { article: "w3", verb: "approved", reason });
  expect([await inbox("approved"), await inbox("new")]).toEqual([["w3"], []]);
  expect(await inbox("published")).toEqual(["old", "w1", "w2"]);
  const wording = { article: "w1", language: "", title: "Ours", prefix: "", teaser: "", reason };
  await editor("POST", "/admin/edit/wording", wording);
  const until = new Date(now.getTime() + 7_200_000).toISOString().slice(0, 16);
  await editor("POST", "/admin/edit/times", { article: "old", pin: until, reason });
  await editor("POST", "/admin/inbox", { article: "w2", verb: "withdrawn", reason });
  expect(await inbox("withdrawn")).toEqual(["w2"]);
  await sequence(store, new Date());
  const page = (await app.inject("/")).body;
  const [picked = "", rest = ""] = page.split('<section class="day" aria-labelledby="d');
  expect(picked).toMatch(/Picked by the editors.*Title of old/s);
  expect(rest).toContain("Ours");
  expect(page).not.toMatch(/Title of w[123]/);
  expect((await app.inject("/v1/articles/w1")).json()).toMatchObject({
    title: "Ours",
    edited: ["title"],
  });
  const { text } = await editor("GET", "/admin/edit?article=w1");
  expect(text).toMatch(/Title of w1.*value="Ours"/s);
  expect((await editor("GET", "/admin/inbox")).text).toContain("/admin/inbox.js");
  await app.close();
});

test("a view narrows each state of the inbox, and stays chosen", async () => {
  const store = await database.open("views");
  await store.collections.sources.insertOne(makeSource("cities"));
  const now = new Date();
  const waiting = (id: string, state: "new" | "draft", country: string) =>
    makeArticle(id, {
      status: "unlisted",
      editorial: { state, ruled: "new", said: false, waitsSince: now },
      unlisted: { reason: "waits for an editor", detail: state, at: now },
      sortAt: now,
      country,
    });
  await publishArticles(store, "created", [
    waiting("n1", "new", "FR"),
    waiting("n2", "new", "DE"),
    waiting("d1", "draft", "FR"),
    makeArticle("p1", { country: "FR", sortAt: now }),
    makeArticle("p2", { sortAt: now }),
  ]);
  await store.collections.views.insertOne({
    _id: "france",
    name: "From France",
    filter: { country: ["FR"] },
    at: now,
    by: "test",
  });
  await store.collections.views.insertOne({
    _id: "drafts",
    name: "Drafts of France",
    filter: { country: ["FR"], state: ["draft"] },
    at: now,
    by: "test",
  });
  const app = await openGated(store);
  const editor = await asKey(app, store, "write");
  const inbox = async (query: string) => {
    const { text } = await editor("GET", `/admin/inbox?${query}`);
    return [...text.matchAll(/data-article="(\w+)"/g)].map(([, id]) => id ?? "").toSorted();
  };
  expect(await inbox("show=waiting")).toEqual(["d1", "n1", "n2"]);
  expect(await inbox("show=waiting&view=france")).toEqual(["d1", "n1"]);
  expect(await inbox("show=draft&view=france")).toEqual(["d1"]);
  expect(await inbox("show=published&view=france")).toEqual(["p1"]);
  expect(await inbox("view=drafts")).toEqual(["d1"]);
  expect(await inbox("show=waiting&view=drafts")).toEqual(["d1"]);
  expect(await inbox("show=published&view=drafts")).toEqual([]);
  const { text } = await editor("GET", "/admin/inbox?show=new&view=france");
  expect(text).toContain('href="/admin/inbox?show=draft&amp;view=drafts"');
  expect(text).toContain('href="/admin/inbox?show=draft&amp;view=france"');
  expect(text).toContain('name="view" value="france"');
  expect((await editor("GET", "/admin/inbox?view=none")).status).toBe(404);
  await app.close();
});
