import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGuard } from "../../../../fetch/guard.ts";
import { createPost } from "../../../../fetch/post.ts";
import type { Store } from "../../../../store/store.ts";
import { readArticle } from "../../../../store/story-articles.ts";
import { draftTranslation } from "../../../../workers/editors/translate.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";
import { type Answer, closeReceivers, receive } from "../../../helpers/receiver.ts";

const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=";
const reason = "readers asked for it";
const wanted = { articleId: "one", language: "de", by: "user eva", reason };
const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
const post = createPost({ guard, userAgent: "Newsgather/test" });
const now = () => new Date();

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("translate");
  await store.collections.sources.insertOne(makeSource("cities"));
  await publishArticles(store, "created", [
    makeArticle("one", { title: "Hamburg goes paperless", teaser: "By 2028." }),
    makeArticle("reserved", { reservations: ["tdm"] }),
  ]);
});
afterAll(async () => {
  closeReceivers();
  await post.close();
  await database.close();
});

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

test("a translation is drafted over a signed message, shown to editors alone, and taken over by one", async () => {
  const { got, url } = await receive(
    answering(200, JSON.stringify({ title: "Hamburg wird papierlos", teaser: "Bis 2028." })),
  );
  const app = await openGated(store, { translator: { url, secret, post } });
  const editor = await asKey(app, store, "write");
  const asked = await editor("POST", "/admin/edit/translate", { ...wanted, article: "one" });
  expect(asked.status).toBeLessThan(400);
  const [message] = got;
  const headers = message?.headers as Record<string, string>;
  const body: unknown = new Webhook(secret).verify(message?.body ?? "", headers);
  expect(body).toMatchObject({
    type: "translation.wanted",
    data: { articleId: "one", from: "en", to: "de", title: "Hamburg goes paperless" },
  });
  expect((await editor("GET", "/admin/edit?article=one")).text).toContain("Hamburg wird papierlos");
  const told = async () => (await readArticle(store, "one"))?.edited?.translations;
  expect(await told()).toBeUndefined();

  const words = { title: "Hamburg wird papierlos", teaser: "Bis 2028." };
  await editor("POST", "/admin/edit/wording", { article: "one", language: "de", ...words, reason });
  expect(await told()).toEqual({ de: words });
  expect(await store.collections.drafts.countDocuments()).toBe(0);
  await app.close();
});

test.each([
  ["fails", answering(500, "no"), /answered 500/],
  ["redirects", answering(302, "", { location: "http://127.1.9.9/" }), /answered 302/],
  ["lies", answering(200, "<html>"), /has no title/],
  ["says too much", answering(200, JSON.stringify({ title: "x".repeat(501) })), /longer than 500/],
])("of a translator that %s nothing is kept", async (_, answer, problem) => {
  const { url } = await receive(answer);
  const came = await draftTranslation({ store, now }, { url, secret, post }, wanted);
  expect(came).toEqual({ problem: expect.stringMatching(problem) });
  expect(await store.collections.drafts.countDocuments()).toBe(0);
});

test("what is reserved isn't sent, nor anything to an address inside", async () => {
  const { got, url } = await receive(answering(200, "{}"));
  const translator = { url, secret, post };
  const reserved = { ...wanted, articleId: "reserved" };
  expect(await draftTranslation({ store, now }, translator, reserved)).toEqual({
    problem: "its publisher reserves its words",
  });
  const inside = { ...translator, url: "http://127.0.0.1:1/" };
  expect(await draftTranslation({ store, now }, inside, wanted)).toEqual({
    problem: expect.stringMatching(/^refused/),
  });
  expect(got).toEqual([]);
});
