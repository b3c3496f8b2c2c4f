import { getAttributeValue, textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import type { Timeline } from "../../../../sources/timeline.ts";
import { addConsumer } from "../../../../store/publish/consumers.ts";
import { addDelivery, addSubscriber } from "../../../../store/publish/subscribers.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { all } from "../../../helpers/document.ts";
import { join, openGated } from "../../../helpers/gated.ts";
import { makeLink } from "../../../helpers/links.ts";
import { BROWSER } from "../../../helpers/portal.ts";
import { type Session, startSession } from "../../../helpers/session.ts";

const now = new Date();
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let edith: Session;
let ada: Session;
/** Number of the change that published the article. */
let seq = 0;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("article");
});
beforeEach(async () => {
  await emptyStore(store);
  await join(store, "edith", "editor");
  await join(store, "ada", "admin");
  app = await openGated(store);
  [edith, ada] = [await startSession(app, "edith"), await startSession(app, "ada")];
  await store.collections.sources.insertOne(makeSource("cities"));
  await store.collections.links.insertMany([
    makeLink("feed", { kind: "feed", foundUrl: "https://cities.example/feed" }),
    makeLink("tram", { parentId: "feed", articleId: "tram", state: "done", firstSeenAt: ago(9) }),
  ]);
  await publishArticles(store, "created", [
    makeArticle("tram", { sourceId: "cities", title: "A tram opens", sortAt: ago(5) }),
  ]);
  await sequence(store, now);
  seq = (await store.collections.changes.findOne({ articleId: "tram" }))?.seq ?? 0;
  return () => app.close();
});
afterAll(() => database.close());

const PAGE = "/admin/article?article=tram";
const reason = "as agreed";
interface Twin {
  article: { status: string; pinnedUntil?: string | null };
  timeline: Timeline;
  corrections: { _id: string; undone: object | null }[];
}
const twin = () => ada.json<Twin>(PAGE);
const act = (session: Session, name: string, fields: Record<string, string> = {}) =>
  session.send(`/admin/article/${name}`, { article: "tram", reason, ...fields }, PAGE);

describe("the page of an article", () => {
  test("shows what readers get, its state, and where it came from", async () => {
    const page = await edith.page(PAGE);
    expect(page).toMatch(/<h1[^>]*>.*A tram opens/s);
    expect(page).toContain("named by https://cities.example/feed");
    expect(page).toContain('href="/admin/provenance?article=tram"');
    expect(page).toContain('href="/admin/edit?article=tram"');
  });

  test("offers to read again and erase to those who may", async () => {
    const [byEditor, byAdmin] = [await edith.page(PAGE), await ada.page(PAGE)];
    expect(byEditor).not.toMatch(/\/admin\/article\/(?:reread|erase)/);
    expect(byAdmin).toMatch(/\/admin\/article\/reread.*\/admin\/article\/erase/s);
  });

  test("isn't there for an unknown article", async () => {
    expect((await edith.get("/admin/article?article=none")).statusCode).toBe(404);
  });

  test.each(["/admin/article", "/admin/provenance", "/admin/revisions"])(
    "%s without an article leads to the list, without an empty box",
    async (path) => {
      const page = await edith.page(path);
      expect(page).toContain('href="/admin/articles">choose an article</a>');
      expect(page).not.toContain('name="article"');
    },
  );
});

