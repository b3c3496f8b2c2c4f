import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PortalAsOf } from "../../../../archive/as-of.ts";
import { blankArticles, hideArticles } from "../../../../articles/erasure/blank.ts";
import { writeOf } from "../../../../articles/revisions/draft.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import type { Article } from "../../../../model/articles/article.ts";
import { getArticles, writeArticles } from "../../../../store/articles/articles.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, login, openGated } from "../../../helpers/gated.ts";
import { BROWSER, PORTAL_NOW } from "../../../helpers/portal.ts";
import { makeSessionsLast } from "../../../helpers/session.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let cookie: string;
/** So many hours before now. */
const ago = (hours: number) => new Date(PORTAL_NOW.getTime() - hours * 3_600_000);
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("then");
  // Four that are there ten hours ago, one that came two hours ago.
  for (const id of ["stays", "renamed", "gone", "erased"]) await write(id, 10);
  await write("renamed", 5, { title: "Another title", revision: 2 });
  await write("gone", 4, { status: "retracted" });
  await write("late", 2, { firstSeenAt: ago(2), sortAt: ago(2) });
  await write("renamed", 1, { topics: ["egov"], country: "AT", day: "2026-11-24" });
  await hideArticles(store, ["erased"], ago(1));
  await blankArticles(store, ["erased"], ago(1));
  while ((await sequence(store, PORTAL_NOW)) > 0);
  await join(store, "ann", "analyst");
  app = await openGated(store, { now: () => PORTAL_NOW });
  ({ cookie } = await login(app, "ann"));
  await makeSessionsLast(store);
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

async function write(id: string, hours: number, overrides: Partial<Article> = {}): Promise<void> {
  const before = (await getArticles(store, [id])).get(id) ?? null;
  const times = before ? {} : { firstSeenAt: ago(hours), sortAt: ago(hours) };
  const event = { ...before, ...times, ...overrides, version: (before?.version ?? 0) + 1 };
  const article = makeArticle(id, event);
  await writeArticles(store, [
    writeOf(article, before, before ? "updated" : "created", ago(hours)),
  ]);
}

const ask = (query: string, accept = BROWSER) =>
  app.inject({ url: `/admin/as-of?${query}`, headers: { ...accept, cookie } });
const listedAt = async (time: Date) => {
  const { items } = (await ask(`at=${time.toISOString()}&format=json`)).json<PortalAsOf>();
  return Object.fromEntries(items.map(({ item, today }) => [item.id, [item.title, today.status]]));
};

describe("the portal at an earlier time", () => {
  test("Nothing is listed before the first article", async () => {
    expect(await listedAt(ago(11))).toEqual({});
  });

  test("An article that is retracted today is listed as long as it was published", async () => {
    expect(await listedAt(ago(6))).toEqual({
      stays: ["Title of stays", "published"],
      renamed: ["Title of renamed", "published"],
      gone: ["Title of gone", "retracted"],
    });
  });

  test("An article is listed with the title that it had", async () => {
    expect(await listedAt(ago(3))).toEqual({
      stays: ["Title of stays", "published"],
      renamed: ["Another title", "published"],
    });
  });

  test("A new article is listed from its time on", async () => {
    expect(Object.keys(await listedAt(ago(0)))).toContain("late");
  });
});

describe("a narrowed portal at an earlier time", () => {
  const at = ago(6).toISOString();
  const idsOf = async (query: string) => {
    const { items } = (await ask(`${query}&format=json`)).json<PortalAsOf>();
    return items.map(({ item }) => item.id).toSorted();
  };

  test("Articles are narrowed by all that they were then", async () => {
    const query = "topic=smart-city&country=DE&source=cities&language=en&day=2026-11-25";
    expect(await idsOf(`at=${at}&${query}`)).toEqual(["gone", "renamed", "stays"]);
  });

  test.each(["topic=egov", "day=2026-11-24"])(
    "An article that was changed later isn't found by what it is today: %s",
    async (query) => {
      expect(await idsOf(`at=${at}&${query}`)).toEqual([]);
    },
  );

  test("Without a time articles are narrowed by what they are today", async () => {
    expect(await idsOf("topic=egov&country=AT&day=2026-11-24")).toEqual(["renamed"]);
    expect(await idsOf("country=DE")).toEqual(["late", "stays"]);
  });

  test("The form shows what the articles are narrowed by", async () => {
    const { body } = await ask(`at=${at}&topic=smart-city`);
    expect(body).toContain('name="topic" size="8" value="smart-city"');
  });

  test.each(["country=Germany", "at=never"])("A wrong value is refused: %s", async (query) => {
    expect((await ask(query)).statusCode).toBe(400);
  });
});

