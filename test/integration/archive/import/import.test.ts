import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { summarizeReport } from "../../../../archive/import/commit.ts";
import { type Found, importArchive } from "../../../../archive/import/import.ts";
import { exportArchive } from "../../../../archive/warc/export.ts";
import { readFiles } from "../../../../archive/warc/responses.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { SourceRecord } from "../../../../model/sources/source.ts";
import { addTombstones } from "../../../../store/articles/articles.ts";
import { getHost } from "../../../../store/crawl/hosts.ts";
import type { Store } from "../../../../store/store.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { cliOn } from "../../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { isVerify } from "../../../helpers/size.ts";

/** Made by another writer: see make.py beside it. */
const TOWN = new URL("../../../fixtures/warc/town.warc.gz", import.meta.url).pathname;
const at = (path: string) => `https://town.example${path}`;

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "newsgather-import-"));
const parser = sharedParser();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

async function importInto(store: Store, files: string[], source: SourceRecord | null = null) {
  return importAll(
    store,
    readFiles(files, () => {}),
    source,
  );
}

async function importAll(
  store: Store,
  found: Parameters<typeof importArchive>[1],
  source: SourceRecord | null = null,
) {
  const now = () => new Date();
  const deps = {
    store,
    parser,
    product: "Newsgather",
    random: () => 0.5,
    hosts: { get: (id: string) => getHost(store, id), forget: () => {} },
    boilerplate: { get: () => Promise.resolve([]), forget: () => {} },
    options: { timezone: "UTC", now },
  };
  const sources = await store.collections.sources.find().toArray();
  let report: ReturnType<typeof summarizeReport> | undefined;
  for await (const one of importArchive(deps, found, { sources, onlySource: source }))
    report = summarizeReport(one);
  return report;
}

/** What an import leaves, but when it was done and what an export doesn't tell. */
async function contentsOf({ collections }: Store) {
  const { captures, bodies, articles, revisions, links, aliases } = collections;
  const all = [captures, bodies, articles, revisions, links, aliases];
  const found = await Promise.all(all.map((one) => one.find({}).sort({ _id: 1 }).toArray()));
  // A reserved page is kept by its teaser alone, so it can't be handed on to be read again.
  const reserved = urlKey(at("/news/bank"));
  const isReserved = (one: object) =>
    ["_id", "articleId", "linkId"].some((key) => Reflect.get(one, key) === reserved);
  const allowed = found.map((some) => some.filter((one) => !isReserved(one)));
  const times = ["storedAt", "at", "pendingAt", "servedAt", "servedAfter"];
  const untold = [...times, "requestHeaders", "transfer-encoding", "content-length"];
  const text = JSON.stringify(allowed, (key, value) => (untold.includes(key) ? undefined : value));
  return JSON.parse(text) as unknown;
}