describe("the timeline of an article", () => {
  const bookmark = { epoch: 0, lease: null, version: 0 };
  const made = { createdAt: now, createdBy: "test" };

  test("goes from its discovery to the change of the stream", async () => {
    const { timeline } = await twin();
    expect(timeline.steps.map(({ what }) => what)).toEqual(["found", "published"]);
    expect(timeline.steps.at(-1)?.detail).toBe(`created, change ${seq} of the stream`);
    expect(timeline.readers).toEqual([]);
  });

  test("says which consumers have it, are behind, or don't ask for it", async () => {
    const consumers = [
      { _id: "fast", filter: {}, seq },
      { _id: "late", filter: {}, seq: seq - 1 },
      { _id: "other", filter: { country: ["ZZ"] }, seq: seq - 1 },
    ];
    for (const one of consumers) {
      await addConsumer(store, { ...one, ...bookmark, ...made, ackedAt: null });
    }
    expect((await twin()).timeline.readers).toEqual([
      { kind: "consumer", name: "fast", state: "has it", behind: 0 },
      { kind: "consumer", name: "late", state: "behind", behind: 1 },
      { kind: "consumer", name: "other", state: "filtered out", behind: 0 },
    ]);
  });

  test("has each attempt to hand it to a webhook", async () => {
    const url = "https://hook.example/";
    const state = { state: "active", reason: null, failures: 1, failingSince: null } as const;
    const tries = { nextTryAt: now, deliveredAt: null, lastProblem: null, secrets: [] };
    await addSubscriber(store, {
      _id: "w",
      url,
      filter: {},
      seq,
      ...bookmark,
      ...made,
      ...state,
      ...tries,
    });
    const request = { url, headers: {}, digest: "", bytes: 1 };
    const attempt = { subscriberId: "w", messageId: "m", seq, ms: 1, request };
    const later = (ms: number) => new Date(Date.now() + ms);
    const refused = { status: 500, headers: {}, body: "" };
    const failed = { delivered: false, problem: "it answered 500", response: refused };
    await addDelivery(store, { _id: "d1", at: later(1000), ...attempt, ...failed });
    const taken = { delivered: true, problem: null, response: { ...refused, status: 204 } };
    await addDelivery(store, { _id: "d2", at: later(2000), ...attempt, ...taken });
    const { timeline } = await twin();
    expect(
      timeline.steps.filter(({ what }) => what === "delivered").map(({ detail }) => detail),
    ).toEqual([
      `change ${seq} to ${url}: it answered 500, 500`,
      `change ${seq} to ${url}: accepted, 204`,
    ]);
    expect(timeline.readers).toMatchObject([{ kind: "webhook", name: url, state: "has it" }]);
  });
});

describe("from the page of an article", () => {
  test("an editor retracts it and reinstates it", async () => {
    const done = await act(edith, "retract");
    expect([done.statusCode, done.headers.location]).toEqual([303, PAGE]);
    expect((await twin()).article.status).toBe("retracted");
    expect(await edith.page(PAGE)).toContain('action="/admin/article/reinstate"');
    await act(edith, "reinstate");
    expect((await twin()).article.status).toBe("published");
  });

  test("an editor pins it, and takes that back", async () => {
    const until = new Date(Date.now() + 7_200_000).toISOString().slice(0, 16);
    await act(edith, "pin", { until });
    const { article, corrections } = await twin();
    expect(article.pinnedUntil).toContain(until);
    const undo = { id: corrections[0]?._id ?? "", reason };
    const undone = await edith.send("/admin/corrections/undo", undo, PAGE);
    expect(undone.headers.location).toBe(PAGE);
    expect((await twin()).article.pinnedUntil ?? null).toBeNull();
  });

  test("an administrator erases it, once they are sure", async () => {
    expect((await act(edith, "erase", { sure: "yes" })).statusCode).toBe(403);
    expect((await act(ada, "erase")).statusCode).toBe(400);
    expect((await act(ada, "erase", { sure: "yes" })).headers.location).toBe("/admin/articles");
    expect((await store.collections.tombstones.findOne({ _id: "tram" }))?.kind).toBe("erased");
  });
});

describe("the list of articles", () => {
  test("links to the page of each", async () => {
    expect(await edith.page("/admin/articles")).toContain(`href="${PAGE}"`);
  });
});

test("The portal's page of an article links to edit and retract, for editors alone", async () => {
  const links = ['href="/admin/edit?article=tram"', 'href="/admin/article?article=tram#retract"'];
  const [byEditor, byReader] = [
    await edith.page("/article/tram"),
    (await app.inject({ url: "/article/tram", headers: BROWSER })).body,
  ];
  expect(links.map((link) => byEditor.includes(link))).toEqual([true, true]);
  expect(links.map((link) => byReader.includes(link))).toEqual([false, false]);
});

