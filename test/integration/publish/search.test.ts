import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { searchActions } from "../../../bin/search-index.ts";
import { openSearchIndex, type SearchIndex } from "../../../search/index-client.ts";
import { addEpoch } from "../../../store/epochs.ts";
import type { Store } from "../../../store/store.ts";
import { revisionOf } from "../../../workers/articles/revision-of.ts";
import { erase } from "../../../workers/erase/erase.ts";
import { indexStep } from "../../../workers/index-articles.ts";
import { sequence } from "../../../workers/sequencer.ts";
import { makeArticle, makeSource, publishArticles } from "../../helpers/articles.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { BROWSER, makePortal } from "../../helpers/portal.ts";

let folder: string;
let database: TestDatabase;
let store: Store;
let index: SearchIndex;
let app: FastifyInstance;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-search-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("search");
  index = openSearchIndex(join(folder, "index.sqlite"));
  app = await makePortal(store, { search: searchActions(index) });
  const open = { fullText: true, images: false, teaserLength: 600 };
  await store.collections.sources.insertMany([
    makeSource("open", { rights: open }),
    makeSource("strict", { rights: { ...open, fullText: false, teaserLength: 40 } }),
  ]);
  await publishArticles(store, "created", [
    makeArticle("tram", {
      sourceId: "open",
      title: "New <trams> for Berlin",
      teaser: "Twelve of them.",
      text: "They run from May.\n\nThe depot of the quicksilver line was rebuilt.",
      contentHash: "now",
      revision: 2,
      storyId: "tram",
    }),
    makeArticle("bus", {
      sourceId: "strict",
      country: "FR",
      title: "Buses too",
      teaser: "A short teaser about buses in the town.",
      text: "Nobody may quote the quicksilver of this text.",
    }),
    makeArticle("still", {
      sourceId: "open",
      title: "A quiet page on quicksilver",
      teaser: "RESERVED words",
      text: "RESERVED text",
      reservations: ["nosnippet"],
    }),
    makeArticle("copy", { sourceId: "open", title: "quicksilver copied", duplicateOf: "tram" }),
  ]);
  const before = { title: "Old zeppelins for Berlin", text: "Before.", contentHash: "before" };
  const first = makeArticle("tram", { ...before, sourceId: "open", revision: 1 });
  await store.collections.revisions.insertOne(revisionOf(first, new Date()));
});
afterAll(async () => {
  await app?.close();
  await index?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

const caughtUp = async () => {
  while (await indexStep({ store, index }));
};
interface Answer {
  items: { id: string; revision: number | null; highlights: { title: string; snippet: string } }[];
  total: number;
  behind: number;
  facets: Record<string, { value: string; count: number }[]>;
}
const search = async (query: string, more = "") => {
  const answer = await app.inject(`/v1/search?q=${encodeURIComponent(query)}${more}`);
  return answer.json<Answer>();
};

test("without an index readers are told that it is being built", async () => {
  const answer = await app.inject("/v1/search?q=x");
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
    503,
    "search-building",
  ]);
});

test("the index is built of what is stored, and readers get what they may see of it", async () => {
  const built: number[] = [];
  while (await indexStep({ store, index, onBuilding: (count) => built.push(count) }));
  expect(built).toEqual([4]);
  const { items, total, facets, behind } = await search("quicksilver", "&sort=oldest");
  expect({ total, behind }).toEqual({ total: 3, behind: 0 });
  expect(facets["country"]).toEqual([
    { value: "DE", count: 2 },
    { value: "FR", count: 1 },
  ]);
  const shown = Object.fromEntries(items.map(({ id, highlights }) => [id, highlights]));
  expect(shown).toEqual({
    tram: {
      title: "New &lt;trams&gt; for Berlin",
      snippet: "The depot of the <mark>quicksilver</mark> line was rebuilt.",
    },
    bus: { title: "Buses too", snippet: "A short teaser about buses in the town." },
    still: { title: "A quiet page on <mark>quicksilver</mark>", snippet: "" },
  });
  expect((await search("tram")).items[0]?.highlights.title).toContain("&lt;<mark>trams</mark>&gt;");
});

