import { afterAll, beforeAll, expect, test } from "vitest";
import { reserveArticles } from "../../../../articles/editorial/retract.ts";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { getArticles, readRevisions } from "../../../../store/articles/articles.ts";
import { readChanges } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, SEEN } from "../../../helpers/reading.ts";

const ARTICLE_URL = "https://city.example/news/a";
const ID = urlKey(ARTICLE_URL);
const hours = (n: number) => new Date(SEEN.getTime() + n * 3_600_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** Stores an article, and returns its link. */
async function commit(store: Store, url = ARTICLE_URL) {
  const id = urlKey(url);
  const reading = makeReading(url);
  const page = { link: makeLink(id, { url }), capture: reading.capture, reading };
  await commitArticles(store, [page], { timezone: "UTC", now: () => SEEN });
  return { _id: id, articleId: id };
}

test("A page that is still reserved at the next visit adds no revision and no change", async () => {
  const store = await database.open("reserved");
  const link = await commit(store);
  const rights = { binding: [], reserved: ["tdm"] };
  for (const n of [1, 2]) {
    const capture = { _id: `reserved ${n}`, fetchedAt: hours(n) };
    await reserveArticles(store, [{ link, capture, ...rights }], hours(n));
  }
  await sequence(store, hours(3));
  expect((await readChanges(store, 0, 10)).map(({ kind }) => kind)).toEqual(["created", "updated"]);
  expect(await readRevisions(store, ID)).toHaveLength(2);
  const article = (await getArticles(store, [ID])).get(ID);
  expect(article).toMatchObject({ text: "", teaser: null, lastSeenAt: hours(2) });
});

test("Pages of one batch that are still reserved are noted in one round trip", async () => {
  const counted = await countCommands(await database.open("batch"));
  const { store, commands } = counted;
  const links = [await commit(store), await commit(store, `${ARTICLE_URL}2`)];
  const visit = (n: number) => {
    const capture = { _id: `reserved ${n}`, fetchedAt: hours(n) };
    const wanted = links.map((link) => ({ link, capture, binding: [], reserved: ["tdm"] }));
    return reserveArticles(store, wanted, hours(n));
  };
  await visit(1);
  counted.reset();
  await visit(2);
  expect(commands().filter((command) => command === "update articles")).toHaveLength(1);
  const articles = await getArticles(store, [ID]);
  expect(articles.get(ID)?.lastSeenAt).toEqual(hours(2));
  await counted.close();
});

test("A page that states its reservation otherwise at the next visit adds a change", async () => {
  const store = await database.open("stated");
  const link = await commit(store);
  for (const [n, place] of ["header", "meta"].entries()) {
    const capture = { _id: `stated ${n}`, fetchedAt: hours(n + 1) };
    const signal = {
      format: "tdmrep",
      place,
      text: "tdm-reservation: 1",
      url: ARTICLE_URL,
    } as const;
    const binding = [{ ...signal, seenAt: hours(n + 1), denies: ["analysis"] }] as UsageSignal[];
    await reserveArticles(store, [{ link, capture, binding, reserved: ["tdm"] }], hours(n + 1));
  }
  expect((await getArticles(store, [ID])).get(ID)?.rights).toMatchObject([{ place: "meta" }]);
});
