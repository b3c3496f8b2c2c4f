import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { indexStep } from "../../../../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../../../../archive/search/index-client.ts";
import { erase } from "../../../../articles/erasure/erase.ts";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { claimUpkeep, searchActions } from "../../../../bin/search-index.ts";
import { addEpoch } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { checkQuery } from "../../../../web/api/search.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import type { CliEnd } from "../../../helpers/cli.ts";
import { commandsOn } from "../../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { tempIndex } from "../../../helpers/judged-search.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";

let folder: string;
let database: TestDatabase;
let store: Store;
let index: SearchIndex;
let app: FastifyInstance;
let seen: Awaited<ReturnType<typeof followStream>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-search-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("search");
  index = openSearchIndex(join(folder, "index.sqlite"));
  app = await makePortal(store, { search: searchActions(index) });
  const open = { fullText: true, images: false, teaserLength: 600 };
  await store.collections.sources.insertMany([
    makeSource("open", { rights: open, name: "Harbour Gazette" }),
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
      topics: ["smart-city"],
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
    makeArticle("metro", {
      sourceId: "open",
      language: "ja",
      title: "都の計画",
      teaser: "東京都の発表。",
      text: `東京都は 本日、${"市民の生活を支える計画を説明しました。".repeat(20)}地下鉄も延伸します。`,
    }),
    makeArticle("copy", { sourceId: "open", title: "quicksilver copied", duplicateOf: "tram" }),
  ]);
  const before = { title: "Old zeppelins for Berlin", text: "Before.", contentHash: "before" };
  const first = makeArticle("tram", { ...before, sourceId: "open", revision: 1 });
  await store.collections.revisions.insertOne(revisionOf(first, new Date()));
  seen = await followStream();
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
  hints: { query: string; name: string | null }[];
}
const search = async (query: string, more = "") => {
  const answer = await app.inject(`/v1/search?q=${encodeURIComponent(query)}${more}`);
  return answer.json<Answer>();
};

const ids = (answer: Answer) => answer.items.map(({ id }) => id);
const page = (query: string, more = "") =>
  app.inject({ url: `/search?q=${encodeURIComponent(query)}${more}`, headers: BROWSER });
const everything = async (query: string) => {
  const request = { sort: "newest", offset: 0, limit: 10, exact: false, all: true } as const;
  return (await index.find({ ...request, query })).hits.map(({ articleId }) => articleId);
};

/** From the first building of the index to the next one: what was found at each step. */
async function followStream() {
  const unbuilt = await app.inject("/v1/search?q=x");
  const built: number[] = [];
  while (await indexStep({ store, index, onBuilding: (count) => built.push(count) }));
  const first = {
    quicksilver: await search("quicksilver", "&sort=oldest"),
    tram: await search("tram"),
    metro: await search("地下鉄"),
    page: await page("quicksilver"),
    narrowed: await page("quicksilver country:FR"),
    either: await page("(quicksilver OR tram) since:2026-01-01"),
    wrong: await page('"open <b>'),
    exact: await page("quicksilver", "&counts=all&offset=1"),
    hinted: await page("Quiksilver", "&counts=all"),
  };
  const hinted = {
    typo: (await search("Quiksilver berlin")).hints,
    topic: (await search("smartc")).hints,
    country: (await search("Frankreich OR france")).hints,
    source: (await search("hg")).hints,
    none: (await search("xylophone")).hints,
    found: (await search("quicksilver")).hints,
    apart: (await search("quicksilver buses trams")).hints,
    page: await page("Quiksilver"),
  };

  const [tram] = await publishArticles(store, "updated", [
    makeArticle("tram", {
      sourceId: "open",
      title: "Lightrail for Berlin",
      edited: { title: "Monorail for Berlin" },
    }),
  ]);
  const { behind } = await search("quicksilver");
  await caughtUp();
  const updated = {
    id: tram?._id,
    behind,
    monorail: await search("monorail"),
    quicksilver: await search("quicksilver"),
  };

  await publishArticles(store, "retracted", [
    makeArticle("bus", { title: "Buses too", sourceId: "strict", status: "retracted" }),
  ]);
  const atOnce = await search("buses");
  await caughtUp();
  const retracted = { atOnce, indexed: await search("buses") };

  const how = { reason: "asked for in writing", actor: "test", dryRun: false };
  const subject = { kind: "article", id: "still" } as const;
  await erase(store, subject, { ...how, now: () => new Date(), progress() {} });
  await sequence(store, new Date());
  await caughtUp();
  while (await index.clean());
  const file = readFileSync(join(folder, "index.sqlite"));
  const erased = { found: await search("quiet"), isInFile: file.includes("quiet") };

  await addEpoch(store, new Date(1000));
  await caughtUp();
  const restored = {
    epoch: (await index.state()).at?.epoch,
    retracted: await everything("status:retracted"),
    copied: await everything("copied"),
  };
  return { unbuilt, built, first, hinted, updated, retracted, erased, restored };
}

