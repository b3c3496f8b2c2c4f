import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";

type Client = Awaited<ReturnType<typeof asKey>>;

const now = new Date();
let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** A server on a database of its own, with clients that may write and read. */
async function openInbox(name: string) {
  const store = await database.open(name);
  await store.collections.sources.insertOne(makeSource("cities"));
  const app = await openGated(store);
  const [editor, analyst] = [await asKey(app, store, "write"), await asKey(app, store, "read")];
  return { store, app, editor, analyst };
}

/** Ids of the articles that the inbox lists. */
async function idsIn(client: Client, query: string): Promise<string[]> {
  const { text } = await client("GET", `/admin/inbox?${query}`);
  return [...text.matchAll(/data-article="(\w+)"/g)].map(([, id]) => id ?? "").toSorted();
}

describe("editors decide on what waits", () => {
  const ids = ["w1", "w2", "w3"];
  const reason = "looked through";
  let app: FastifyInstance;
  let editor: Client;
  /** Ids that the inbox listed at each step. */
  const listed: Record<string, string[]> = {};
  let byAnalyst: Awaited<ReturnType<Client>>;
  let published: Awaited<ReturnType<Client>>;
  let front: string;
  beforeAll(async () => {
    let store: Store;
    let analyst: Client;
    ({ store, app, editor, analyst } = await openInbox("inbox"));
    const editorial = {
      state: "new",
      initialState: "new",
      isDecided: false,
      waitsSince: now,
    } as const;
    const unlisted = { reason: "waits for an editor", detail: "new", at: now } as const;
    const waits = { status: "unlisted", editorial, unlisted, sortAt: now } as const;
    await publishArticles(store, "created", [
      ...ids.map((id) => makeArticle(id, waits)),
      makeArticle("old", { sortAt: new Date(now.getTime() - 3_600_000) }),
    ]);
    const record = async (step: string, state: string) => {
      listed[`${state} when ${step}`] = await idsIn(analyst, `show=${state}`);
    };
    await record("stored", "waiting");
    const decision = { article: ["w1", "w2"], verb: "published", reason };
    byAnalyst = await analyst("POST", "/admin/inbox", decision);
    published = await editor("POST", "/admin/inbox", decision);
    await editor("POST", "/admin/inbox", { article: "w3", verb: "approved", reason });
    for (const state of ["approved", "new", "published"]) await record("decided", state);
    const wording = { article: "w1", language: "", title: "Ours", prefix: "", teaser: "", reason };
    await editor("POST", "/admin/edit/wording", wording);
    const until = new Date(now.getTime() + 7_200_000).toISOString().slice(0, 16);
    await editor("POST", "/admin/edit/times", { article: "old", pin: until, reason });
    await editor("POST", "/admin/inbox", { article: "w2", verb: "withdrawn", reason });
    await record("withdrawn", "withdrawn");
    await sequence(store, new Date());
    front = (await app.inject("/")).body;
  });
  afterAll(() => app?.close());

  test("The inbox lists the articles that wait for an editor", () => {
    expect(listed["waiting when stored"]).toEqual(ids);
  });

  test("An analyst may not publish", () => {
    expect(byAnalyst.status).toBe(403);
  });

  test("An editor publishes several articles at once", () => {
    expect(published.body).toEqual({ done: "succeeded for 2" });
    expect(listed["published when decided"]).toEqual(["old", "w1", "w2"]);
  });

  test("An approved article moves to the approved ones", () => {
    expect(listed["approved when decided"]).toEqual(["w3"]);
  });

  test("Articles that are decided on are no longer new", () => {
    expect(listed["new when decided"]).toEqual([]);
  });

  test("A withdrawn article moves to the withdrawn ones", () => {
    expect(listed["withdrawn when withdrawn"]).toEqual(["w2"]);
  });

  test("Readers see a pinned article above the days", () => {
    const [picked] = front.split('<section class="day" aria-labelledby="d');
    expect(picked).toMatch(/Picked by the editors.*Title of old/s);
  });

  test("Readers see a published article in the editor's words", () => {
    const [, days] = front.split('<section class="day" aria-labelledby="d');
    expect(days).toContain("Ours");
  });

  test("Readers see no article that is unpublished, withdrawn or in the publisher's replaced words", () => {
    expect(front).not.toMatch(/Title of w[123]/);
  });

  test("An article says which of its fields an editor wrote", async () => {
    expect((await app.inject("/v1/articles/w1")).json()).toMatchObject({
      title: "Ours",
      edited: ["title"],
    });
  });

  test("The form to edit an article shows the publisher's words and the editor's", async () => {
    const { text } = await editor("GET", "/admin/edit?article=w1");
    expect(text).toMatch(/Title of w1.*value="Ours"/s);
  });

  test("The inbox loads the script of its keys", async () => {
    expect((await editor("GET", "/admin/inbox")).text).toMatch(
      /src="\/assets\/inbox\.[0-9a-f]{12}\.js"/,
    );
  });
});

