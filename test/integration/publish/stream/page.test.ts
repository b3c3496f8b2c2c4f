import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("waiting");
  app = await makePortal(store);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

interface Page {
  items: { articleId: string }[];
  next_cursor: string;
  has_more: boolean;
}

const get = async (query: string) => (await app.inject(`/v1/changes${query}`)).json<Page>();

test("who would wait and needn't reads a page once, from the first change that is for him", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  const other = Array.from({ length: 4 }, (_, n) => makeArticle(`o${n}`, { topics: ["ai"] }));
  const wanted = Array.from({ length: 4 }, (_, n) => makeArticle(`x${n}`, { topics: ["water"] }));
  await publishArticles(store, "created", [...other, ...wanted]);
  const counted = await countCommands(store);
  const portal = await makePortal(counted.store);
  await portal.inject("/v1/changes?cursor=latest");
  const read = async (query: string) => {
    counted.reset();
    return (await portal.inject(`/v1/changes?cursor=${cursor}${query}`)).json<Page>();
  };
  expect((await read("&limit=3&wait=20")).items.map((change) => change.articleId)).toEqual([
    "o0",
    "o1",
    "o2",
  ]);
  expect(counted.read()).toBe(3);
  const found = await read("&limit=3&wait=20&topic=water");
  expect(found.items.map((change) => change.articleId)).toEqual(["x0", "x1", "x2"]);
  expect(found.has_more).toBe(true);
  const none = await read("&wait=1&topic=nothing");
  expect(none).toMatchObject({ items: [], has_more: false });
  expect(none.next_cursor).not.toBe(cursor);
  await portal.close();
  await counted.close();
});

test("a reader that waits is answered when there is something for him, or when his time is over", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  const since = performance.now();
  const none = await get(`?cursor=${cursor}&wait=1`);
  expect(performance.now() - since).toBeGreaterThan(900);
  expect(none).toEqual({ items: [], next_cursor: cursor, has_more: false });

  const waiting = get(`?cursor=${cursor}&wait=20&topic=water`);
  await publishArticles(store, "created", [makeArticle("w1")]);
  await publishArticles(store, "created", [makeArticle("w2", { topics: ["water"] })]);
  const page = await waiting;
  expect(page.items.map(({ articleId }) => articleId)).toEqual(["w2"]);
  expect(performance.now() - since).toBeLessThan(10_000);
});