test("Before the index is built a search says that it is being built", () => {
  const { unbuilt } = seen;
  expect([unbuilt.statusCode, unbuilt.json<{ code: string }>().code]).toEqual([
    503,
    "search-building",
  ]);
});

test("The index is built of all articles that are stored", () => {
  expect(seen.built).toEqual([5]);
});

describe("a search", () => {
  test("The passage shown of a text without spaces contains the match", () => {
    const [metro] = seen.first.metro.items;
    expect(metro?.highlights.snippet).toContain("<mark>地下鉄</mark>");
  });

  test("A search finds the articles that readers may see", () => {
    const { total, behind } = seen.first.quicksilver;
    expect({ total, behind }).toEqual({ total: 3, behind: 0 });
  });

  test("A search counts what it found by country", () => {
    expect(seen.first.quicksilver.facets["country"]).toEqual([
      { value: "DE", count: 2 },
      { value: "FR", count: 1 },
    ]);
  });

  test("A search quotes of each article only what its source permits", () => {
    const { items } = seen.first.quicksilver;
    const shown = Object.fromEntries(items.map(({ id, highlights }) => [id, highlights]));
    expect(shown).toEqual({
      tram: {
        title: "New &lt;trams&gt; for Berlin",
        snippet: "The depot of the <mark>quicksilver</mark> line was rebuilt.",
      },
      bus: { title: "Buses too", snippet: "A short teaser about buses in the town." },
      still: { title: "A quiet page on <mark>quicksilver</mark>", snippet: "" },
    });
  });

  test("A search marks the word that it found within an escaped title", () => {
    const [tram] = seen.first.tram.items;
    expect(tram?.highlights.title).toContain("&lt;<mark>trams</mark>&gt;");
  });

  test("A search of all states needs the right to it", async () => {
    expect((await app.inject("/v1/search?q=copied&scope=all")).statusCode).toBe(403);
  });
});

describe("a search that finds nothing", () => {
  test.each([
    ["a typo", "typo", [{ query: "Quicksilver berlin", name: null }]],
    ["the beginning of a topic", "topic", [{ query: "topic:smart-city", name: "Smart cities" }]],
    ["the initials of a source", "source", [{ query: "source:open", name: "Harbour Gazette" }]],
    ["a word that resembles nothing", "none", []],
    ["words that no article has all of", "apart", []],
  ] as const)("A search is answered with what was probably meant: %s", (_, of, hints) => {
    expect(seen.hinted[of]).toEqual(hints);
  });

  test("The name of a country in a language of the portal leads to its articles", () => {
    expect(seen.hinted.country).toContainEqual({
      query: "Frankreich OR country:FR",
      name: "France",
    });
  });

  test("A search that finds something has no hints", () => {
    expect(seen.hinted.found).toEqual([]);
  });

  test("The page links to what was probably meant", () => {
    expect(seen.hinted.page.body).toMatch(/Did you mean:.*href="\/search\?q=Quicksilver"/s);
  });
});