describe("a view of the inbox", () => {
  let app: FastifyInstance;
  let editor: Client;
  beforeAll(async () => {
    let store: Store;
    ({ store, app, editor } = await openInbox("views"));
    const waiting = (id: string, state: "new" | "draft", country: string) =>
      makeArticle(id, {
        status: "unlisted",
        editorial: { state, initialState: "new", isDecided: false, waitsSince: now },
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
    await store.collections.views.insertMany([
      {
        _id: "france",
        name: "From France",
        filter: { country: ["FR"] },
        at: now,
        actor: "test",
      },
      {
        _id: "drafts",
        name: "Drafts of France",
        filter: { country: ["FR"], state: ["draft"] },
        at: now,
        actor: "test",
      },
    ]);
  });
  afterAll(() => app?.close());

  test("Without a view the inbox lists all that wait", async () => {
    expect(await idsIn(editor, "show=waiting")).toEqual(["d1", "n1", "n2"]);
  });

  test.each([
    { state: "waiting", ids: ["d1", "n1"] },
    { state: "draft", ids: ["d1"] },
    { state: "published", ids: ["p1"] },
  ])("A view of a country narrows the $state articles to it", async ({ state, ids }) => {
    expect(await idsIn(editor, `show=${state}&view=france`)).toEqual(ids);
  });

  test.each([
    { query: "view=drafts", ids: ["d1"] },
    { query: "show=waiting&view=drafts", ids: ["d1"] },
    { query: "show=published&view=drafts", ids: [] },
  ])("A view of drafts lists drafts alone: $query", async ({ query, ids }) => {
    expect(await idsIn(editor, query)).toEqual(ids);
  });

  test("A view with a state of its own is linked with that state", async () => {
    const { text } = await editor("GET", "/admin/inbox?show=new&view=france");
    expect(text).toContain('href="/admin/inbox?show=draft&amp;view=drafts"');
  });

  test("The chosen view stays chosen in other states and in the forms", async () => {
    const { text } = await editor("GET", "/admin/inbox?show=new&view=france");
    expect(text).toContain('href="/admin/inbox?show=draft&amp;view=france"');
    expect(text).toContain('name="view" value="france"');
  });

  test("An unknown view isn't found", async () => {
    expect((await editor("GET", "/admin/inbox?view=none")).status).toBe(404);
  });
});

describe("a decision is undone within a minute", () => {
  let clock = now.getTime();
  let store: Store;
  let app: FastifyInstance;
  let editor: Client;
  let other: Client;
  const reason = "looked through";
  beforeAll(async () => {
    store = await database.open("undo");
    await store.collections.sources.insertOne(makeSource("cities"));
    app = await openGated(store, { now: () => new Date(clock) });
    [editor, other] = [await asKey(app, store, "write"), await asKey(app, store, "write")];
  });
  afterAll(() => app?.close());

  const ids = ["u1", "u2"];
  beforeEach(async () => {
    await store.collections.articles.deleteMany({});
    await store.collections.changes.deleteMany({});
    await store.collections.corrections.deleteMany({});
    clock += 3_600_000;
    const editorial = { state: "new", initialState: "new", isDecided: false } as const;
    const unlisted = { reason: "waits for an editor", detail: "new", at: now } as const;
    const articles = ids.map((id) =>
      makeArticle(id, {
        status: "unlisted",
        editorial: { ...editorial, waitsSince: now },
        unlisted,
        sortAt: now,
      }),
    );
    await publishArticles(store, "created", articles);
  });

  /** Decides of both articles; returns the form that undoes it. */
  async function decide(verb: string) {
    await editor("POST", "/admin/inbox", { article: ids, verb, reason });
    clock += 10_000;
    const { text } = await editor("GET", "/admin/inbox");
    const [, at = ""] =
      /action="\/admin\/inbox\/undo".*?name="at" value="([^"]+)"/s.exec(text) ?? [];
    return { at, text };
  }
  const statusOf = async () =>
    (await store.collections.articles.find().toArray()).map(({ status }) => status);

  test.each([
    { verb: "published", words: "2 articles published", status: "published" },
    { verb: "approved", words: "2 articles approved", status: "unlisted" },
    { verb: "withdrawn", words: "2 articles withdrawn", status: "retracted" },
  ])("All that was $verb waits again", async ({ verb, words, status }) => {
    const { at, text } = await decide(verb);
    expect(text).toContain(words);
    expect(await statusOf()).toEqual([status, status]);
    const undone = await editor("POST", "/admin/inbox/undo", { at });
    expect(undone.body).toEqual({ done: "succeeded for 2" });
    expect(await idsIn(editor, "show=new")).toEqual(ids);
    expect(await statusOf()).toEqual(["unlisted", "unlisted"]);
  });

  test("Readers no longer get what was published by mistake", async () => {
    const get = async () => {
      await sequence(store, new Date(clock));
      return (await app.inject("/v1/articles/u1")).statusCode;
    };
    const { at } = await decide("published");
    const published = await get();
    await editor("POST", "/admin/inbox/undo", { at });
    expect([published, await get()]).toEqual([200, 404]);
  });

  test("Only who decided is offered to undo it", async () => {
    const { at } = await decide("published");
    expect((await other("GET", "/admin/inbox")).text).not.toContain("/admin/inbox/undo");
    expect((await other("POST", "/admin/inbox/undo", { at })).status).toBe(400);
  });

  test.each([
    { verb: "published", before: null },
    { verb: "withdrawn", before: null },
    { verb: "reinstated", before: "withdrawn" },
  ])("It can be undone once: $verb", async ({ verb, before }) => {
    if (before) await decide(before);
    const { at } = await decide(verb);
    const undone = await editor("POST", "/admin/inbox/undo", { at });
    expect(undone.body).toEqual({ done: "succeeded for 2" });
    expect((await editor("GET", "/admin/inbox")).text).not.toContain("/admin/inbox/undo");
    expect((await editor("POST", "/admin/inbox/undo", { at })).status).toBe(400);
  });

  test("After a minute it can't be undone as a whole", async () => {
    const { at } = await decide("published");
    clock += 51_000;
    expect((await editor("GET", "/admin/inbox")).text).not.toContain("/admin/inbox/undo");
    const late = await editor("POST", "/admin/inbox/undo", { at });
    expect([late.status, late.text]).toEqual([400, expect.stringContaining("a minute has passed")]);
    expect(await statusOf()).toEqual(["published", "published"]);
  });
});