/** Returns what a browser sends from each form of a page. */
async function formsOn(url: string): Promise<{ action: string; fields: Record<string, string> }[]> {
  return all(parseDocument(await edith.page(url)), "form").map((form) => {
    const fields = [...all(form, "input"), ...all(form, "textarea")].map((field) => [
      getAttributeValue(field, "name"),
      getAttributeValue(field, "value") ?? textContent(field),
    ]);
    return {
      action: getAttributeValue(form, "action") ?? "",
      fields: Object.fromEntries(fields) as Record<string, string>,
    };
  });
}

const EDIT = "/admin/edit?article=tram";

describe("an article that two editors have open", () => {
  const fieldsOf = async (action: string) =>
    (await formsOn(EDIT)).find((form) => form.action === action)?.fields ?? {};
  const tram = () => store.collections.articles.findOne({ _id: "tram" });

  test("keeps the words that one changed when the other changes different ones", async () => {
    const [one, other] = [
      await fieldsOf("/admin/edit/wording"),
      await fieldsOf("/admin/edit/wording"),
    ];
    const title = "The tram is here";
    await edith.send("/admin/edit/wording", { ...one, title, reason }, EDIT);
    await edith.send("/admin/edit/wording", { ...other, teaser: "From May.", reason }, EDIT);
    expect((await tram())?.edited).toMatchObject({ title, teaser: "From May." });
  });

  test("stays under the embargo that one set when the other pins the article", async () => {
    const [one, other] = [await fieldsOf("/admin/edit/times"), await fieldsOf("/admin/edit/times")];
    const embargo = "2099-01-01T08:00";
    await edith.send("/admin/edit/times", { ...one, embargo, reason }, EDIT);
    await edith.send("/admin/edit/times", { ...other, pin: "2099-02-01T08:00", reason }, EDIT);
    expect((await tram())?.times?.embargo).toEqual(new Date(`${embargo}Z`));
  });

  test("can't expire before the embargo that the other set ends", async () => {
    const [one, other] = [await fieldsOf("/admin/edit/times"), await fieldsOf("/admin/edit/times")];
    await edith.send("/admin/edit/times", { ...one, embargo: "2099-01-01T08:00", reason }, EDIT);
    const tooEarly = { ...other, expires: "2098-01-01T08:00", reason };
    const answer = await edith.send("/admin/edit/times", tooEarly, EDIT);
    expect(answer.body).toContain("the article would expire before its embargo ends");
  });
});

describe("the translations of an article", () => {
  const german = { title: "Eine Tram fährt", teaser: "Ab Mai." };
  const write = (fields: Record<string, string>) =>
    edith.send("/admin/edit/wording", { article: "tram", reason, ...fields }, EDIT);
  const translations = async () =>
    (await store.collections.articles.findOne({ _id: "tram" }))?.edited?.translations;

  /** Returns what a browser sends from the form for a language; "" stands for that of a new one. */
  async function fieldsFor(language: string): Promise<Record<string, string>> {
    const found = (await formsOn(EDIT)).find(
      ({ action, fields }) => action === "/admin/edit/wording" && fields["language"] === language,
    );
    return found?.fields ?? {};
  }

  test("one field is corrected, and the other stays", async () => {
    await write({ language: "de", ...german });
    const fields = await fieldsFor("de");
    await write({ ...fields, teaser: "Ab Juni.", reason });
    expect(await translations()).toEqual({ de: { ...german, teaser: "Ab Juni." } });
  });

  test("an empty field in the form of a language removes the text", async () => {
    await write({ language: "de", ...german });
    await write({ ...(await fieldsFor("de")), teaser: "", reason });
    expect(await translations()).toEqual({ de: { title: german.title } });
  });

  test("an empty field in the form for a new language leaves the text as it is", async () => {
    await write({ language: "de", ...german });
    const fields = await fieldsFor("");
    await write({ ...fields, language: "de", title: "Eine Tram kommt", reason });
    expect(await translations()).toEqual({ de: { ...german, title: "Eine Tram kommt" } });
  });
});
