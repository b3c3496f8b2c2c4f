import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PortalThen } from "../../../admin/then-deps.ts";
import type { Article } from "../../../model/article.ts";
import { getArticles, writeArticles } from "../../../store/articles.ts";
import type { Store } from "../../../store/store.ts";
import { writeOf } from "../../../workers/articles/decide.ts";
import { blankArticles, hideArticles } from "../../../workers/erase/settle.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { makeArticle } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { join, login, openGated } from "../../helpers/gated.ts";
import { BROWSER, PORTAL_NOW } from "../../helpers/portal.ts";

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
  await hideArticles(store, ["erased"], ago(1));
  await blankArticles(store, ["erased"], ago(1));
  while ((await sequence(store, PORTAL_NOW)) > 0);
  await join(store, "ann", "analyst");
  app = await openGated(store, { now: () => PORTAL_NOW });
  ({ cookie } = await login(app, "ann"));
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

async function write(id: string, hours: number, given: Partial<Article> = {}): Promise<void> {
  const before = (await getArticles(store, [id])).get(id) ?? null;
  const times = before ? {} : { firstSeenAt: ago(hours), sortAt: ago(hours) };
  const told = { ...before, ...times, ...given, version: (before?.version ?? 0) + 1 };
  const article = makeArticle(id, told);
  await writeArticles(store, [
    writeOf(article, before, before ? "updated" : "created", ago(hours)),
  ]);
}

const ask = (query: string, accept = BROWSER) =>
  app.inject({ url: `/admin/then?${query}`, headers: { ...accept, cookie } });
const listedAt = async (time: Date) => {
  const { items } = (await ask(`at=${time.toISOString()}&format=json`)).json<PortalThen>();
  return Object.fromEntries(items.map(({ item, today }) => [item.id, [item.title, today.status]]));
};

test("the portal is told as it was: what was listed then, in the words of then", async () => {
  expect(await listedAt(ago(11))).toEqual({});
  expect(await listedAt(ago(6))).toEqual({
    stays: ["Title of stays", "published"],
    renamed: ["Title of renamed", "published"],
    gone: ["Title of gone", "retracted"],
  });
  expect(await listedAt(ago(3))).toEqual({
    stays: ["Title of stays", "published"],
    renamed: ["Another title", "published"],
  });
  expect(Object.keys(await listedAt(ago(0)))).toContain("late");
});

test("so are the pages of a category, place and day, by what each article was in then", async () => {
  const at = ago(6).toISOString();
  const of = async (query: string) => {
    const { items } = (await ask(`${query}&format=json`)).json<PortalThen>();
    return items.map(({ item }) => item.id).toSorted();
  };
  await write("renamed", 1, { topics: ["egov"], country: "AT", day: "2026-11-24" });
  while ((await sequence(store, PORTAL_NOW)) > 0);
  const then = ["gone", "renamed", "stays"];
  const same = "topic=smart-city&country=DE&source=cities&language=en&day=2026-11-25";
  expect(await of(`at=${at}&${same}`)).toEqual(then);
  expect(await of(`at=${at}&topic=egov`)).toEqual([]);
  expect(await of(`at=${at}&day=2026-11-24`)).toEqual([]);
  expect(await of("topic=egov&country=AT&day=2026-11-24")).toEqual(["renamed"]);
  expect(await of("country=DE")).toEqual(["late", "stays"]);
  const { body } = await ask(`at=${at}&topic=smart-city`);
  expect(body).toContain('name="topic" size="8" value="smart-city"');
  expect((await ask("country=Germany")).statusCode).toBe(400);
  expect((await ask("at=never")).statusCode).toBe(400);
});

test("the page says that it is of another time, and what became of each article", async () => {
  const { body, headers } = await ask(`at=${ago(6).toISOString().slice(0, 16)}`);
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).toContain("not what they are shown today");
  expect(body).toMatch(/Title of gone[^]*?retracted;/);
  expect(body).toMatch(/Title of renamed[^]*?changed since;/);
  expect(body).not.toContain("Title of erased");
});

test("before the stream that is kept nothing is told, and a page says since when", async () => {
  await store.collections.meta.updateOne({ _id: "tail" }, { $set: { value: 4 } }, { upsert: true });
  await store.collections.changes.deleteMany({ seq: { $gt: 0, $lte: 4 } });
  expect((await ask(`at=${ago(9).toISOString()}`)).body).toContain("Changes are kept from");
  expect(Object.keys(await listedAt(ago(4.5)))).toContain("renamed");
});