describe("an archive that another program wrote", () => {
  /** It is imported twice, then exported and imported into another store. */
  const importAndExport = async () => {
    const [store, elsewhere] = await Promise.all([database.open("town"), database.open("to")]);
    for (const { collections } of [store, elsewhere]) {
      await collections.sources.insertOne(makeSource("town"));
    }
    const { captures, articles, revisions, links } = store.collections;
    const report = await importInto(store, [TOWN]);
    const id = urlKey(at("/news/bridge"));
    const bank = urlKey(at("/news/bank"));
    const read = {
      article: await articles.findOne({ _id: id }),
      revisions: await revisions.countDocuments({ articleId: id }),
      captures: await captures.find({ linkId: id }).sort({ fetchedAt: 1 }).toArray(),
      link: await links.findOne({ _id: id }),
      reservedCapture: (await captures.find({ linkId: bank }).toArray())[0],
      reservedArticle: await articles.findOne({ _id: bank }),
      robots: await captures.countDocuments({ kind: "robots", sourceId: "" }),
    };
    const contents = await contentsOf(store);

    const file = join(folder, "ours.warc.gz");
    const all = {
      sources: null,
      since: new Date(0),
      until: new Date("2100-01-01"),
      purpose: "analysis",
    } as const;
    await exportArchive(store, all, { format: "warc", file, onCapture() {} });
    const reportElsewhere = await importInto(elsewhere, [file]);
    const contentsElsewhere = await contentsOf(elsewhere);

    const reportOfSecond = await importInto(store, [TOWN]);
    const contentsAfterSecond = await contentsOf(store);
    return {
      report,
      ...read,
      contents,
      reportElsewhere,
      contentsElsewhere,
      reportOfSecond,
      contentsAfterSecond,
    };
  };
  let town: Awaited<ReturnType<typeof importAndExport>>;
  beforeAll(async () => {
    town = await importAndExport();
  });

  test("The report counts what was stored, known and left out", () => {
    expect(town.report).toMatchObject({
      responses: 12,
      captures: { stored: 8, known: 0 },
      articles: { new: 3, copy: 0, updated: 1, unchanged: 1, duplicate: 0 },
      without: { gone: 1 },
      // Its robots.txt stands in the archive, before the page that it forbids.
      left: { robots: 1, "unsupported-type": 1, "no-source": 1 },
      hosts: { "elsewhere.example": 1 },
      revisits: { resolved: 1, unresolved: 1 },
      broken: { count: 0, places: [] },
    });
  });

  test("Its pages become articles with the times of the archive", () => {
    expect(town.article).toMatchObject({
      title: "Iron bridge opens again",
      url: at("/news/bridge"),
      sourceId: "town",
      revision: 2,
      firstSeenAt: new Date("2026-03-02T09:01:00Z"),
      lastSeenAt: new Date("2026-03-03T09:00:00Z"),
      publishedAt: new Date("2026-03-02T08:00:00Z"),
    });
    expect(town.article?.text).toContain("fourteen months");
    expect(town.revisions).toBe(2);
  });

  test("Each response of a page is a capture, and a repeated one shares the body", () => {
    expect(town.captures.map(({ status, address }) => [status, address])).toEqual([
      [200, "192.0.2.9"],
      [200, null],
      [200, "192.0.2.9"],
    ]);
    expect(town.captures[1]?.bodyId).toBe(town.captures[0]?.bodyId);
  });

  test("An archived page isn't fetched again", () => {
    const id = urlKey(at("/news/bridge"));
    expect(town.link).toMatchObject({
      state: "done",
      dueAt: null,
      nextFetchAt: null,
      articleId: id,
    });
  });

  test("What its publisher reserves is kept by its teaser alone", () => {
    expect(town.reservedCapture).toMatchObject({ withheld: "noarchive", bodyId: null });
    expect(town.reservedArticle?.text).not.toContain("nine kilometres");
  });

  test("Its robots.txt is stored as a capture of no source", () => {
    expect(town.robots).toBe(1);
  });

  test("A second import changes nothing", () => {
    expect(town.reportOfSecond).toMatchObject({
      captures: { stored: 0, known: 8 },
      articles: { new: 0, updated: 0 },
    });
    expect(town.contentsAfterSecond).toEqual(town.contents);
  });

  test("Our export of it, imported elsewhere, gives the same captures, bodies and articles", () => {
    expect(town.reportElsewhere).toMatchObject({
      captures: { stored: 8 },
      revisits: { unresolved: 0 },
    });
    expect(town.contentsElsewhere).toEqual(town.contents);
  });
});

describe("an import for a named source", () => {
  const importNamed = async () => {
    const store = await database.open("named");
    const anywhere = makeSource("anywhere");
    await store.collections.sources.insertOne(anywhere);
    const tombstone = {
      kind: "erased",
      at: new Date(),
      reason: "a request",
      actor: "test",
    } as const;
    await addTombstones(store, [{ _id: urlKey(at("/news/bridge")), ...tombstone }]);
    const report = await importInto(store, [TOWN], anywhere);
    const { captures, articles } = store.collections;
    const elsewhere = urlKey("https://elsewhere.example/news/telescopes");
    return {
      report,
      erased: await captures.countDocuments({ linkId: urlKey(at("/news/bridge")) }),
      elsewhere: await articles.findOne({ _id: elsewhere }),
    };
  };
  let source: Awaited<ReturnType<typeof importNamed>>;
  beforeAll(async () => {
    source = await importNamed();
  });

  test("Pages of every host become articles of that source", () => {
    expect(source.report).toMatchObject({ articles: { new: 2, copy: 1 }, hosts: {} });
    expect(source.elsewhere).toMatchObject({ sourceId: "anywhere" });
  });

  test("An erased page isn't imported", () => {
    expect(source.report).toMatchObject({ left: { erased: 3 } });
    expect(source.erased).toBe(0);
  });
});

// A process with parsers on all cores: seconds of work for a loop of a few lines.
test.runIf(isVerify)("The command reports what it did and where the file is broken", async () => {
  const store = await database.open("command");
  await store.collections.sources.insertOne(makeSource("town"));
  const file = join(folder, "broken.warc.gz");
  const bytes = readFileSync(TOWN);
  writeFileSync(file, bytes.subarray(0, bytes.length - 300));
  const { code, out } = await cliOn(store)(["import", file, "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    captures: { stored: 8 },
    broken: {
      count: 1,
      places: [{ file, offset: expect.any(Number), why: "the file ends inside this record" }],
    },
  });
  expect(await store.collections.audit.findOne({ action: "archive.import" })).toMatchObject({
    detail: "8 captures, 3 articles",
  });
});

