import { gunzipSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { erase } from "../../../../articles/erasure/erase.ts";
import { toCapture } from "../../../../crawler/http/capture.ts";
import type { Received } from "../../../../crawler/http/response.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { Capture } from "../../../../model/crawl/capture.ts";
import { hostFileKey } from "../../../../model/crawl/capture.ts";
import { claimAliases } from "../../../../store/articles/articles.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import { addKey } from "../../../../store/operations/accounts.ts";
import type { Store } from "../../../../store/store.ts";
import { makeKey } from "../../../../web/auth/secret.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { openGated } from "../../../helpers/gated.ts";
import { makeLink } from "../../../helpers/links.ts";
import { PORTAL_NOW } from "../../../helpers/portal.ts";

const PAGE = "<!doctype html><script>alert(1)</script><p>Quicksilver, the whole text.</p>";
const TITLE = "Monorail opens in Hamburg";
const COMPRESSED = gzipSync(PAGE);
const at = (path: string) => `https://cities.example${path}`;
const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n));

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let headers: { authorization: string };

/** Keeps an answer as the line does; answers the id of its capture. */
async function keep(
  path: string,
  startedAt: Date,
  overrides: Partial<Received> & { context?: Partial<Capture> } = {},
): Promise<string> {
  const { context, wire = Buffer.from(PAGE), encoding = null, ...more } = overrides;
  const received: Received = {
    url: at(path),
    status: 200,
    headers: { "content-type": "text/html", "set-cookie": "session=s3cret" },
    requestHeaders: { "user-agent": "Newsgather", "x-feed-key": "s3cret" },
    location: null,
    address: "192.0.2.1",
    startedAt,
    endedAt: startedAt,
    ms: 12,
    wire,
    encoding,
    decoded: encoding ? Buffer.from(PAGE) : wire,
    truncated: false,
    ...more,
  };
  const { capture, body } = await toCapture(received, {
    linkId: urlKey(at(path)),
    sourceId: "cities",
    sourceVersion: 1,
    runId: "run",
    kind: "article",
    lane: "http",
    hops: [],
    reason: null,
    detail: null,
    reservations: [],
    withheld: null,
    consent: null,
    robotsOverride: null,
    ...context,
  });
  await addCaptures(store, [capture], body ? [body] : []);
  return capture._id;
}

type Page = { items: { id: string }[]; next_cursor: string | null; has_more: boolean };
const ask = (path: string) => app.inject({ url: `/v1/captures${path}`, headers });
const list = async (query: string) => (await ask(`?${query}`)).json<Page>();
const ids = async (query: string) => (await list(query)).items.map(({ id }) => id);
const problem = async (path: string) => {
  const answer = await ask(path);
  return { status: answer.statusCode, ...answer.json<{ code: string; detail: string }>() };
};

let [first, again, amp, deadLetter, robots] = ["", "", "", "", ""];
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("captures");
  await store.collections.sources.insertMany([makeSource("cities"), makeSource("towns")]);
  const [id, variant] = [urlKey(at("/a")), urlKey(at("/amp/a"))];
  await store.collections.articles.insertOne(makeArticle(id, { url: at("/a"), title: TITLE }));
  const alias = { articleId: id, at: minute(0) };
  await claimAliases(store, [
    { _id: id, url: at("/a"), kind: "self", ...alias },
    { _id: variant, url: at("/amp/a"), kind: "amp", ...alias },
  ]);
  const hops = [{ url: at("/old"), status: 301, location: at("/a") }];
  first = await keep("/a", minute(0), { context: { hops } });
  amp = await keep("/amp/a", minute(1), { wire: COMPRESSED, encoding: "gzip" });
  again = await keep("/a", minute(2), {
    wire: COMPRESSED,
    encoding: "gzip",
    headers: { "content-encoding": "gzip" },
  });
  const why = { reason: "server-error", detail: "503 Service Unavailable" } as const;
  deadLetter = await keep("/dead", minute(3), { status: 503, wire: Buffer.alloc(0), context: why });
  robots = await keep("/robots.txt", minute(4), {
    wire: Buffer.from("User-agent: *"),
    context: {
      kind: "robots",
      sourceId: "",
      runId: null,
      linkId: hostFileKey("robots", "https://cities.example/robots.txt"),
    },
  });
  app = await openGated(store, { now: () => PORTAL_NOW });
  const { id: _id, text, secretHash } = makeKey();
  const made = { createdAt: new Date(), createdBy: "test", expiresAt: null };
  await addKey(store, { _id, name: "analyst", scopes: ["read"], secretHash, ...made });
  headers = { authorization: `Bearer ${text}` };
});
afterAll(async () => {
  await app?.close();
  await database?.close();
});

