import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlaceVerdict } from "../../../../model/articles/classification.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { clientTypes } from "../../../helpers/client-types.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;
const portals: FastifyInstance[] = [];

/** A portal of its own for a test that changes what is published. */
async function openPortal(name: string): Promise<{ store: Store; app: FastifyInstance }> {
  const seeded = await database.open(name);
  await seeded.collections.sources.insertMany([
    makeSource("cities", { rights: { fullText: false, images: false, teaserLength: 30 } }),
    makeSource("open", {
      rights: { fullText: true, images: true, teaserLength: 600, credit: "CC BY 4.0" },
    }),
  ]);
  await publishArticles(seeded, "created", [
    ...Array.from({ length: 25 }, (_, index) =>
      makeArticle(`c${index}`, { sortAt: new Date(Date.UTC(2026, 10, 25) - index * 3_600_000) }),
    ),
    makeArticle("o1", { sourceId: "open", country: "FR", topics: ["egov"], language: "fr" }),
    makeArticle("gone", { status: "retracted" }),
    makeArticle("low", { status: "unlisted" }),
    makeArticle("copy", { duplicateOf: "o1", storyId: "o1" }),
  ]);
  const portal = await makePortal(seeded);
  portals.push(portal);
  return { store: seeded, app: portal };
}

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  ({ app } = await openPortal("articles"));
});
afterAll(async () => {
  await Promise.all(portals.map((portal) => portal.close()));
  await database.close();
});

interface Page {
  items: { id: string; teaser: string }[];
  next_cursor: string | null;
  has_more: boolean;
}

const get = async (query: string) => (await app.inject(`/v1/articles${query}`)).json<Page>();

test("paging gives every listed article once; copies and retracted ones are left out", async () => {
  const ids: string[] = [];
  let page = await get("?limit=4");
  for (;;) {
    ids.push(...page.items.map((item) => item.id));
    if (!page.has_more) break;
    page = await get(`?limit=4&cursor=${page.next_cursor}`);
  }
  expect(ids).toEqual(["o1", ...Array.from({ length: 25 }, (_, index) => `c${index}`)]);
});

test.each([
  ["?source=open", ["o1"]],
  ["?country=fr", ["o1"]],
  ["?language=fr&topic=egov", ["o1"]],
  ["?language=fr&topic=smart-city", []],
  ["?since=2026-11-25", ["o1", "c0"]],
  ["?until=2026-11-24T01:00:00Z&limit=1", ["c23"]],
  ["?since=2026-11-24T22:00:00%2B00:00&until=2026-11-24T23:00:00Z", ["c1", "c2"]],
])("/v1/articles%s", async (query, ids) => {
  expect((await get(query)).items.map((item) => item.id)).toEqual(ids);
});

test.each([
  ["?since=yesterday&limit=2", ["o1", "c0"]],
  ["?until=yesterday&limit=1", ["c1"]],
  ["?until=2026-11-24&limit=1", ["c1"]],
  ["?until=2026-10", []],
  ["?since=12h", ["o1", "c0"]],
])(
  "/v1/articles%s: times are those of the command line, up to the end of a day or month",
  async (query, ids) => {
    expect((await get(query)).items.map((item) => item.id)).toEqual(ids);
  },
);

test.each([
  ["?country=Germany", 'country: "Germany" is not allowed; write an ISO 3166-1 country code'],
  ["?since=soon", 'since: "soon" is not allowed; write a time: e.g. 7d (7 days ago), yesterday'],
  ["?since=today&until=2026-10", "since (2026-11-25T00:00:00.000Z) is after until"],
  ["?limit=0", 'limit: "0" is not allowed; write a whole number from 1 to 200.'],
  ["?cursor=x", '"x" isn\'t a cursor of this server'],
])("/v1/articles%s is a 400 problem that says what is allowed", async (query, detail) => {
  const answer = await app.inject(`/v1/articles${query}`);
  expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining(detail)]);
});

test.each([
  [
    "/v1/articles?topic=smart-citi",
    "unknown-topic",
    'There is no topic "smart-citi"; did you mean smart-city?',
  ],
  [
    "/v1/articles?source=citis",
    "unknown-source",
    'There is no source "citis"; did you mean cities?',
  ],
  [
    "/v1/changes?topic=egov,smrt-city",
    "unknown-topic",
    'There is no topic "smrt-city"; did you mean smart-city?',
  ],
  [
    "/v1/snapshot?source=nosuch",
    "unknown-source",
    'There is no source "nosuch"; allowed: cities, open.',
  ],
  ["/v1/changes?view=nosuch", "unknown-view", 'There is no view "nosuch".'],
  ["/v1/articles/nosuch", "unknown-article", 'There is no article "nosuch".'],
])("%s is a 404 problem that names what nobody knows", async (url, code, detail) => {
  const answer = await app.inject(url);
  expect(answer.json()).toMatchObject({ status: 404, code, detail });
});

test("a source that was added a moment ago is known at once", async () => {
  const own = await openPortal("fresh");
  await own.app.inject("/v1/articles?source=cities");
  await own.store.collections.sources.insertOne(makeSource("brand-new"));
  expect((await own.app.inject("/v1/articles?source=brand-new")).statusCode).toBe(200);
});