test("Young articles that are new by an archive count as announced, by that witness", async () => {
  const store = await database.open("witness");
  await store.collections.sources.insertOne(makeSource("town"));
  const now = new Date();
  const pageOf = (title: string, publishedAt: Date): Found => {
    const head = `<meta property="article:published_time" content="${publishedAt.toISOString()}">`;
    const payload = Buffer.from(articlePage(title, textOf(title), head));
    const headers = { "content-type": "text/html; charset=utf-8" };
    const nothing = { requestHeaders: {}, address: null, digest: null, repeats: null };
    const as = { status: 200, truncated: false, rendered: false, metadata: null };
    return {
      ...nothing,
      ...as,
      offset: 0,
      url: at(`/news/${title}`),
      fetchedAt: now,
      headers,
      payload,
    };
  };
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  async function* archive() {
    yield { file: "news.warc", found: pageOf("young", before(2)) };
    yield { file: "news.warc", found: pageOf("old", before(60)) };
  }
  await importAll(store, archive());
  const links = await store.collections.links.find().toArray();
  const witnesses = new Map(links.map(({ _id, witness }) => [_id, witness]));
  expect(witnesses.get(urlKey(at("/news/young")))).toEqual({
    name: "an imported archive",
    isCounted: false,
  });
  expect(witnesses.get(urlKey(at("/news/old")))).toBeUndefined();
});

describe("an article of three pages, whose second page is in an earlier archive than the others", () => {
  const url = (number: number) => at(number === 1 ? "/news/winter" : `/news/winter?page=${number}`);
  const text = (number: number) => textOf(`winter ${number}`);
  const page = (number: number): Found => {
    const links = [1, 2, 3].map((n) => (n === number ? n : `<a href="${url(n)}">${n}</a>`));
    const next = number < 3 ? `<link rel="next" href="${url(number + 1)}">` : "";
    const html = articlePage("A winter in town", text(number), next).replace(
      "</article>",
      `<p class="pages">${links.join(" ")}</p></article>`,
    );
    return {
      offset: number,
      url: url(number),
      fetchedAt: new Date(Date.UTC(2026, 2, 2, 9, number)),
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      requestHeaders: {},
      address: null,
      payload: Buffer.from(html),
      truncated: false,
      digest: null,
      repeats: null,
      rendered: false,
      metadata: null,
    };
  };
  async function* archive(...numbers: number[]) {
    for (const number of numbers) yield { file: "winter.warc", found: page(number) };
  }
  const importPages = async () => {
    const store = await database.open("pages");
    await store.collections.sources.insertOne(makeSource("town"));
    const { articles, links, captures } = store.collections;
    const second = await importAll(store, archive(2));
    const others = await importAll(store, archive(1, 3));
    const joined = {
      articles: await articles.find().toArray(),
      captures: await captures.countDocuments(),
      links: await Promise.all([2, 3].map((n) => links.findOne({ _id: urlKey(url(n)) }))),
    };
    const again = await importAll(store, archive(1, 2, 3));
    return { second, others, joined, again, after: await articles.findOne({ _id: id }) };
  };
  const id = urlKey(url(1));
  let winter: Awaited<ReturnType<typeof importPages>>;
  beforeAll(async () => {
    winter = await importPages();
  });

  test("The second page alone is no article", () => {
    expect(winter.second).toMatchObject({ articles: { new: 0, duplicate: 1 } });
  });

  test("The first page makes one article with the text of all", () => {
    expect(winter.others).toMatchObject({ articles: { new: 1, duplicate: 1 } });
    expect(winter.joined.articles.map(({ _id, text: read }) => [_id, read])).toEqual([
      [id, [1, 2, 3].map(text).join("\n\n")],
    ]);
    expect(winter.joined.captures).toBe(3);
  });

  test("The links of the further pages lead to the article and aren't fetched again", () => {
    expect(winter.joined.links).toMatchObject(
      [2, 3].map((number) => {
        const articlePageOf = { linkId: id, number };
        return { state: "done", articleId: id, articlePageOf, nextFetchAt: null };
      }),
    );
  });

  test("A second import changes nothing", () => {
    expect(winter.again).toMatchObject({
      captures: { stored: 0, known: 3 },
      articles: { new: 0, updated: 0 },
    });
    expect(winter.after?.revision).toBe(winter.joined.articles[0]?.revision);
  });
});
