import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toCapture } from "../../../../crawler/http/capture.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { PlaceHit } from "../../../../model/articles/classification.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { newKey, openGated } from "../../../helpers/gated.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { BROWSER } from "../../../helpers/portal.ts";

const PAGE = "<!doctype html><script>alert(1)</script><p>Quicksilver, the whole text.</p>";
const PLACED = ["country", "region", "city"].map((field) => ({ field, rule: "mentioned" }));
const TITLE = "Monorail opens in Hamburg";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let headers: Record<string, string>;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("provenance");
  await store.collections.sources.insertOne(makeSource("cities"));
  app = await openGated(store, { openParser: () => Promise.resolve(sharedParser()) });
  headers = { authorization: `Bearer ${await newKey(store, "read")}`, ...BROWSER };
});
afterAll(async () => {
  await app?.close();
  await database?.close();
});

async function keep(path: string, withheld: "tdm" | null): Promise<string> {
  const startedAt = new Date("2026-11-20T10:00:00Z");
  const [url, wire] = [`https://cities.example${path}`, Buffer.from(PAGE)];
  const received = {
    url,
    status: 200,
    headers: { "content-type": "text/html" },
    requestHeaders: {},
    location: null,
    address: null,
    startedAt,
    endedAt: startedAt,
    ms: 12,
    wire,
    encoding: null,
    decoded: wire,
    truncated: false,
  };
  const { capture, body } = await toCapture(received, {
    linkId: urlKey(url),
    sourceId: "cities",
    sourceVersion: 1,
    runId: null,
    kind: "article",
    lane: "http",
    hops: [],
    reason: null,
    detail: null,
    reservations: [],
    withheld,
    consent: null,
    robotsOverride: null,
  });
  await addCaptures(store, [capture], body ? [body] : []);
  return capture._id;
}

const get = (url: string) => app.inject({ url, headers });
type Answer = Awaited<ReturnType<typeof get>>;
const frameOf = (captureId: string) => `/admin/provenance/page?capture=${captureId}`;

describe("where an article's fields come from", () => {
  const place = { kind: "city", country: "DE", region: "DE-HH", name: "Hamburg" } as const;
  const hit: Omit<PlaceHit, "place"> = {
    field: "title",
    start: 18,
    end: 25,
    matched: "Hamburg",
    weight: 1,
    notes: [],
  };
  const because = { country: "mentioned", region: "mentioned" } as const;
  const keyword = { keyword: "monorail", where: "title", times: 1, weight: 2 } as const;
  const evidence = {
    title: { rule: "h1", seen: TITLE, confidence: 0.8 },
    places: {
      country: "DE",
      region: { code: "DE-HH", name: "Hamburg" },
      city: "Hamburg",
      confidence: 0.9,
      because,
      hits: [{ ...hit, place }],
    },
    byTopic: [{ id: "mobility", score: 2, because: "keywords" as const, hits: [keyword] }],
  };
  let captureId: string;
  let page: Answer;
  let framed: Answer;
  beforeAll(async () => {
    captureId = await keep("/monorail", null);
    await store.collections.articles.insertOne(
      makeArticle("monorail", {
        title: TITLE,
        evidence,
        captureId,
        regionCode: "DE-HH",
        city: "Hamburg",
      }),
    );
    page = await get("/admin/provenance?article=monorail");
    framed = await get(frameOf(captureId));
  });

  test("A place shows the words that name it and how certain it is", () => {
    expect(page.body).toMatch(/city<\/a><\/td>.*Hamburg.*<td>mentioned<\/td>.*90 %.*Hamburg/s);
  });

  test("A topic shows the keywords that speak for it", () => {
    expect(page.body).toMatch(/topic<\/a><\/td>.*mobility.*<td>keywords<\/td>.*monorail/s);
  });

  test("A title shows the rule that found it", () => {
    expect(page.body).toMatch(/title<\/a><\/td>.*Monorail opens in Hamburg.*<td>h1<\/td>/s);
  });

  test("The page says which source sent the response and links to it", () => {
    expect(page.body).toMatch(
      /As cities sent it \(.*\) from\s+<a href="https:\/\/cities.example\/monorail"/,
    );
  });

  test("The stored response is shown in a sandbox of our own", () => {
    expect(page.body).toContain(
      `<iframe sandbox loading="lazy" title="The page as received" src="${frameOf(captureId)}">`,
    );
    expect(page.headers["content-security-policy"]).toContain("frame-src 'self'");
  });

  test("The stored response is unchanged, and can load nothing", () => {
    expect(framed.body).toBe(PAGE);
    expect(framed.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  });

  test("The place of a field is marked in the page where it stands", async () => {
    const text = { rule: "p", seen: "Quicksilver, the whole text.", confidence: 1 };
    await store.collections.articles.updateOne(
      { _id: "monorail" },
      { $set: { "evidence.teaser": text } },
    );
    const { body } = await get("/admin/provenance?article=monorail&field=teaser");
    expect(body).toContain("&quot;teaser&quot; is marked in the page below.");
    const [, src = ""] = /src="([^"#]+)#newsgather-highlight"/.exec(body) ?? [];
    const shown = await get(src.replaceAll("&amp;", "&"));
    expect(shown.body).toMatch(
      /<script>alert\(1\)<\/script><p><mark id="newsgather-highlight"[^>]*>Quicksilver, the whole text\.<\/mark><\/p>/,
    );
    expect(shown.headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
    await store.collections.articles.updateOne(
      { _id: "monorail" },
      { $unset: { "evidence.teaser": 1 } },
    );
  });

  test("A field that isn't in the visible text says by which rule it was read", async () => {
    const { body } = await get("/admin/provenance?article=monorail&field=title");
    expect(body).toMatch(/isn.{1,6}t in the visible text: it comes from h1/);
  });

  test("The provenance can be read as JSON", async () => {
    expect((await get("/admin/provenance?article=monorail&format=json")).json()).toMatchObject({
      captureId,
      fields: [{ field: "title", rule: "h1" }, ...PLACED, { field: "topic", value: "mobility" }],
    });
  });

  test("Only who may read the admin pages sees a stored response", async () => {
    expect((await app.inject(frameOf(captureId))).statusCode).toBe(401);
  });
});

describe("a response whose body is withheld", () => {
  let reserved: string;
  beforeAll(async () => {
    reserved = await keep("/withheld", "tdm");
    await store.collections.articles.insertOne(makeArticle("reserved", { captureId: reserved }));
  });

  test("The page says that the body isn't stored and why", async () => {
    const { body } = await get(`/admin/provenance?article=reserved&capture=${reserved}`);
    expect(body).toMatch(/The body of this response isn.{1,6}t stored\. Reason: tdm\./);
  });

  test("A body that isn't stored isn't found", async () => {
    expect((await get(frameOf(reserved))).statusCode).toBe(404);
  });
});