test("the portal's page shows form, facets that narrow, and what is wrong with a query", async () => {
  const ask = (query: string) =>
    app.inject({ url: `/search?q=${encodeURIComponent(query)}`, headers: BROWSER });
  const { body, statusCode } = await ask("quicksilver");
  expect(statusCode).toBe(200);
  expect(body).toContain("A quiet page on <mark>quicksilver</mark>");
  expect(body).toContain('href="/search?q=quicksilver+country%3AFR"');
  expect(body).not.toMatch(/RESERVED|Nobody may quote|<script/);
  const narrowed = await ask("quicksilver country:FR");
  expect(narrowed.body).toContain("1 article.");
  expect(narrowed.body).toContain('href="/search?q=quicksilver" aria-current="true"');
  const wrong = await ask('"open <b>');
  expect(wrong.statusCode).toBe(400);
  expect(wrong.body).toContain("this quote is not closed (character 1)");
  expect(wrong.body).toContain("&quot;open &lt;b&gt;");
});

test("updates, withdrawals and erasure reach it by the stream; what is erased leaves the file", async () => {
  const [tram] = await publishArticles(store, "updated", [
    makeArticle("tram", {
      sourceId: "open",
      title: "Lightrail for Berlin",
      edited: { title: "Monorail for Berlin" },
    }),
  ]);
  expect((await search("quicksilver")).behind).toBe(1);
  await caughtUp();
  expect((await search("monorail")).items.map(({ id }) => id)).toEqual([tram?._id]);
  expect((await search("quicksilver")).total).toBe(2);
  await publishArticles(store, "retracted", [
    makeArticle("bus", { title: "Buses too", sourceId: "strict", status: "retracted" }),
  ]);
  expect((await search("buses")).items).toEqual([]);
  await caughtUp();
  expect((await search("buses")).total).toBe(0);
  const how = { reason: "asked for in writing", by: "test", dryRun: false };
  const subject = { kind: "article", id: "still" } as const;
  await erase(store, subject, { ...how, now: () => new Date(), progress() {} });
  await sequence(store, new Date());
  await caughtUp();
  while (await index.clean());
  expect((await search("quiet")).total).toBe(0);
  expect(readFileSync(join(folder, "index.sqlite")).includes("quiet")).toBe(false);
});

test("it is built anew after a restore, and what readers don't see is found with all alone", async () => {
  await addEpoch(store);
  await caughtUp();
  expect((await index.state()).at?.epoch).toBe(1);
  const request = { sort: "newest", offset: 0, limit: 10, exact: false } as const;
  const all = async (query: string) =>
    (await index.find({ ...request, query, all: true })).hits.map(({ articleId }) => articleId);
  expect(await all("status:retracted")).toEqual(["bus"]);
  expect(await all("copied")).toEqual(["copy"]);
  expect((await app.inject("/v1/search?q=copied&scope=all")).statusCode).toBe(403);
});

test("from the command line it is built, shown and asked", async () => {
  const cli = commandsOn(store, { NEWSGATHER_DATA_DIR: folder });
  const none = await cli(["search", "monorail"]);
  expect(none).toMatchObject({ code: 2 });
  expect(none.err).toContain("search-index update");
  expect((await cli(["search-index", "rebuild"])).err).toContain("3 articles in");
  const found = await cli(["search", "monorails", "country:DE", "--facets"]);
  expect(found).toMatchObject({ code: 0, err: "1 found\n" });
  expect(found.out).toMatch(/tram .*Monorail for Berlin.*country.*DE 1/s);
  expect(await cli(["searches", "save", "rails", "mono*"])).toMatchObject({ code: 0 });
  expect((await cli(["search", "--saved", "rails"])).out).toContain("Monorail for Berlin");
  expect((await app.inject("/v1/search?saved=rails")).json()).toMatchObject({ total: 1 });
  const page = await app.inject({ url: "/search?saved=rails", headers: BROWSER });
  expect(page.body).toMatch(/value="mono\*".*<mark>Monorail<\/mark>.*saved=rails">rails/s);
  expect((await app.inject("/v1/searches")).json()).toMatchObject([{ name: "rails" }]);
  expect(await cli(["searches", "save", "bad", "a OR"])).toMatchObject({ code: 2 });
  expect(await cli(["searches", "remove", "rails"])).toMatchObject({ code: 0 });
  expect((await app.inject("/v1/search?saved=rails")).statusCode).toBe(404);
}, 180_000);

test("while search is off, it says so", async () => {
  const off = await makePortal(store);
  const answer = await off.inject("/v1/search?q=x");
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, "search-off"]);
  await off.close();
});
