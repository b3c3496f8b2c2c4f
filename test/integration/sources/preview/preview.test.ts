import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { erase } from "../../../../articles/erasure/erase.ts";
import type { Parser } from "../../../../articles/reading/parser.ts";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { createVisitor, ownPermits } from "../../../../crawler/visit.ts";
import { Source } from "../../../../model/sources/source.ts";
import { loadSources } from "../../../../sources/files/load.ts";
import { replayPreview } from "../../../../sources/preview/replay.ts";
import {
  activate,
  beginPreview,
  type PreviewRequest,
  type PreviewStoreDeps,
  renderPreview,
} from "../../../../sources/preview/run.ts";
import { fixtureOf, getPreview, savePreview } from "../../../../store/sources/previews.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { type LayoutSites, serveLayouts } from "../../../helpers/layouts/sites.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { remainsOf } from "../../../helpers/remains.ts";
import { articlePage } from "../../../helpers/site.ts";

let layouts: LayoutSites;
let http: Http;
let parser: Parser;
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  layouts = await serveLayouts("127.1.8.2");
  const guard = createGuard({ hosts: parseHosts(layouts.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = sharedParser();
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("previews");
});
afterAll(async () => {
  await Promise.all([layouts.close(), http.close(), parser.close(), database.close()]);
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

/** An empty folder of source files. */
const folders: string[] = [];
async function makeSourcesDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sources-"));
  folders.push(folder);
  return folder;
}

const product = "Newsgather";
const now = () => new Date();
const places = { acquirePermit: ownPermits(), product, now, delay: 0 };

async function previewOf(
  request: PreviewRequest,
  render: PreviewStoreDeps["render"] = null,
  extract: Parser["extract"] = (task) => parser.extract(task),
) {
  const visitor = createVisitor({ http, ...places });
  const known = () => Promise.resolve(new Set<string>());
  const parserOf: PreviewStoreDeps["parser"] = {
    discover: (task) => parser.discover(task),
    sitePage: (task) => parser.sitePage(task),
    extract,
  };
  const deps = { visitor, render, parser: parserOf, product, now, known, store, topics: null };
  const { work } = await beginPreview(deps, request, "user oscar");
  return work();
}

const sourceIn = async (sourcesDir: string): Promise<Source> => {
  const { sources, problems } = await loadSources(sourcesDir);
  expect(problems).toEqual([]);
  return sources[0] ?? missing("a source");
};
function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
const oscar = (reason: string) => ({ actor: "user oscar", reason });
const site = () => layouts.sites.find(({ way }) => way === "link tag") ?? missing("a site");

describe("a green preview of a site", () => {
  const activateGreen = async () => {
    await emptyStore(store);
    const sourcesDir = await makeSourcesDir();
    const preview = await previewOf({ home: site().home });
    const activated = await activate({ store, sourcesDir, now, topics: [] }, preview, oscar(""));
    const source = await sourceIn(sourcesDir);
    const record = await getSource(store, source.id);

    const fixture = (await fixtureOf(store, source.id, now())) ?? missing("a fixture");
    const replay = (declared: Source) => replayPreview({ parser, product }, declared, fixture);
    const unchanged = await replay(source);
    const broken = Source.parse({
      ...JSON.parse(JSON.stringify(source)),
      schedule: { every: "1h" },
      pace: {},
      select: [{ title: "p", text: "article p:first-of-type" }],
    });
    const changed = await replay(broken);

    const title = preview.result?.articles[0]?.title ?? "Quarrington";
    const remains = await remainsOf(store, [title]);
    const options = {
      reason: "asked for",
      actor: "cli test",
      dryRun: false,
      now,
      progress: () => {},
    };
    await erase(store, { kind: "person", names: [title] }, options);
    const fixtureAfterErasing = await fixtureOf(store, source.id, now());
    return { preview, activated, record, unchanged, changed, remains, fixtureAfterErasing };
  };
  let green: Awaited<ReturnType<typeof activateGreen>>;
  beforeAll(async () => {
    green = await activateGreen();
  });

  test("It finds every article of the site and reads five of them", () => {
    expect(green.preview).toMatchObject({
      state: "done",
      result: { verdict: "green", problems: [] },
    });
    const { links = [], articles = [] } = green.preview.result ?? {};
    expect(links.filter(({ reason }) => reason === null)).toHaveLength(site().articles.length);
    expect(articles).toHaveLength(5);
  });

  test("It shows by which rule each field was read, and how sure that is", () => {
    const { articles = [] } = green.preview.result ?? {};
    expect(articles[0]?.fields.find(({ name }) => name === "title")).toMatchObject({
      confidence: expect.any(Number) as number,
      rule: expect.stringMatching(/./) as string,
    });
  });

  test("Activating it makes a verified source whose first run is due", () => {
    expect(green.activated).toMatch(/is watched; its file is/);
    expect(green.record).toMatchObject({ active: true, version: 1, verified: true });
    expect(green.record?.nextDueAt).toBeInstanceOf(Date);
  });

  test("Its fixture is read as before while the source stays as it is", () => {
    expect(green.unchanged.differences).toEqual([]);
  });

  test("Its fixture shows what another selector reads otherwise", () => {
    const { differences } = green.changed;
    expect(differences).toHaveLength(10);
    expect(differences.join()).toMatch(/title "The .*" instead of/);
  });

  test("Erasing a person who is in the fixture erases the fixture", () => {
    expect(green.remains).not.toEqual([]);
    expect(green.fixtureAfterErasing).toBeNull();
  });
});

describe("a red preview, of a source that finds no article", () => {
  const activateRed = async () => {
    await emptyStore(store);
    const sourcesDir = await makeSourcesDir();
    const { home } = site();
    const yaml = `id: wrong\nname: Wrong\nhome: ${home}\nlistings: [{ url: ${home}about }]\n`;
    const preview = await previewOf({ yaml });
    const context = { store, sourcesDir, now, topics: [] };
    const problemOf = (error: unknown) => ({ problem: error instanceof Error && error.message });
    const withoutReason = await activate(context, preview, oscar("")).catch(problemOf);
    const filesWithoutReason = await readdir(sourcesDir);
    const reason = "their list opens next week";
    const withReason = await activate(context, preview, oscar(reason));
    const stored = await getPreview(store, preview._id);
    const otherYaml = yaml.replace("Wrong", "Other");
    const why = oscar("its name is wrong");
    const stale = { ...preview, yaml: otherYaml };
    const staleProblem = await activate(context, stale, why).catch(problemOf);
    const unchanged = await getSource(store, "wrong");
    const other = await previewOf({ yaml: otherYaml });
    const noReason = await activate(context, other, oscar("")).catch(problemOf);
    const sameId = await activate(context, other, why);
    const changed = await getSource(store, "wrong");
    return {
      staleProblem,
      unchanged,
      noReason,
      changed,
      preview,
      withoutReason,
      filesWithoutReason,
      reason,
      withReason,
      stored,
      sameId,
    };
  };
  let red: Awaited<ReturnType<typeof activateRed>>;
  beforeAll(async () => {
    red = await activateRed();
  });

  test("It isn't activated without a reason", () => {
    expect(red.preview).toMatchObject({
      state: "done",
      sourceId: "wrong",
      result: { verdict: "red" },
    });
    expect(red.withoutReason).toEqual({
      problem: "The preview is red: give a reason to watch the source anyway.",
    });
    expect(red.filesWithoutReason).toEqual([]);
  });

  test("It is activated with a reason, which is stored with it", () => {
    expect(red.withReason).toMatch(/is watched; its file is/);
    expect(red.stored?.activated).toMatchObject({ actor: "user oscar", reason: red.reason });
  });

  test("Another preview with the same id that was made before the source doesn't change it", () => {
    const problem = "The source has changed since this preview. Preview the source again.";
    expect(red.staleProblem).toEqual({ problem });
    expect(red.unchanged).toMatchObject({ name: "Wrong", version: 1 });
  });

  test("Another preview with the same id that was made of the source changes it, with a reason alone", () => {
    expect(red.noReason).toEqual({ problem: "Give a reason for the change." });
    expect(red.sameId).toMatch(/and its file were changed/);
    expect(red.changed?.name).toBe("Other");
  });
});

describe("a preview of a site that reserves its articles in tdmrep.json", () => {
  const previewReserved = async () => {
    await emptyStore(store);
    const found = layouts.sites.find(({ way }) => way === "usual feed") ?? missing("a site");
    const { home, articles } = found;
    for (const url of articles.slice(1)) {
      const title = `The council opened a hall for all citizens, report ${url.slice(-3)}`;
      const teaser = `<meta name="description" content="${title}, it says.">`;
      const page = articlePage(title, undefined, teaser);
      layouts.put(home, new URL(url).pathname, { type: "text/html", body: page });
    }
    const feeds = `feeds: [${home}feed/]\n`;
    const read = async (rights = "") => {
      const preview = await previewOf({
        yaml: `id: held\nname: Held\nhome: ${home}\n${feeds}${rights}`,
      });
      const texts = preview.result?.articles.flatMap(({ fields }) =>
        fields.filter(({ name }) => name === "text"),
      );
      const problems = preview.result?.problems.map(({ text }) => text);
      const longest = Math.max(...(texts ?? []).map(({ value }) => value.length));
      return { ...preview, problems, longest };
    };
    const free = await read();
    const body = JSON.stringify([{ location: "/", "tdm-reservation": 1 }]);
    layouts.put(home, "/.well-known/tdmrep.json", { type: "application/json", body });
    const reserved = await read();
    const source = Source.parse({ id: "held", name: "Held", home, feeds: [`${home}feed/`] });
    const replayed = await replayPreview({ parser, product }, source, reserved);
    const agreed = await read(
      "rights: { consent: { to: [tdm], reason: their letter of 3 May } }\n",
    );
    return { free, reserved, replayed, agreed };
  };
  let tdm: Awaited<ReturnType<typeof previewReserved>>;
  beforeAll(async () => {
    tdm = await previewReserved();
  });

  test("It says which pages are reserved, and which of them have no teaser", () => {
    expect(tdm.free.problems).toEqual([]);
    expect(tdm.reserved.problems).toEqual([
      "pages that are no article (1 of 5): the publisher reserves the use of this page (noindex, noarchive, or text and data mining) (the publisher reserves text and data mining, and provides no teaser)",
      "articles are reserved (tdm): only the teaser is stored",
    ]);
  });

  test("It shows the teaser in place of the text", () => {
    expect(tdm.reserved.longest).toBeLessThan(tdm.free.longest);
  });

  test("Its pages are stored without their bodies", () => {
    const { pages } = tdm.reserved;
    expect(pages.map(({ body, withheld }) => [body, withheld])).toEqual(
      pages.map(() => [null, "tdm"]),
    );
  });

  test("Its fixture is read as before without the bodies", () => {
    expect(tdm.replayed.differences).toEqual([]);
  });

  test("The publisher's consent lifts the reservation", () => {
    expect(tdm.agreed.problems).toEqual([]);
    expect(tdm.agreed.longest).toBe(tdm.free.longest);
  });
});

test("A page whose markup reserves it is stored without its body, and its fixture is read as before", async () => {
  await emptyStore(store);
  const found = layouts.sites.find(({ way }) => way === "feed page") ?? missing("a site");
  const { home, articles } = found;
  const reservations = ['name="robots" content="noarchive"', 'name="tdm-reservation" content="1"'];
  for (const [index, reservation] of reservations.entries()) {
    const title = `The council reserved hall ${index} for all citizens of the town`;
    const head = `<meta name="description" content="${title}, it says."><meta ${reservation}>`;
    const body = articlePage(title, undefined, head);
    layouts.put(home, new URL(articles[index] ?? "").pathname, { type: "text/html", body });
  }
  const feed = `${home}export/news.rss`;
  const yaml = `id: marked\nname: Marked\nhome: ${home}\nfeeds: [${feed}]\n`;
  const preview = await previewOf({ yaml });
  const stored = (await getPreview(store, preview._id))?.pages ?? [];
  expect(stored.map(({ url, body, withheld }) => [url, body !== null, withheld])).toEqual([
    [feed, true, undefined],
    [articles[0], false, "noarchive"],
    [articles[1], false, "tdm"],
    ...articles.slice(2, 5).map((url) => [url, true, undefined]),
  ]);
  const source = Source.parse({ id: "marked", name: "Marked", home, feeds: [feed] });
  expect((await replayPreview({ parser, product }, source, preview)).differences).toEqual([]);
});

test("A page that can't be extracted is stored without its body, and its fixture is read as before", async () => {
  await emptyStore(store);
  const { home, articles } =
    layouts.sites.find(({ way }) => way === "feed page") ?? missing("site");
  const extract: Parser["extract"] = (task) =>
    task.url === articles[0] ? Promise.reject(new Error("timed out")) : parser.extract(task);
  const feed = `${home}export/news.rss`;
  const yaml = `id: slow\nname: Slow\nhome: ${home}\nfeeds: [${feed}]\n`;
  const preview = await previewOf({ yaml }, null, extract);
  expect(preview.result?.articles[0]?.why).toBe("timed out");
  const stored = (await getPreview(store, preview._id))?.pages ?? [];
  expect(stored.find(({ url }) => url === articles[0])?.body).toBeNull();
  const source = Source.parse({ id: "slow", name: "Slow", home, feeds: [feed] });
  expect((await replayPreview({ parser, product }, source, preview)).differences).toEqual([]);
});

test("A mistake in a declaration is reported with its line and column", async () => {
  const bad = await previewOf({ yaml: "id: bad\nname: Bad\nfeeds: [nowhere]\n" });
  expect(bad).toMatchObject({
    state: "failed",
    step: expect.stringMatching(/bad.yaml:3:9: feeds.0: write an absolute/) as string,
  });
});

test("The preview of a site that can't be reached fails", async () => {
  const away = await previewOf({ home: site().home.replace("http://", "http://no.") });
  expect(away).toMatchObject({ state: "failed" });
  expect(await getPreview(store, away._id)).toMatchObject({ state: "failed", step: away.step });
});

/** A preview that has begun and whose pages need the browser, and what a worker has for it. */
async function beginRendered() {
  await emptyStore(store);
  const visitor = createVisitor({ http, ...places });
  const known = () => Promise.resolve(new Set<string>());
  const deps = { visitor, parser, product, now, known, store, topics: null };
  const { home } = site();
  const yaml = `id: late\nname: Late\nhome: ${home}\nrender: browser\nlistings: [{ url: ${home} }]\n`;
  const { id } = await beginPreview({ ...deps, render: null }, { yaml }, "user oscar");
  const begun = (await getPreview(store, id)) ?? missing("a preview");
  return { deps, visitor, id, begun };
}

test("A preview that a worker breaks off when it stops is left to another worker", async () => {
  const { deps, visitor, id } = await beginRendered();
  const closing = new AbortController();
  const broken: typeof visitor.visit = () => {
    closing.abort();
    return Promise.resolve({ hops: [], failed: { cause: "browser", detail: "it was closed" } });
  };
  await renderPreview({ ...deps, render: { ...visitor, visit: broken } }, id, closing.signal);
  expect(await getPreview(store, id)).toMatchObject({ state: "working", result: null });
  await renderPreview({ ...deps, render: visitor }, id);
  expect(await getPreview(store, id)).toMatchObject({ state: "done" });
});

test("A preview that ended while a worker still rendered it stays as it ended", async () => {
  const { deps, visitor, id, begun } = await beginRendered();
  const activated = { at: new Date("2026-11-28T12:00:00Z"), actor: "user oscar", reason: "soon" };
  const slow: typeof visitor.visit = async (...page) => {
    await savePreview(store, { ...begun, state: "done", activated, expiresAt: null });
    return visitor.visit(...page);
  };
  await renderPreview({ ...deps, render: { ...visitor, visit: slow } }, id);
  expect(await getPreview(store, id)).toMatchObject({ state: "done", activated, expiresAt: null });
});
