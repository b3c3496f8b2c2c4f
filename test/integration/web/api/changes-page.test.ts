import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe("a reader that may wait and needn't", () => {
  let cursor: string;
  let portal: FastifyInstance;
  let counted: Awaited<ReturnType<typeof countCommands>>;
  beforeAll(async () => {
    ({ next_cursor: cursor } = await get("?cursor=latest"));
    const other = Array.from({ length: 4 }, (_, n) => makeArticle(`o${n}`, { topics: ["ai"] }));
    const wanted = Array.from({ length: 4 }, (_, n) => makeArticle(`x${n}`, { topics: ["egov"] }));
    await publishArticles(store, "created", [...other, ...wanted]);
    counted = await countCommands(store);
    portal = await makePortal(counted.store);
    await portal.inject("/v1/changes?cursor=latest");
  });
  afterAll(async () => {
    await portal?.close();
    await counted?.close();
  });
  const read = async (query: string) => {
    counted.reset();
    return (await portal.inject(`/v1/changes?cursor=${cursor}${query}`)).json<Page>();
  };
  const idsOf = ({ items }: Page) => items.map(({ articleId }) => articleId);

  test("Changes that are there are answered at once, with one read of the page", async () => {
    expect(idsOf(await read("&limit=3&wait=20"))).toEqual(["o0", "o1", "o2"]);
    expect(counted.read()).toBe(3);
  });

  test("A page begins with the first change that passes the filter", async () => {
    const found = await read("&limit=3&wait=20&topic=egov");
    expect(idsOf(found)).toEqual(["x0", "x1", "x2"]);
    expect(found.has_more).toBe(true);
  });

  test("The cursor moves on past changes that don't pass the filter", async () => {
    const none = await read("&wait=1&country=AT");
    expect(none).toMatchObject({ items: [], has_more: false });
    expect(none.next_cursor).not.toBe(cursor);
  });
});

test("A reader that waits in vain is answered when its time is over", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  const since = performance.now();
  const none = await get(`?cursor=${cursor}&wait=1`);
  expect(performance.now() - since).toBeGreaterThan(900);
  expect(none).toEqual({ items: [], next_cursor: cursor, has_more: false });
});

test("A reader that waits is answered as soon as a change passes its filter", async () => {
  const { next_cursor: cursor } = await get("?cursor=latest");
  const waiting = get(`?cursor=${cursor}&wait=20&topic=egov`);
  await publishArticles(store, "created", [makeArticle("w1")]);
  await publishArticles(store, "created", [makeArticle("w2", { topics: ["egov"] })]);
  // After its time it would be answered without any.
  const page = await waiting;
  expect(page.items.map(({ articleId }) => articleId)).toEqual(["w2"]);
});
