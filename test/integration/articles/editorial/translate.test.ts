import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draftTranslation } from "../../../../articles/editorial/translate.ts";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { createPost } from "../../../../crawler/http/post.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { findArticle } from "../../../../store/articles/articles.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";
import { type Answer, closeReceivers, receive } from "../../../helpers/receiver.ts";

const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=";
const reason = "readers asked for it";
const wanted = { articleId: "one", language: "de", actor: "user eva", reason };
const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
const post = createPost({ guard, userAgent: "Newsgather/test" });
const now = () => new Date();

const noInput: UsageSignal = {
  format: "content-signal",
  place: "robots.txt",
  text: "ai-input=no",
  url: "https://cities.example/robots.txt",
  seenAt: now(),
  denies: ["ai-input"],
};

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("translate");
  await store.collections.sources.insertOne(makeSource("cities"));
  await publishArticles(store, "created", [
    makeArticle("one", { title: "Hamburg goes paperless", teaser: "By 2028." }),
    makeArticle("reserved", { reservations: ["tdm"] }),
    makeArticle("no-input", { rights: [noInput] }),
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

describe("a translation that an editor asks for", () => {
  const words = { title: "Hamburg wird papierlos", teaser: "Bis 2028." };
  const draftAndAdopt = async () => {
    const { got, url } = await receive(answering(200, JSON.stringify(words)));
    const app = await openGated(store, { translator: { url, secret, post } });
    const editor = await asKey(app, store, "write");
    const translations = async () => (await findArticle(store, "one"))?.edited?.translations;
    const requested = await editor("POST", "/admin/edit/translate", { ...wanted, article: "one" });
    const page = (await editor("GET", "/admin/edit?article=one")).text;
    const whileDraft = await translations();
    const form = { article: "one", language: "de", ...words, reason };
    await editor("POST", "/admin/edit/wording", form);
    const adopted = await translations();
    const drafts = await store.collections.drafts.countDocuments();
    await app.close();
    return { status: requested.status, message: got[0], page, whileDraft, adopted, drafts };
  };
  let translation: Awaited<ReturnType<typeof draftAndAdopt>>;
  beforeAll(async () => {
    translation = await draftAndAdopt();
  });

  test("The translator gets a signed message with the article's words", () => {
    expect(translation.status).toBeLessThan(400);
    const { message } = translation;
    const headers = message?.headers as Record<string, string>;
    const body: unknown = new Webhook(secret).verify(message?.body ?? "", headers);
    expect(body).toMatchObject({
      type: "translation.wanted",
      data: { articleId: "one", from: "en", to: "de", title: "Hamburg goes paperless" },
    });
  });

  test("Its draft is shown to editors alone", () => {
    expect(translation.page).toContain("Hamburg wird papierlos");
    expect(translation.whileDraft).toBeUndefined();
  });

  test("An editor takes the draft over, and it is a draft no more", () => {
    expect(translation.adopted).toEqual({ de: words });
    expect(translation.drafts).toBe(0);
  });
});

test.each([
  ["fails", answering(500, "no"), /answered with status 500/],
  ["redirects", answering(302, "", { location: "http://127.1.9.9/" }), /answered with status 302/],
  ["lies", answering(200, "<html>"), /returned no title/],
  ["says too much", answering(200, JSON.stringify({ title: "x".repeat(501) })), /longer than 500/],
])("Nothing is stored of a translator that %s", async (_, answer, problem) => {
  const { url } = await receive(answer);
  const draft = await draftTranslation({ store, now }, { url, secret, post }, wanted);
  expect(draft).toEqual({ problem: expect.stringMatching(problem) });
  expect(await store.collections.drafts.countDocuments()).toBe(0);
});

describe("a translator that may not be asked", () => {
  test("The words of an article that may not be input of models aren't sent", async () => {
    const { got, url } = await receive(answering(200, "{}"));
    const reserved = { ...wanted, articleId: "no-input" };
    expect(await draftTranslation({ store, now }, { url, secret, post }, reserved)).toEqual({
      problem: "the publisher reserves use as AI input: ai-input=no (robots.txt)",
    });
    expect(got).toEqual([]);
  });

  test("The words of an article that its publisher reserves aren't sent", async () => {
    const { got, url } = await receive(answering(200, "{}"));
    const reserved = { ...wanted, articleId: "reserved" };
    expect(await draftTranslation({ store, now }, { url, secret, post }, reserved)).toEqual({
      problem: "the publisher reserves the text",
    });
    expect(got).toEqual([]);
  });

  test("Nothing is sent to a translator in our own network", async () => {
    const inside = { url: "http://127.0.0.1:1/", secret, post };
    expect(await draftTranslation({ store, now }, inside, wanted)).toEqual({
      problem: expect.stringMatching(/^refused/),
    });
  });
});
