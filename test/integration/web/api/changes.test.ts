import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { openEvents } from "../../../helpers/event-stream.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
const portals: FastifyInstance[] = [];

/** A portal on a stream of 45 changes of its own. */
async function openStream(name: string): Promise<{ store: Store; app: FastifyInstance }> {
  const filled = await database.open(name);
  const portal = await makePortal(filled);
  portals.push(portal);
  const articles = Array.from({ length: 45 }, (_, index) => makeArticle(`a${index}`));
  await publishArticles(filled, "created", articles);
  return { store: filled, app: portal };
}

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  ({ store, app } = await openStream("changes"));
});
afterAll(async () => {
  await Promise.all(portals.map((portal) => portal.close()));
  await database.close();
});

interface SnapshotPage {
  items: { id: string; version: number }[];
  next_cursor: string | null;
  has_more: boolean;
  changes_cursor: string;
}

interface Page {
  items: { seq: number; kind: string; articleId: string; version: number; item: object | null }[];
  next_cursor: string;
  has_more: boolean;
}

const get = async (query: string, from = app) =>
  (await from.inject(`/v1/changes${query}`)).json<Page>();

test("reading from the start gives every change once, in order, without a gap", async () => {
  const own = await openStream("whole");
  const seqs: number[] = [];
  let page = await get("?limit=7", own.app);
  for (;;) {
    seqs.push(...page.items.map((change) => change.seq));
    if (!page.has_more) break;
    page = await get(`?limit=7&cursor=${page.next_cursor}`, own.app);
  }
  expect(seqs).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
  expect(await get(`?cursor=${page.next_cursor}`, own.app)).toEqual({
    items: [],
    next_cursor: page.next_cursor,
    has_more: false,
  });
});

test("a reader at the end gets what comes, at once; a retraction names no content", async () => {
  const end = await get("?cursor=latest");
  await publishArticles(store, "created", [makeArticle("late")]);
  await publishArticles(store, "retracted", [makeArticle("late", { status: "retracted" })]);
  const page = await get(`?cursor=${end.next_cursor}`);
  expect(page.items).toMatchObject([
    { kind: "created", articleId: "late", version: 1, item: { title: "Title of late" } },
    { kind: "retracted", articleId: "late", version: 2, item: null },
  ]);
});

test("without copies an article leaves when it becomes one, and enters when it stands alone", async () => {
  const end = await get("?cursor=latest");
  await publishArticles(store, "created", [makeArticle("twin")]);
  await publishArticles(store, "merged", [makeArticle("twin", { duplicateOf: "a0" })]);
  await publishArticles(store, "updated", [makeArticle("twin", { duplicateOf: "a0", title: "T" })]);
  await publishArticles(store, "updated", [makeArticle("twin")]);
  const eventsOf = async (filter: string) =>
    (await get(`?cursor=${end.next_cursor}${filter}`)).items.map(({ kind }) => kind);
  expect(await eventsOf("")).toEqual(["created", "merged", "updated", "updated"]);
  expect(await eventsOf("&copies=true")).toEqual(["created", "merged", "updated", "updated"]);
  expect(await eventsOf("&copies=false")).toEqual(["created", "retracted", "created"]);
  const wrong = await app.inject("/v1/changes?copies=no");
  expect(wrong.json().detail).toBe('copies: "no" is not allowed; allowed: true, false.');
});

test("a snapshot without copies leaves them out", async () => {
  const own = await openStream("copies");
  await publishArticles(own.store, "created", [makeArticle("copy", { duplicateOf: "a0" })]);
  const ids = async (query: string) =>
    (await own.app.inject(`/v1/snapshot?limit=500${query}`))
      .json<SnapshotPage>()
      .items.map(({ id }) => id);
  expect(await ids("")).toContain("copy");
  expect(await ids("&copies=false")).not.toContain("copy");
  expect((await ids("&copies=false")).length).toBe(45);
});