test("nobody gets them without the right to read, though reading is public", async () => {
  for (const path of ["", "?source=cities", `/${first}`, `/${first}/body`]) {
    const answer = await app.inject(`/v1/captures${path}`);
    expect([path, answer.statusCode]).toEqual([path, 401]);
    expect(answer.body).not.toContain("Quicksilver");
  }
  // Nor where operators' pages can be read, since there is neither user nor key yet.
  const fresh = await openGated(await database.open("fresh"));
  expect((await fresh.inject("/admin/hosts")).statusCode).toBe(200);
  expect((await fresh.inject("/v1/captures?source=cities")).statusCode).toBe(401);
  expect((await fresh.inject("/docs/json")).body).toContain('"/v1/captures/{id}/body"');
  await fresh.close();
});

test("The captures of an article are those of all its URLs, newest first", async () => {
  expect(await ids(`article=${urlKey(at("/a"))}`)).toEqual([again, amp, first]);
});

test.each([
  ["a page", "/a", () => [again, first]],
  ["robots.txt", "/robots.txt", () => [robots]],
])("The captures of %s are found by its URL", async (_, path, expected) => {
  expect(await ids(`url=${at(path)}`)).toEqual(expected());
});

test("The captures of a source are listed, newest first", async () => {
  expect(await ids("source=cities")).toEqual([deadLetter, again, amp, first]);
});

test("The captures of a source may be limited to a time", async () => {
  const [since, until] = [minute(1).toISOString(), minute(3).toISOString()];
  expect(await ids(`source=cities&since=${since}&until=${until}`)).toEqual([again, amp]);
});

test("A source without captures has an empty list", async () => {
  await store.collections.sources.insertOne(makeSource("villages"));
  const nothing = { items: [], next_cursor: null, has_more: false };
  expect(await list("source=villages")).toEqual(nothing);
});

test("pages hold each capture once, those of one moment too", async () => {
  const made = await Promise.all(
    Array.from({ length: 9 }, (_, n) =>
      keep(`/tie/${n}`, minute(n < 2 ? -9 : n < 7 ? -600 : -90_000), {
        context: { sourceId: "towns" },
      }),
    ),
  );
  const read: string[] = [];
  let cursor = "";
  for (let pages = 0; pages < 9; pages++) {
    const page = await list(`source=towns&limit=2${cursor}`);
    read.push(...page.items.map(({ id }) => id));
    if (!page.has_more) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(read.toSorted()).toEqual(made.toSorted());
  expect(await ids("source=towns&limit=200")).toEqual(read);
});

test("one capture tells all that is kept of it, without secrets", async () => {
  const answer = await ask(`/${first}`);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    url: at("/old"),
    finalUrl: at("/a"),
    hops: [{ url: at("/old"), status: 301, location: at("/a") }],
    address: "192.0.2.1",
    fetchedAt: minute(0).toISOString(),
    ms: 12,
    bytes: PAGE.length,
    requestHeaders: { "user-agent": "Newsgather", "x-feed-key": "***" },
    headers: { "content-type": "text/html", "set-cookie": "***" },
    reason: null,
  });
  expect(answer.body).not.toContain("s3cret");
  expect((await ask(`/${deadLetter}`)).json()).toMatchObject({
    status: 503,
    digest: null,
    reason: "server-error",
    detail: "503 Service Unavailable",
  });
});

test("a body is a file of the bytes that came, which no browser renders", async () => {
  const plain = await ask(`/${first}/body`);
  expect(plain.statusCode).toBe(200);
  expect(plain.rawPayload.toString()).toBe(PAGE);
  expect(plain.headers).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${first}.bin"`,
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'/),
    "cache-control": "no-store",
  });
  expect(plain.headers["content-digest"]).toMatch(/^sha-256=:[\w+/]{43}=:$/);
  for (const id of [again, amp]) {
    const compressed = await ask(`/${id}/body`);
    expect(compressed.rawPayload).toEqual(COMPRESSED);
    expect(compressed.headers["content-encoding"]).toBeUndefined();
    expect(gunzipSync(compressed.rawPayload).toString()).toBe(PAGE);
  }
});