test("the text is handed out only where the source's rights say so", async () => {
  const closed = (await app.inject("/v1/articles/c1")).json();
  expect(closed).toMatchObject({
    text: null,
    textWithheld: true,
    evidence: { title: { rule: "h1" } },
  });
  expect(closed.teaser.length).toBeLessThanOrEqual(30);
  const open = (await app.inject("/v1/articles/o1")).json();
  expect(open).toMatchObject({ textWithheld: false, credit: "CC BY 4.0" });
  expect(open.text).toMatch(/^First paragraph.*Fourth\.$/s);
});

test("what isn't listed is as unknown to readers as what isn't there", async () => {
  const [low, none] = await Promise.all(
    ["low", "none"].map((id) => app.inject(`/v1/articles/${id}`)),
  );
  expect(low?.statusCode).toBe(404);
  expect(low?.json()).toMatchObject({
    code: none?.json().code,
    detail: none?.json().detail.replace("none", "low"),
  });
  expect((await app.inject("/article/low")).statusCode).toBe(404);
});

test("topics and place come with the words that speak for them", async () => {
  const own = await openPortal("evidence");
  const hits = [{ keyword: "smart cit*", where: "title" as const, times: 1, weight: 3 }];
  const byTopic = [{ id: "smart-city", score: 3, because: "keywords" as const, hits }];
  const place = { kind: "city", country: "CN", region: "CN-GD", name: "Shenzhen" } as const;
  const hit = { field: "title", start: 0, end: 8, matched: "Shenzhen", place } as const;
  const places: PlaceVerdict = {
    country: "CN",
    region: { code: "CN-GD", name: "Guangdong" },
    city: "Shenzhen",
    confidence: 0.9,
    because: { country: "mentioned", region: "mentioned" },
    hits: [{ ...hit, weight: 3.6, notes: [] }],
  };
  const where = { country: "CN", region: "Guangdong", regionCode: "CN-GD", city: "Shenzhen" };
  const article = makeArticle("told", { ...where, evidence: { byTopic, places } });
  await publishArticles(own.store, "created", [article]);
  const told = (await own.app.inject("/v1/articles/told")).json();
  expect(told).toMatchObject({
    ...where,
    topicEvidence: byTopic,
    placeEvidence: places,
    evidence: {},
  });
});

test("unknown is 404, retracted is 410", async () => {
  expect((await app.inject("/v1/articles/none")).json()).toMatchObject({ code: "unknown-article" });
  const gone = await app.inject("/v1/articles/gone");
  expect(gone.statusCode).toBe(410);
  expect(gone.json()).toMatchObject({ code: "retracted" });
});

test("a repeated read is a 304 until something changes", async () => {
  const own = await openPortal("repeated");
  const first = await own.app.inject("/v1/articles?limit=2");
  const { etag } = first.headers;
  const again = (headers: Record<string, string>) =>
    own.app.inject({ url: "/v1/articles?limit=2", headers });
  expect((await again({ "if-none-match": `W/"other", ${etag}` })).statusCode).toBe(304);
  expect((await again({ "if-none-match": String(etag) })).body).toBe("");
  expect((await again({ "if-none-match": '"other"' })).statusCode).toBe(200);
  expect((await own.app.inject("/v1/articles?limit=3")).headers.etag).not.toBe(etag);

  await publishArticles(own.store, "updated", [makeArticle("o1", { title: "New title" })]);
  const changed = await again({ "if-none-match": String(etag) });
  expect(changed.statusCode).toBe(200);
  expect(changed.body).toContain("New title");
});

test("fields= leaves items what is asked for, in lists, snapshot and changes", async () => {
  for (const path of ["/v1/articles", "/v1/snapshot", "/v1/changes"]) {
    const { items } = (await app.inject(`${path}?limit=2&fields=title,url`)).json<{
      items: { item?: object }[];
    }>();
    const [first] = items.map((one) => one.item ?? one);
    expect([path, Object.keys(first ?? {}).toSorted()]).toEqual([
      path,
      ["id", "title", "url", "version"],
    ]);
    const refused = await app.inject(`${path}?fields=headline`);
    expect([path, refused.statusCode, refused.body]).toEqual([
      path,
      400,
      expect.stringContaining("not known: headline; allowed: id"),
    ]);
  }
});

test("a hot answer comes out of memory: it reads no article again", async () => {
  const own = await openPortal("hot");
  const url = "/v1/articles?source=cities&limit=3";
  const first = await own.app.inject(url);
  await own.store.collections.articles.deleteMany({ sourceId: "cities" });
  expect((await own.app.inject(url)).body).toBe(first.body);
  expect((await own.app.inject(`${url}&topic=smart-city`)).json<Page>().items).toEqual([]);
});

test("the API describes itself, with every path and what it answers", async () => {
  const document = (await app.inject("/docs/json")).json();
  expect(document.openapi).toMatch(/^3\.1/);
  expect(JSON.stringify(document)).not.toContain('"anyOf":[]');
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      "/v1/changes",
      "/v1/articles",
      "/v1/articles/{id}",
      "/v1/stories/{id}",
      "/feeds/all.atom",
      "/feeds/{category}/{file}",
      "/healthz",
      "/readyz",
      "/metrics",
    ]),
  );
  const page = document.paths["/v1/changes"].get.responses["200"].content["application/json"];
  expect(Object.keys(page.schema.properties)).toEqual(["items", "next_cursor", "has_more"]);
  expect((await app.inject("/docs")).statusCode).toBe(200);
});

test("the client's types are those that the API tells", async () => {
  const types = await clientTypes((await app.inject("/docs/json")).json());
  const written = await readFile(new URL("../../../../client/types.ts", import.meta.url), "utf8");
  expect(types, "npm run client:types writes them anew").toBe(written);
});