test("what isn't listed doesn't reach readers: it comes as created, leaves as retracted", async () => {
  const end = await get("?cursor=latest");
  const unlisted = { status: "unlisted" as const };
  await publishArticles(store, "created", [makeArticle("low", unlisted)]);
  await publishArticles(store, "updated", [makeArticle("low", unlisted)]);
  expect((await get(`?cursor=${end.next_cursor}`)).items).toEqual([]);
  expect((await get(`?cursor=${end.next_cursor}`)).next_cursor).not.toBe(end.next_cursor);
  await publishArticles(store, "updated", [makeArticle("low")]);
  await publishArticles(store, "updated", [makeArticle("low", unlisted)]);
  expect((await get(`?cursor=${end.next_cursor}`)).items).toMatchObject([
    { kind: "created", articleId: "low", version: 3, item: { title: "Title of low" } },
    { kind: "retracted", articleId: "low", version: 4, item: null },
  ]);
});

test("NDJSON by Accept and by format: one change a line, the cursor in the header", async () => {
  const wanted = await get("?limit=3");
  const byHeader = await app.inject({
    url: "/v1/changes?limit=3",
    headers: { accept: "application/x-ndjson" },
  });
  expect(byHeader.headers["content-type"]).toMatch(/^application\/x-ndjson/);
  expect(byHeader.headers["x-next-cursor"]).toBe(wanted.next_cursor);
  expect(byHeader.headers["x-has-more"]).toBe("true");
  expect(byHeader.headers.vary).toMatch(/accept/i);
  const lines = byHeader.body.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(wanted.items);
  expect((await app.inject("/v1/changes?limit=3&format=ndjson")).body).toBe(byHeader.body);
});