test("A capture without a body says that it has none", async () => {
  expect(await problem(`/${deadLetter}/body`)).toMatchObject({ status: 404, code: "no-body" });
});

test("A body that its publisher reserves says that it is withheld", async () => {
  const reserved = await keep("/tdm", minute(6), {
    context: { withheld: "tdm", sourceId: "reserving" },
  });
  expect(await problem(`/${reserved}/body`)).toMatchObject({ status: 404, code: "withheld" });
});

test.each([
  ["an unknown capture", "/nothing", { status: 404, code: "unknown-capture" }],
  ["an unknown source", "?source=nobody", { status: 404, code: "unknown-source" }],
  ["an unknown article", "?article=none", { status: 404, code: "unknown-article" }],
  ["no subject", "", { status: 400, code: "invalid-request" }],
  ["two subjects", "?url=x&source=cities", { status: 400 }],
  ["a broken cursor", "?source=cities&cursor=x", { code: "bad-cursor" }],
])("A request for %s says what is wrong", async (_, path, answer) => {
  expect(await problem(path)).toMatchObject(answer);
});

test("A body whose keeping time is over says that it expired", async () => {
  const old = await keep("/old-body", minute(9), {
    wire: Buffer.from("<p>Of long ago."),
    context: { sourceId: "expiring" },
  });
  const { digest } = (await ask(`/${old}`)).json<{ digest: string }>();
  expect((await store.collections.bodies.deleteOne({ _id: digest })).deletedCount).toBe(1);
  expect(await problem(`/${old}/body`)).toMatchObject({ status: 410, code: "expired" });
});

describe("after an article was erased", () => {
  const url = at("/erased");
  const id = urlKey(url);
  const gone = { status: 410, code: "erased" };
  let [before, late, quoting] = ["", "", ""];
  beforeAll(async () => {
    const title = "A new ferry opens in the port of Kiel";
    const context = { sourceId: "erasing" };
    await store.collections.articles.insertOne(
      makeArticle(id, { url, title, sourceId: "erasing" }),
    );
    const alias = { articleId: id, at: minute(0) };
    await claimAliases(store, [
      { _id: id, url, kind: "self", ...alias },
      { _id: urlKey(at("/amp/erased")), url: at("/amp/erased"), kind: "amp", ...alias },
    ]);
    await store.collections.links.insertOne(makeLink(id, { url, foundUrl: url, articleId: id }));
    before = await keep("/erased", minute(0), { context, wire: Buffer.from("<p>Erased text") });
    const listing = { ...context, kind: "listing" } as const;
    quoting = await keep("/list", minute(7), {
      wire: Buffer.from(`<p>${title}</p>`),
      context: listing,
    });
    const how = { reason: "asked for in writing", actor: "test", dryRun: false };
    const subject = { kind: "article", id } as const;
    await erase(store, subject, { ...how, now: () => new Date(), progress() {} });
    // A turn that was under way when it went.
    late = await keep("/erased", minute(8), { context });
  });

  test("A list of the captures of an erased article says that it was erased", async () => {
    expect(await problem(`?article=${id}`)).toMatchObject(gone);
  });

  test("A list of the captures of another URL of an erased article says so too", async () => {
    expect(await problem(`?url=${at("/amp/erased")}`)).toMatchObject(gone);
  });

  test("A capture of an erased article is gone", async () => {
    const unknown = { status: 404, code: "unknown-capture" };
    expect(await problem(`/${before}`)).toMatchObject(unknown);
  });

  test.each(["", "/body"])("A capture that came too late gives the reason: %s", async (part) => {
    const answer = await problem(`/${late}${part}`);
    expect(answer).toMatchObject(gone);
    expect(answer.detail).toContain("asked for in writing");
  });

  test("The body of a list that quotes an erased article is erased", async () => {
    expect(await problem(`/${quoting}/body`)).toMatchObject(gone);
  });
});