describe("a query without anything to search for", () => {
  test.each(["*", "🎉", "-*"])("The API refuses %j and says why", async (query) => {
    const answer = await app.inject(`/v1/search?q=${encodeURIComponent(query)}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: "no-words",
      detail: expect.stringContaining("nothing to search for"),
    });
  });

  test("The portal's page asks for a word", async () => {
    const { statusCode, body } = await page("🎉");
    expect(statusCode).toBe(400);
    expect(body).toContain("Enter a word to search for");
  });

  test("The portal's page without a query shows everything", async () => {
    const { statusCode, body } = await page("");
    expect(statusCode).toBe(200);
    expect(body).toContain('class="item"');
  });

  test("An export of it is refused", async () => {
    const empty = tempIndex();
    onTestFinished(() => empty.close());
    await expect(checkQuery(empty.search, "*")).rejects.toMatchObject({ code: "no-words" });
  });
});

describe("the portal's page of a search", () => {
  test("The page shows what was found with its words marked", () => {
    expect(seen.first.page.statusCode).toBe(200);
    expect(seen.first.page.body).toContain("A quiet page on <mark>quicksilver</mark>");
  });

  test("The page offers a narrower search for each country", () => {
    expect(seen.first.page.body).toContain('href="/search?q=quicksilver+country%3AFR"');
  });

  test("The page shows no text that nobody may quote, and no script", () => {
    expect(seen.first.page.body).not.toMatch(/RESERVED|Nobody may quote|<script/);
  });

  test("A narrower search of a query with OR in brackets has no further brackets", () => {
    const query = new URLSearchParams({ q: "(quicksilver OR tram) since:2026-01-01 country:FR" });
    expect(seen.first.either.body).toContain(`href="/search?${query.toString()}"`);
  });

  test("The page of a narrowed search leads back to the wider one", () => {
    const { body } = seen.first.narrowed;
    expect(body).toContain("1 article.");
    expect(body).toContain('href="/search?q=quicksilver" aria-current="true"');
  });

  test("The links of a search that counts every match keep doing so", () => {
    const { exact, hinted } = seen.first;
    expect(exact.body).toContain('href="/search?q=quicksilver+country%3AFR&amp;counts=all"');
    expect(exact.body).toContain('href="/search?q=quicksilver&amp;counts=all" rel="prev"');
    expect(hinted.body).toContain('href="/search?q=Quicksilver&amp;counts=all"');
  });

  test("The page says what is wrong with a query", () => {
    const { statusCode, body } = seen.first.wrong;
    expect(statusCode).toBe(400);
    expect(body).toContain("this quote is not closed (character 1)");
    expect(body).toContain("&quot;open &lt;b&gt;");
  });
});

describe("an index that follows the stream", () => {
  test("A search says how far the index is behind", () => {
    expect(seen.updated.behind).toBe(1);
  });

  test("An updated article is found by its new words", () => {
    expect(ids(seen.updated.monorail)).toEqual([seen.updated.id]);
  });

  test("An updated article is not found by its former words", () => {
    expect(seen.updated.quicksilver.total).toBe(2);
  });

  test("A retracted article is hidden before the index knows of it", () => {
    expect(seen.retracted.atOnce.items).toEqual([]);
  });

  test("A retracted article is not found", () => {
    expect(seen.retracted.indexed.total).toBe(0);
  });

  test("An erased article is not found", () => {
    expect(seen.erased.found.total).toBe(0);
  });

  test("The words of an erased article are gone from the index's file", () => {
    expect(seen.erased.isInFile).toBe(false);
  });

  test("The index is built anew after a restore", () => {
    expect(seen.restored.epoch).toBe(1);
  });

  test("A search of all states finds a retracted article", () => {
    expect(seen.restored.retracted).toEqual(["bus"]);
  });

  test("A search of all states finds a copy", () => {
    expect(seen.restored.copied).toEqual(["copy"]);
  });
});

describe("the command line", () => {
  /** How many it found: the last line. One that takes long says more before. */
  const countIn = (end: CliEnd | undefined) => end?.err.trimEnd().split("\n").at(-1);
  let cli: ReturnType<typeof commandsOn>;
  const home = () => join(folder, "home");
  const lockFile = () => join(folder, "held");
  let [first, later, rebuilt, saved]: CliEnd[] = [];
  beforeAll(async () => {
    cli = commandsOn(store, { NEWSGATHER_DATA_DIR: home() });
    first = await cli(["search", "monorail"]);
    await publishArticles(store, "created", [
      makeArticle("ferry", { sourceId: "open", title: "A ferry for Berlin, not a strike" }),
    ]);
    later = await cli(["search", "ferry"]);
    rebuilt = await cli(["search-index", "rebuild"]);
    saved = await cli(["searches", "save", "rails", "mono*"]);
  });

  test("A search builds its index where there is none", () => {
    expect([first?.code, countIn(first)]).toEqual([0, "1 found"]);
  });

  test("A search finds what came after the one before it", () => {
    expect([later?.code, countIn(later)]).toEqual([0, "1 found"]);
  });

  test("A search leaves the index to the process that keeps it", async () => {
    cli = commandsOn(store, { NEWSGATHER_DATA_DIR: lockFile() });
    await cli(["search-index", "update"]);
    const claim = await claimUpkeep({ dataDir: lockFile() });
    await publishArticles(store, "updated", [
      makeArticle("ferry", { sourceId: "open", title: "A steamer for Berlin, not a strike" }),
    ]);
    const kept = await cli(["search", "steamer"]);
    await claim?.release();
    const free = await cli(["search", "steamer"]);
    cli = commandsOn(store, { NEWSGATHER_DATA_DIR: home() });
    expect(countIn(kept)).toBe("0 found; the index is 1 change behind");
    expect(countIn(free)).toBe("1 found");
  });

  test("Rebuilding the index reports how many articles are in it", () => {
    expect(rebuilt?.err).toContain("5 articles in");
  });

  test("A word behind a minus is left out", async () => {
    const found = await cli(["search", "berlin", "-strike", "--sort", "newest"]);
    expect([found?.code, countIn(found)]).toEqual([0, "1 found"]);
  });

  test("A search that finds nothing says what was probably meant", async () => {
    const spelt = await cli(["search", "Monorial"]);
    expect(spelt).toMatchObject({ code: 0, out: "" });
    expect(countIn(spelt)).toBe("0 found; did you mean Monorail?");
    const named = await cli(["search", "germn", "--json"]);
    expect(JSON.parse(named.out)).toMatchObject({
      items: [],
      hints: [{ query: "country:DE", name: "Germany" }],
    });
  });

  test.each([[["*"]], [["🎉"]], [[]]])("A search for nothing is refused: %j", async (words) => {
    const { code, err } = await cli(["search", ...words]);
    expect([code, err]).toEqual([2, expect.stringContaining("nothing to search for")]);
  });

  test("A search prints what it found with its facets", async () => {
    const found = await cli(["search", "monorails", "country:DE", "--facets"]);
    expect([found?.code, countIn(found)]).toEqual([0, "1 found"]);
    expect(found.out).toMatch(/tram .*Monorail for Berlin.*country.*DE 1/s);
  });

  test("A saved search finds what its query finds", async () => {
    expect(saved).toMatchObject({ code: 0 });
    expect((await cli(["search", "--saved", "rails"])).out).toContain("Monorail for Berlin");
  });

  test("A saved search can be run by its name over the API", async () => {
    expect((await app.inject("/v1/search?saved=rails")).json()).toMatchObject({ total: 1 });
  });

  test("The portal's page runs a saved search by its name", async () => {
    const { body } = await app.inject({ url: "/search?saved=rails", headers: BROWSER });
    expect(body).toMatch(/value="mono\*".*<mark>Monorail<\/mark>.*saved=rails">rails/s);
  });

  test("The API lists the saved searches", async () => {
    const list = (await app.inject("/v1/searches")).json<object[]>();
    expect(list).toContainEqual(expect.objectContaining({ name: "rails" }));
  });

  test("A query with a mistake is not saved", async () => {
    expect(await cli(["searches", "save", "bad", "a OR"])).toMatchObject({ code: 2 });
  });

  test("A saved search that was removed is not found any more", async () => {
    await cli(["searches", "save", "short", "mono*"]);
    expect(await cli(["searches", "remove", "short"])).toMatchObject({ code: 0 });
    expect((await app.inject("/v1/search?saved=short")).statusCode).toBe(404);
  });
});

test("A portal whose search is off says so", async () => {
  const off = await makePortal(store);
  const answer = await off.inject("/v1/search?q=x");
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, "search-off"]);
  await off.close();
});
