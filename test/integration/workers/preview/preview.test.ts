import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadSources } from "../../../../config/sources.ts";
import { createGuard } from "../../../../fetch/guard.ts";
import { parseHosts } from "../../../../fetch/hosts-file.ts";
import { createHttp, type Http } from "../../../../fetch/http.ts";
import { Source } from "../../../../model/source.ts";
import { fixtureOf, getPreview } from "../../../../store/previews.ts";
import { getSource } from "../../../../store/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { erase } from "../../../../workers/erase/erase.ts";
import { createParser, type Parser } from "../../../../workers/extract/parser.ts";
import { activate } from "../../../../workers/preview/activate.ts";
import { replayPreview } from "../../../../workers/preview/replay.ts";
import { type Asked, beginPreview } from "../../../../workers/preview/run.ts";
import { createVisitor, ownPlaces } from "../../../../workers/reach/visit.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { type LayoutSites, serveLayouts } from "../../../helpers/layouts/sites.ts";
import { remainsOf } from "../../../helpers/remains.ts";
import { articlePage } from "../../../helpers/site.ts";

let layouts: LayoutSites;
let http: Http;
let parser: Parser;
let database: TestDatabase;
let store: Store;
let sourcesDir: string;
beforeAll(async () => {
  layouts = await serveLayouts("127.1.8.2");
  const guard = createGuard({ hosts: parseHosts(layouts.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = createParser(1, []);
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("previews");
});
beforeEach(async () => {
  await emptyStore(store);
  sourcesDir = await mkdtemp(join(tmpdir(), "sources-"));
  return () => rm(sourcesDir, { recursive: true });
});
afterAll(() => Promise.all([layouts.close(), http.close(), parser.close(), database.close()]));

const product = "Newsgather";
const now = () => new Date();
const places = { takePlace: ownPlaces(), product, now, delay: 0 };

async function previewOf(asked: Asked) {
  const visitor = createVisitor({ http, ...places });
  const known = () => Promise.resolve(new Set<string>());
  const deps = { visitor, parser, product, now, known, store, topics: null };
  const { work } = await beginPreview(deps, asked, "user oscar");
  return work();
}

const sourceOf = async (): Promise<Source> => {
  const { sources, problems } = await loadSources(sourcesDir);
  expect(problems).toEqual([]);
  return sources[0] ?? missing("a source");
};
function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
const oscar = (reason: string) => ({ by: "user oscar", reason });
const site = () => layouts.sites.find(({ way }) => way === "link tag") ?? missing("a site");

test("a site becomes a source by a green preview, which is its fixture and finds what reads otherwise", async () => {
  const preview = await previewOf({ home: site().home });
  expect(preview).toMatchObject({ state: "done", result: { verdict: "green", problems: [] } });
  const { links = [], articles = [] } = preview.result ?? {};
  expect(links.filter(({ reason }) => reason === null)).toHaveLength(site().articles.length);
  expect(articles).toHaveLength(5);
  expect(articles[0]?.fields.find(({ name }) => name === "title")).toMatchObject({
    confidence: expect.any(Number) as number,
    rule: expect.stringMatching(/./) as string,
  });

  const done = await activate({ store, sourcesDir, now }, preview, oscar(""));
  expect(done).toHaveProperty("done");
  const source = await sourceOf();
  expect(await getSource(store, source.id)).toMatchObject({
    active: true,
    version: 1,
    verified: true,
  });
  expect((await getSource(store, source.id))?.nextDueAt).toBeInstanceOf(Date);

  const fixture = (await fixtureOf(store, source.id, now())) ?? missing("a fixture");
  const replay = (declared: Source) => replayPreview({ parser, product }, declared, fixture);
  expect((await replay(source)).differences).toEqual([]);
  const broken = Source.parse({
    ...JSON.parse(JSON.stringify(source)),
    schedule: { every: "1h" },
    pace: {},
    select: [{ title: "p", text: "article p:first-of-type" }],
  });
  const { differences } = await replay(broken);
  expect(differences).toHaveLength(10);
  expect(differences.join()).toMatch(/title "The .*" instead of/);

  const word = "Quarrington";
  expect(await remainsOf(store, [articles[0]?.title ?? word])).not.toEqual([]);
  const options = { reason: "asked for", by: "cli test", dryRun: false, now, progress: () => {} };
  await erase(store, { kind: "person", names: [articles[0]?.title ?? word] }, options);
  expect(await fixtureOf(store, source.id, now())).toBeNull();
});

test("a source that brings nothing is red and is activated with a written reason alone", async () => {
  const { home } = site();
  const yaml = `id: wrong\nname: Wrong\nhome: ${home}\nlistings: [{ url: ${home}about }]\n`;
  const preview = await previewOf({ yaml });
  expect(preview).toMatchObject({ state: "done", sourceId: "wrong", result: { verdict: "red" } });
  const context = { store, sourcesDir, now };
  expect(await activate(context, preview, oscar(""))).toEqual({
    problem: "the preview is red: say why the source is wanted all the same",
  });
  expect(await readdir(sourcesDir)).toEqual([]);
  expect(await activate(context, preview, oscar("their list opens next week"))).toHaveProperty(
    "done",
  );
  expect((await getPreview(store, preview._id))?.activated).toMatchObject({
    by: "user oscar",
    reason: "their list opens next week",
  });
  const other = { ...preview, yaml: yaml.replace("Wrong", "Other") };
  expect(await activate(context, other, oscar("again"))).toMatchObject({
    problem: expect.stringMatching(/there already/) as string,
  });
});

test("what tdmrep.json reserves is shown as its teaser alone, kept without a body, and told", async () => {
  const found = layouts.sites.find(({ way }) => way === "usual feed") ?? missing("a site");
  const { home, articles } = found;
  for (const url of articles.slice(1)) {
    const title = `The council opened a hall for all citizens, report ${url.slice(-3)}`;
    const page = articlePage(
      title,
      undefined,
      `<meta name="description" content="${title}, it says.">`,
    );
    layouts.put(home, new URL(url).pathname, { type: "text/html", body: page });
  }
  const body = JSON.stringify([{ location: "/", "tdm-reservation": 1 }]);
  const read = async (given = "") => {
    const preview = await previewOf({
      yaml: `id: held\nname: Held\nhome: ${home}\n${feeds}${given}`,
    });
    const texts = preview.result?.articles.flatMap(({ fields }) =>
      fields.filter(({ name }) => name === "text"),
    );
    return { ...preview, longest: Math.max(...(texts ?? []).map(({ value }) => value.length)) };
  };
  const feeds = `feeds: [${home}feed/]\n`;
  const free = await read();
  expect(free.result?.problems).toEqual([]);
  layouts.put(home, "/.well-known/tdmrep.json", { type: "application/json", body });
  const held = await read();
  expect(held.result?.problems.map(({ text }) => text)).toEqual([
    "1 of 5 pages are no article: the publisher reserved this page (noindex, noarchive or TDM) (tdm, and the publisher gives no teaser)",
    "articles are reserved (tdm): the teaser alone is kept",
  ]);
  expect(held.longest).toBeLessThan(free.longest);
  expect(held.pages.map(({ body: kept, withheld }) => [kept, withheld])).toEqual(
    held.pages.map(() => [null, "tdm"]),
  );
  const source = Source.parse({ id: "held", name: "Held", home, feeds: [`${home}feed/`] });
  expect((await replayPreview({ parser, product }, source, held)).differences).toEqual([]);
  const agreed = await read("rights: { consent: { to: [tdm], reason: their letter of 3 May } }\n");
  expect(agreed.result?.problems).toEqual([]);
  expect(agreed.longest).toBe(free.longest);
});

test("mistakes of a declaration and a site that can't be read are said", async () => {
  const bad = await previewOf({ yaml: "id: bad\nname: Bad\nfeeds: [nowhere]\n" });
  expect(bad).toMatchObject({
    state: "failed",
    step: expect.stringMatching(/bad.yaml:3:9: feeds.0: write an absolute/) as string,
  });
  const away = await previewOf({ home: site().home.replace("http://", "http://no.") });
  expect(away).toMatchObject({ state: "failed" });
  expect(await getPreview(store, away._id)).toMatchObject({ state: "failed", step: away.step });
});