describe("tabs of an inbox with more articles than one page", () => {
  let app: FastifyInstance;
  let analyst: Client;
  beforeAll(async () => {
    let store: Store;
    ({ store, app, analyst } = await openInbox("tabs"));
    const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    const waiting = (id: string, state: "new" | "draft", minutes: number) => {
      const waitsSince = minutesAgo(minutes);
      const editorial = { state, initialState: "new", isDecided: false, waitsSince } as const;
      const unlisted = { reason: "waits for an editor", detail: state, at: now } as const;
      return makeArticle(id, { status: "unlisted", editorial, unlisted });
    };
    const retracted = (id: string, cause: "editor" | "gone", minutes: number) =>
      makeArticle(id, {
        status: "retracted",
        retraction: { cause, because: "why not", at: minutesAgo(minutes), captureId: null },
      });
    await store.collections.articles.insertMany([
      ...Array.from({ length: 600 }, (_, n) => waiting(`n${n}`, "new", n)),
      waiting("draft", "draft", 700),
      ...Array.from({ length: 600 }, (_, n) => retracted(`g${n}`, "gone", n)),
      retracted("withdrawn", "editor", 700),
    ]);
  });
  afterAll(() => app?.close());

  test.each(["draft", "withdrawn"])(
    "An article that is earlier than 600 others of another tab: %s",
    async (tab) => {
      expect(await idsIn(analyst, `show=${tab}`)).toEqual([tab]);
    },
  );

  test("A tab says that it lists only the latest", async () => {
    const { text } = await analyst("GET", "/admin/inbox?show=new");
    expect(text).toContain("Only the latest 100 are shown.");
  });
});
