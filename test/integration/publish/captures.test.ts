import { gunzipSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeKey } from "../../../access/secret.ts";
import { urlKey } from "../../../discover/canonical-url.ts";
import type { Received } from "../../../fetch/received.ts";
import type { Capture } from "../../../model/capture.ts";
import { claimAliases } from "../../../store/aliases.ts";
import { addCaptures } from "../../../store/captures.ts";
import { addKey } from "../../../store/keys.ts";
import type { Store } from "../../../store/store.ts";
import { erase } from "../../../workers/erase/erase.ts";
import { hostFileKey } from "../../../workers/turn/ask-file.ts";
import { toCapture } from "../../../workers/turn/capture.ts";
import { makeArticle, makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { openGated } from "../../helpers/gated.ts";
import { makeLink } from "../../helpers/links.ts";
import { PORTAL_NOW } from "../../helpers/portal.ts";

const PAGE = "<!doctype html><script>alert(1)</script><p>Quicksilver, the whole text.</p>";
const TITLE = "Monorail opens in Hamburg";
const PACKED = gzipSync(PAGE);
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
  given: Partial<Received> & { context?: Partial<Capture> } = {},
): Promise<string> {
  const { context, wire = Buffer.from(PAGE), encoding = null, ...more } = given;
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

let [first, again, amp, dead, robots] = ["", "", "", "", ""];
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
  amp = await keep("/amp/a", minute(1), { wire: PACKED, encoding: "gzip" });
  again = await keep("/a", minute(2), {
    wire: PACKED,
    encoding: "gzip",
    headers: { "content-encoding": "gzip" },
  });
  const why = { reason: "server-error", detail: "503 Service Unavailable" } as const;
  dead = await keep("/dead", minute(3), { status: 503, wire: Buffer.alloc(0), context: why });
  robots = await keep("/robots.txt", minute(4), {
    wire: Buffer.from("User-agent: *"),
    context: {
      kind: "robots",
      sourceId: "",
      runId: null,
      linkId: hostFileKey("robots", "cities.example"),
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

test("captures of an article, an address, a source in a time are listed, newest first", async () => {
  expect(await ids(`article=${urlKey(at("/a"))}`)).toEqual([again, amp, first]);
  expect(await ids(`url=${at("/a")}`)).toEqual([again, first]);
  expect(await ids(`url=${at("/robots.txt")}`)).toEqual([robots]);
  expect(await ids("source=cities")).toEqual([dead, again, amp, first]);
  const [since, until] = [minute(1).toISOString(), minute(3).toISOString()];
  expect(await ids(`source=cities&since=${since}&until=${until}`)).toEqual([again, amp]);
  expect(await list("source=towns")).toEqual({ items: [], next_cursor: null, has_more: false });
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
  expect((await ask(`/${dead}`)).json()).toMatchObject({
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
    const packed = await ask(`/${id}/body`);
    expect(packed.rawPayload).toEqual(PACKED);
    expect(packed.headers["content-encoding"]).toBeUndefined();
    expect(gunzipSync(packed.rawPayload).toString()).toBe(PAGE);
  }
});

test("what isn't there says why", async () => {
  expect(await problem(`/${dead}/body`)).toMatchObject({ status: 404, code: "no-body" });
  const kept = await keep("/tdm", minute(6), { context: { withheld: "tdm" } });
  expect(await problem(`/${kept}/body`)).toMatchObject({ status: 404, code: "withheld" });
  expect(await problem("/nothing")).toMatchObject({ status: 404, code: "unknown-capture" });
  expect(await problem("?source=nobody")).toMatchObject({ status: 404, code: "unknown-source" });
  expect(await problem("?article=none")).toMatchObject({ status: 404, code: "unknown-article" });
  expect(await problem("")).toMatchObject({ status: 400, code: "invalid-request" });
  expect(await problem("?url=x&source=cities")).toMatchObject({ status: 400 });
  expect(await problem("?source=cities&cursor=x")).toMatchObject({ code: "bad-cursor" });
  await store.collections.bodies.deleteMany({});
  expect(await problem(`/${first}/body`)).toMatchObject({ status: 410, code: "expired" });
});

test("what was erased answers 410 with the reason of its tombstone", async () => {
  await store.collections.links.insertOne(
    makeLink(urlKey(at("/a")), { url: at("/a"), foundUrl: at("/a"), articleId: urlKey(at("/a")) }),
  );
  const page = { wire: Buffer.from(`<p>${TITLE}</p>`), context: { kind: "listing" as const } };
  const quoting = await keep("/list", minute(7), page);
  const how = { reason: "asked for in writing", by: "test", dryRun: false };
  const subject = { kind: "article", id: urlKey(at("/a")) } as const;
  await erase(store, subject, { ...how, now: () => new Date(), progress() {} });
  const gone = { status: 410, code: "erased" };
  expect(await problem(`?article=${urlKey(at("/a"))}`)).toMatchObject(gone);
  expect(await problem(`?url=${at("/amp/a")}`)).toMatchObject(gone);
  expect(await problem(`/${first}`)).toMatchObject({ status: 404, code: "unknown-capture" });
  // A turn that was under way when it went.
  const late = await keep("/a", minute(8));
  for (const path of [`/${late}`, `/${late}/body`]) {
    const answer = await problem(path);
    expect(answer).toMatchObject(gone);
    expect(answer.detail).toContain("asked for in writing");
  }
  expect(await problem(`/${quoting}/body`)).toMatchObject(gone);
});