test("a cursor that is not ours, or ahead of the stream, is a 400 problem", async () => {
  const ahead = Buffer.from("changes:99999").toString("base64url");
  for (const cursor of ["nonsense", ahead]) {
    const answer = await app.inject(`/v1/changes?cursor=${cursor}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.headers.etag).toBeUndefined();
    expect(answer.json()).toMatchObject({
      status: 400,
      code: "bad-cursor",
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  }
});

test("a limit out of bounds is a 400 problem that names it", async () => {
  const answer = await app.inject("/v1/changes?limit=100000");
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({
    code: "invalid-request",
    detail: expect.stringMatching(/limit/),
  });
});

test("a page that no cache has costs two database round trips, a 304 one", async () => {
  const counted = await countCommands(store);
  const portal = await makePortal(counted.store);
  // The sources are read every 5 s, whoever asks.
  await portal.inject("/v1/changes?limit=1");
  counted.reset();
  const answer = await portal.inject("/v1/changes?limit=100");
  expect(answer.json<Page>().items.length).toBeGreaterThan(40);
  expect(counted.commands()).toEqual(["find changes", "find changes"]);
  counted.reset();
  const headers = { "if-none-match": String(answer.headers.etag) };
  const again = await portal.inject({ url: "/v1/changes?limit=100", headers });
  expect(again.statusCode).toBe(304);
  expect(counted.commands()).toEqual(["find changes"]);
  await portal.close();
  await counted.close();
});

test("a filter tells what enters as created and what leaves as retracted", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  await publishArticles(store, "created", [
    makeArticle("f1", { topics: ["egov"], country: "AT" }),
    makeArticle("f2", { topics: ["egov"] }),
    makeArticle("f3", { topics: ["transport"] }),
  ]);
  await publishArticles(store, "updated", [
    makeArticle("f1", { topics: ["transport"], country: "AT" }),
    makeArticle("f3", { topics: ["ai"] }),
  ]);
  const eventsOf = async (filter: string) =>
    (await get(`?cursor=${cursor}&${filter}`)).items.map(
      ({ articleId, kind }) => `${articleId} ${kind}`,
    );
  expect(await eventsOf("topic=egov")).toEqual(["f1 created", "f2 created", "f1 retracted"]);
  expect(await eventsOf("topic=egov,ai&country=de")).toEqual(["f2 created", "f3 created"]);
  const wrong = await app.inject("/v1/changes?country=Germany");
  expect(wrong.json()).toMatchObject({ status: 400, detail: expect.stringMatching(/country/) });
});

test("a page that its filter leaves empty says that there is more", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  await publishArticles(store, "created", [
    makeArticle("m1", { topics: ["ai"] }),
    makeArticle("m2", { topics: ["water"] }),
  ]);
  const page = await get(`?cursor=${cursor}&limit=1&topic=water`);
  expect(page).toMatchObject({ items: [], has_more: true });
  const next = await get(`?cursor=${page.next_cursor}&limit=1&topic=water`);
  expect(next).toMatchObject({ items: [{ articleId: "m2" }], has_more: false });
});

test("events carry the cursor, go on from Last-Event-ID and end with the server", async () => {
  const portal = await makePortal(store);
  const address = await portal.listen({ host: "127.0.0.1", port: 0 });
  const { next_cursor: cursor } = await get("?cursor=latest");
  const accept = { accept: "text/event-stream" };
  const first = await openEvents(`${address}/v1/changes?cursor=${cursor}`, accept);
  await publishArticles(store, "created", [makeArticle("e1"), makeArticle("e2")]);
  const [one, two] = [await first.next(), await first.next()];
  expect([one, two]).toMatchObject([
    { event: "created", data: { articleId: "e1", item: { title: "Title of e1" } } },
    { event: "created", data: { articleId: "e2" } },
  ]);
  const second = await openEvents(`${address}/v1/changes?cursor=latest`, {
    ...accept,
    "last-event-id": one?.id ?? "",
  });
  expect(await second.next()).toEqual(two);
  const expired = await fetch(`${address}/v1/changes?cursor=nonsense`, { headers: accept });
  expect(expired.status).toBe(400);
  await portal.close();
  expect(await first.next()).toBeNull();
  expect(await second.next()).toBeNull();
});

test("a snapshot and the stream after it have everything, also what changed meanwhile", async () => {
  const copy = new Map<string, number>();
  let cursor = "";
  let pages = 0;
  let changes = "";
  for (;;) {
    const answer = await app.inject(`/v1/snapshot?limit=20${cursor && `&cursor=${cursor}`}`);
    const page = answer.json<SnapshotPage>();
    for (const { id, version } of page.items) copy.set(id, version);
    if (pages++ === 1) {
      // One that was listed, one that is to come, both moved to the other end of the list.
      const sortAt = new Date("2020-01-01T00:00:00Z");
      await publishArticles(store, "updated", [makeArticle("a44", { sortAt })]);
      await publishArticles(store, "retracted", [makeArticle("a1", { status: "retracted" })]);
      await publishArticles(store, "created", [makeArticle("new", { duplicateOf: "a2" })]);
    }
    changes ||= page.changes_cursor;
    expect(page.changes_cursor).toBe(changes);
    if (!page.has_more) break;
    cursor = page.next_cursor ?? "";
  }
  for (const { articleId, version, kind } of (await get(`?cursor=${changes}`)).items) {
    if (kind === "retracted") copy.delete(articleId);
    else copy.set(articleId, version);
  }
  const there = await store.collections.articles.find({ status: "published" }).toArray();
  expect(copy).toEqual(new Map(there.map(({ _id, version }) => [_id, version])));
  expect(pages).toBeGreaterThan(2);
});

test("a cursor older than what is kept is a 410 that says how to go on", async () => {
  const own = await openStream("oldest gone");
  const start = await get("?limit=3", own.app);
  await own.store.collections.changes.deleteMany({ seq: { $gt: 0, $lte: 10 } });
  const fresh = await makePortal(own.store);
  for (const query of ["", `?cursor=${start.next_cursor}`]) {
    const answer = await fresh.inject(`/v1/changes${query}`);
    expect(answer.statusCode).toBe(410);
    expect(answer.json()).toMatchObject({
      code: "cursor-expired",
      detail: expect.stringMatching(/v1.snapshot/),
    });
  }
  const kept = Buffer.from("changes:10").toString("base64url");
  expect(
    (await fresh.inject(`/v1/changes?limit=1&cursor=${kept}`)).json<Page>().items,
  ).toHaveLength(1);
  await fresh.close();
});

test("a reader of events whose cursor is older than what is kept gets a 410 at once", async () => {
  const shortened = await database.open("shortened");
  await publishArticles(shortened, "created", [makeArticle("s1"), makeArticle("s2")]);
  await shortened.collections.changes.deleteOne({ seq: 1 });
  const portal = await makePortal(shortened);
  const answer = await portal.inject("/v1/changes?format=sse");
  expect(answer.statusCode).toBe(410);
  expect(answer.json()).toMatchObject({ code: "cursor-expired" });
  await portal.close();
});
