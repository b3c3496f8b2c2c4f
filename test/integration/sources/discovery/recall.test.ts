import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Parser } from "../../../../articles/reading/parser.ts";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { parseHosts } from "../../../../crawler/egress/hosts-file.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { urlKey } from "../../../../crawler/links/canonical-url.ts";
import { createVisitor, ownPermits } from "../../../../crawler/visit.ts";
import { startWorld, type World } from "../../../../demo/world.ts";
import { Source } from "../../../../model/sources/source.ts";
import { measureRecall } from "../../../../sources/discovery/recall.ts";
import { getRecall } from "../../../../store/sources/recalls.ts";
import { recordOf } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { sharedParser } from "../../../helpers/parser.ts";

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
  parser = sharedParser();
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("recall");
});
afterAll(() => Promise.all([world.close(), http.close(), parser.close(), database.close()]));

/** Stores all articles of a source of the sample world but three, and measures its recall. */
async function measure(id: string) {
  const product = "Newsgather";
  const now = () => new Date();
  const visitor = createVisitor({ http, acquirePermit: ownPermits(), product, now, delay: 0 });
  const known = () => Promise.resolve(new Set<string>());
  const deps = { visitor, parser, store, product, now, known, progress: () => {} };
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
    makeLink(urlKey(dead.url), {
      state: "dead-letter",
      dueAt: null,
      reason: "timeout",
      attempts: 5,
    }),
    makeLink(urlKey(due.url), {}),
  ];
  await store.collections.links.deleteMany({});
  const different = new Map(links.map((link) => [link._id, link]));
  await store.collections.links.insertMany([...different.values()]);
  const recall = await measureRecall(deps, source, DAYS);
  return { truth, dead, due, unknown, stored, recall, kept: await getRecall(store, id) };
}

describe.each(["civic-wire", "rathaus-digital"])("recall of %s in the sample world", (id) => {
  let found: Awaited<ReturnType<typeof measure>>;
  let reasons: Map<string, string>;
  const reasonOf = ({ url }: { url: string }) => reasons.get(urlKey(url));
  beforeAll(async () => {
    found = await measure(id);
    reasons = new Map(found.recall.missed.map(({ url, why }) => [urlKey(url), why]));
  });

  test("It counts each stored article once", () => {
    expect(found.recall.stored).toBe(found.stored.length);
  });

  test("It names no URL that isn't an article of the source", () => {
    const strange = found.recall.missed.filter(
      ({ url }) => !found.truth.some((one) => urlKey(one.url) === urlKey(url)),
    );
    expect(strange.map(({ url, why }) => `${url} ${why}`)).toEqual([]);
  });

  test("An article that was given up has the last error as its reason", () => {
    expect(reasonOf(found.dead)).toBe("given up after 5 tries: timeout");
  });

  test("An article that is still due has that as its reason", () => {
    expect(reasonOf(found.due)).toBe("waits to be fetched");
  });

  test("An article that was never found has what names it as its reason", () => {
    expect(reasonOf(found.unknown)).toMatch(/names it/);
  });

  test("The figure is stored with the source", () => {
    const { stored, kept } = found;
    expect(kept).toMatchObject({ stored: stored.length, published: stored.length + 3 });
  });
});
