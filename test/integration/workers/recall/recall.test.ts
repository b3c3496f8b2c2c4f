import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { createGuard } from "../../../../fetch/guard.ts";
import { parseHosts } from "../../../../fetch/hosts-file.ts";
import { createHttp, type Http } from "../../../../fetch/http.ts";
import { Source } from "../../../../model/source.ts";
import { getRecall } from "../../../../store/recalls.ts";
import { recordOf } from "../../../../store/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { createParser, type Parser } from "../../../../workers/extract/parser.ts";
import { createVisitor, ownPlaces } from "../../../../workers/reach/visit.ts";
import { measureRecall } from "../../../../workers/recall/recall.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { startWorld, type World } from "../../../world/world.ts";

const DAYS = 90;

let world: World;
let http: Http;
let parser: Parser;
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  world = await startWorld({ port: 0 });
  const guard = createGuard({ hosts: parseHosts(world.hosts), allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = createParser(1, []);
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("recall");
});
afterAll(() => Promise.all([world.close(), http.close(), parser.close(), database.close()]));

test("on the sample world the figure is the truth's, and each article that was missed has its reason", async () => {
  const product = "Newsgather";
  const now = () => new Date();
  const visitor = createVisitor({ http, takePlace: ownPlaces(), product, now, delay: 0 });
  const known = () => Promise.resolve(new Set<string>());
  const deps = { visitor, parser, store, product, now, known, progress: () => {} };
  for (const id of ["civic-wire", "rathaus-digital"]) {
    const yaml = world.sources.find((source) => source.id === id)?.yaml ?? "";
    const source = recordOf(Source.parse(parse(yaml)));
    const truth = world.truth.articles.filter(
      ({ sourceId, publishedAt }) =>
        sourceId === id &&
        publishedAt &&
        now().getTime() - new Date(publishedAt).getTime() < DAYS * 86_400_000,
    );
    // Everything is stored but three: one was given up, one waits, one was never found.
    const single = truth.filter(({ variants }) => variants.length === 0);
    const [dead, due, unknown] = single;
    const stored = truth.filter((one) => one !== dead && one !== due && one !== unknown);
    if (!dead || !due || !unknown) throw new Error(`too few articles of ${id}`);
    const done = { state: "done", dueAt: null, sourceId: id } as const;
    const links = [
      ...world.truth.expectSkipped.map(({ url, reason }) =>
        makeLink(urlKey(url), { state: "skipped", dueAt: null, reason, sourceId: id }),
      ),
      ...stored.flatMap(({ url, variants }) =>
        [url, ...variants].map((one) => makeLink(urlKey(one), { ...done, articleId: urlKey(url) })),
      ),
      makeLink(urlKey(dead.url), { state: "dead", dueAt: null, reason: "timeout", attempts: 5 }),
      makeLink(urlKey(due.url), {}),
    ];
    await store.collections.links.deleteMany({});
    const different = new Map(links.map((link) => [link._id, link]));
    await store.collections.links.insertMany([...different.values()]);
    const recall = await measureRecall(deps, source, DAYS);
    const missed = new Map(recall.missed.map(({ url, why }) => [urlKey(url), why]));
    expect(missed.get(urlKey(dead.url))).toBe("given up after 5 tries: timeout");
    expect(missed.get(urlKey(due.url))).toBe("waits to be fetched");
    expect(missed.get(urlKey(unknown.url))).toMatch(/names it/);
    expect(recall.stored).toBe(stored.length);
    const strange = recall.missed.filter(
      ({ url }) => !truth.some((one) => urlKey(one.url) === urlKey(url)),
    );
    expect(strange.map(({ url, why }) => `${url} ${why}`)).toEqual([]);
    expect(await getRecall(store, id)).toMatchObject({
      stored: stored.length,
      published: stored.length + 3,
    });
  }
});
