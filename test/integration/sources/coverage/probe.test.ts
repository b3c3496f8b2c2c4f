import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { entryPoints } from "../../../../crawler/links/entry-points.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { createVisitor, ownPermits } from "../../../../crawler/visit.ts";
import { SITES } from "../../../../demo/data.ts";
import { startWorld, type World } from "../../../../demo/world.ts";
import { DAY_MS } from "../../../../lib/time.ts";
import { newCoverage } from "../../../../model/sources/coverage.ts";
import { Source } from "../../../../model/sources/source.ts";
import { mergeChannels, probeSite } from "../../../../sources/coverage/probe.ts";
import { recordOf } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { sharedParser } from "../../../helpers/parser.ts";

let world: World;
let http: Http;
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  world = await startWorld({ port: 0 });
  const guard = createGuard({ hosts: parseHosts(world.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("probe");
});
afterAll(() => Promise.all([world.close(), http.close(), database.close()]));

/** Stores what a source of the sample world announced, without `hidden`, and asks its site what else it names. */
async function probe(id: string, hidden: (url: string) => boolean) {
  const [product, now] = ["Newsgather", () => new Date()];
  const visitor = createVisitor({ http, acquirePermit: ownPermits(), product, now, delay: 0 });
  const seen: string[] = [];
  const progress = (url: string) => void seen.push(url);
  const known = () => Promise.resolve(new Set<string>());
  const parser = sharedParser();
  const yaml = world.sources.find((source) => source.id === id)?.yaml ?? "";
  const source = { ...recordOf(Source.parse(parse(yaml))), lastSuccessAt: now() };
  const own = world.truth.articles.filter(({ sourceId }) => sourceId === id);
  const decoys = SITES.flatMap((site) =>
    site.decoys.map(({ host = site.host, path }) => `http://${host}:${world.port}${path}`),
  );
  const done = { state: "done", dueAt: null, sourceId: id } as const;
  const links = [
    ...decoys.map((url) => makeLink(urlKey(url), { state: "skipped", dueAt: null, sourceId: id })),
    ...own.flatMap(({ url, variants }) =>
      [url, ...variants].map((one) => makeLink(urlKey(one), { ...done, articleId: urlKey(url) })),
    ),
  ].filter(({ _id }) => !own.some(({ url }) => urlKey(url) === _id && hidden(url)));
  const { links: collection, coverage } = store.collections;
  await Promise.all([collection.deleteMany({}), coverage.deleteMany({})]);
  await collection.insertMany([...new Map(links.map((link) => [link._id, link])).values()]);
  const since = new Date(now().getTime() - 90 * DAY_MS);
  const objective = { share: 0.99, within: 0 };
  await coverage.insertOne(newCoverage(id, { since, nextProbeAt: since, objective, now: since }));
  const deps = { visitor, parser, store, product, now, known, progress };
  const found = await probeSite(deps, source);
  const witnessed = await collection.find({ witness: { $exists: true } }).toArray();
  return {
    own,
    source,
    seen,
    gaps: found?.gaps ?? [],
    channels: found?.probe?.channels,
    witnessed,
  };
}

describe.each(["civic-wire", "rathaus-digital"])("A probe of %s in the sample world", (id) => {
  test("It finds nothing missing where everything is on the portal", async () => {
    const { gaps } = await probe(id, () => false);
    expect(gaps).toEqual([]);
  });

  test("It reads no entry point of the source again", async () => {
    const { seen, source } = await probe(id, () => false);
    expect(seen).not.toEqual([]);
    const own = new Set(entryPoints(source).map(({ url }) => urlKey(url)));
    expect(seen.filter((url) => own.has(urlKey(url)))).toEqual([]);
  });

  test("Whatever it finds missing or follows is an article of the source that nobody announced", async () => {
    const { own, gaps, witnessed } = await probe(id, () => true);
    const articles = new Set(own.map(({ url }) => urlKey(url)));
    expect(gaps.filter(({ key }) => !articles.has(key)).map(({ url }) => url)).toEqual([]);
    expect(gaps.length + witnessed.length).toBeGreaterThan(0);
    expect(witnessed.length).toBeLessThanOrEqual(10);
  });
});

test("an article that a list names without a date has the date of a feed that names it too", () => {
  const article = { key: "a", url: "https://city.example/a", title: null, publishedAt: null };
  const dated = { ...article, title: "A", publishedAt: new Date("2026-11-25") };
  const channels = [
    { url: "list", articles: [article] },
    { url: "feed", articles: [dated] },
  ];
  expect(mergeChannels(channels)).toEqual([{ ...dated, namedBy: ["list", "feed"] }]);
});