describe("the page of an earlier time", () => {
  let page: Awaited<ReturnType<typeof ask>>;
  beforeAll(async () => {
    page = await ask(`at=${ago(6).toISOString().slice(0, 16)}`);
  });

  test("The page is never cached", () => {
    expect(page.headers["cache-control"]).toBe("no-store");
  });

  test("The page says that it is of another time", () => {
    expect(page.body).toContain("not what they are shown today");
  });

  test("The page says what became of each article", () => {
    expect(page.body).toMatch(/Title of gone[^]*?retracted;/);
    expect(page.body).toMatch(/Title of renamed[^]*?changed since;/);
  });

  test("The page doesn't show an article that is erased today", () => {
    expect(page.body).not.toContain("Title of erased");
  });
});

describe("a list of several pages", () => {
  const sortAt = new Date("2026-11-20T00:00:00Z");
  const ids = Array.from(
    { length: 120 },
    (_, number) => `dated-${String(number).padStart(3, "0")}`,
  );
  let paged: FastifyInstance;
  let headers: Record<string, string>;
  beforeAll(async () => {
    const ownStore = await database.open("paged");
    const all = ids.map((id) => makeArticle(id, { sortAt }));
    await writeArticles(
      ownStore,
      all.map((article) => writeOf(article, null, "created", sortAt)),
    );
    await join(ownStore, "ann", "analyst");
    paged = await openGated(ownStore, { now: () => PORTAL_NOW });
    headers = { ...BROWSER, cookie: (await login(paged, "ann")).cookie };
    await makeSessionsLast(ownStore);
  });
  afterAll(() => paged?.close());

  const askPage = (query: string) => paged.inject({ url: `/admin/as-of?${query}`, headers });

  /** The path of the next page, which the page links to. */
  const olderThan = (body: string) =>
    /href="\?([^"]*)">Older/.exec(body)?.[1]?.replaceAll("&amp;", "&");

  test("Articles of the same time are each listed once, on page after page", async () => {
    const listed: string[] = [];
    let query: string | undefined = `at=${PORTAL_NOW.toISOString()}`;
    for (let pages = 0; query !== undefined && pages < 10; pages++) {
      const { items } = (await askPage(`${query}&format=json`)).json<PortalAsOf>();
      listed.push(...items.map(({ item }) => item.id));
      query = olderThan((await askPage(query)).body);
    }
    expect(listed.toSorted()).toEqual(ids);
  });
});

describe("a time before the stored changes", () => {
  let before: string;
  let later: string[];
  beforeAll(async () => {
    const { meta, changes } = store.collections;
    const removed = await changes.find({ seq: { $gt: 0, $lte: 4 } }).toArray();
    await meta.updateOne({ _id: "tail" }, { $set: { value: 4 } }, { upsert: true });
    await changes.deleteMany({ seq: { $gt: 0, $lte: 4 } });
    before = (await ask(`at=${ago(9).toISOString()}`)).body;
    later = Object.keys(await listedAt(ago(4.5)));
    await changes.insertMany(removed);
    await meta.deleteOne({ _id: "tail" });
  });

  test("The page says from when on changes are stored", () => {
    expect(before).toContain("Changes are stored from");
  });

  test("No article is listed if every change was removed", async () => {
    const { meta, changes } = store.collections;
    const removed = await changes.find().toArray();
    await meta.updateOne({ _id: "tail" }, { $set: { value: 9999 } }, { upsert: true });
    await changes.deleteMany();
    const listed = Object.keys(await listedAt(ago(4.5)));
    await changes.insertMany(removed);
    await meta.deleteOne({ _id: "tail" });
    expect(listed).toEqual([]);
  });

  test("An article is listed at a time of which changes are stored", () => {
    expect(later).toContain("renamed");
  });
});
