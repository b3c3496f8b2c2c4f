import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addEpoch } from "../../../store/epochs.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { cliOn } from "../../helpers/cli.ts";
import { type Leased, leaseOf } from "../../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { asKey, openGated } from "../../helpers/gated.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** A server, and a program with a key of a scope that talks to it. */
async function open(name: string) {
  const store = await database.open(name);
  let now = Date.now();
  const app = await openGated(store, { perMinute: 1_000_000, now: () => new Date(now) });
  const operator = await asKey(app, store, "write");
  const consumer = await asKey(app, store, "consume");
  return { store, app, operator, consumer, advance: (ms: number) => void (now += ms) };
}

test("a consumer leases, acknowledges, is replayed and shows its lag", async () => {
  const { store, app, operator, consumer, advance } = await open("life");
  const articles = Array.from({ length: 6 }, (_, n) =>
    makeArticle(`a${n}`, { topics: [n % 2 ? "egov" : "ai"] }),
  );
  await publishArticles(store, "created", articles.slice(0, 2));
  const add = { name: "site", from: "start", filter: { topic: ["egov"] } };
  expect((await consumer("POST", "/v1/consumers", add)).status).toBe(403);
  expect(await operator("POST", "/v1/consumers", add)).toMatchObject({
    status: 201,
    body: { state: "idle", seq: 0, lag: { changes: 2 }, filter: { topic: ["egov"] } },
  });
  expect((await operator("POST", "/v1/consumers", add)).body).toMatchObject({ code: "name-taken" });
  await publishArticles(store, "created", articles.slice(2));

  const lease = (body: object = {}) => leaseOf(consumer, "site", body);
  const ack = (body: object) => consumer("POST", "/v1/consumers/site/ack", body);
  const first = (await lease({ limit: 2, seconds: 30 })).body;
  expect(first.items.map(({ articleId }) => articleId)).toEqual(["a1", "a3"]);
  expect(await lease()).toMatchObject({ status: 409, body: { code: "leased" } });
  advance(31_000);
  const again = (await lease({ limit: 2 })).body;
  expect(again.items).toEqual(first.items);
  expect((await ack({ lease: first.lease })).body).toMatchObject({ code: "lease-lost" });
  expect((await ack({ lease: again.lease, seq: 99 })).body).toMatchObject({ status: 400 });
  expect((await ack({ lease: again.lease, seq: 2 })).body).toEqual({ seq: 2 });
  const rest = (await lease()).body;
  expect(rest.items.map(({ articleId }) => articleId)).toEqual(["a3", "a5"]);
  expect((await ack({ lease: rest.lease })).body).toEqual({ seq: 6 });
  expect((await lease()).body).toMatchObject({ lease: null, items: [] });
  // What is of no concern to it doesn't count as being behind.
  await publishArticles(store, "created", [makeArticle("other", { topics: ["ai"] })]);
  expect((await lease()).body).toMatchObject({ lease: null, items: [] });
  expect((await consumer("GET", "/v1/consumers/site")).body).toMatchObject({
    seq: 7,
    lag: { changes: 0, seconds: null },
  });

  const middle = await store.collections.changes.findOne({ seq: 3 });
  await store.collections.changes.updateMany({ seq: { $lt: 3 } }, { $set: { at: new Date(1000) } });
  const cli = cliOn(store);
  const from = middle?.at.toISOString() ?? "";
  const replay = await cli(["consumers", "replay", "site", "--from", from]);
  expect(replay).toMatchObject({ code: 0, err: expect.stringContaining("5 changes behind") });
  expect((await lease({ limit: 1 })).body.items.map(({ seq }) => seq)).toEqual([4]);
  const wrong = await cli(["consumers", "add", "new", "--country", "Germany"]);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("country") });
  const list = await cli(["consumers", "list", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject([{ name: "site", state: "leased", seq: 2 }]);

  await addEpoch(store);
  advance(6000);
  const late = await openGated(store);
  const later = await asKey(late, store, "consume");
  expect(await later("POST", "/v1/consumers/site/lease", {})).toMatchObject({
    status: 410,
    body: { code: "cursor-expired", detail: expect.stringContaining("replayed") },
  });
  expect((await later("GET", "/v1/consumers")).body).toMatchObject([{ state: "expired" }]);
  expect((await later("POST", "/v1/consumers/site/replay", { from: "latest" })).status).toBe(200);
  expect((await later("POST", "/v1/consumers/site/lease", {})).body).toMatchObject({ items: [] });
  expect((await operator("DELETE", "/v1/consumers/site")).status).toBe(204);
  expect((await consumer("GET", "/v1/consumers/site")).body).toMatchObject({ status: 404 });
  const log = await store.collections.audit.find({ action: /^consumer/ }).toArray();
  expect(log.map(({ action }) => action).toSorted()).toEqual([
    "consumer.add",
    "consumer.remove",
    "consumer.replay",
    "consumer.replay",
  ]);
  await Promise.all([app.close(), late.close()]);
});

describe("a consumer that acknowledged two changes of three, by a lease of two", () => {
  let site: Awaited<ReturnType<typeof open>>;
  let next: Leased;
  beforeAll(async () => {
    site = await open("limit");
    const topics = ["ai", "egov", "ai", "egov", "ai", "egov"];
    const articles = topics.map((topic, n) => makeArticle(`a${n}`, { topics: [topic] }));
    await publishArticles(site.store, "created", articles);
    const add = { name: "site", from: "start", filter: { topic: ["egov"] } };
    await site.operator("POST", "/v1/consumers", add);
    const { lease } = (await leaseOf(site.consumer, "site", { limit: 2 })).body;
    await site.consumer("POST", "/v1/consumers/site/ack", { lease });
    next = (await leaseOf(site.consumer, "site")).body;
  });
  afterAll(() => site.app.close());

  test("is handed out the third by its next lease", () => {
    expect(next.items.map(({ articleId }) => articleId)).toEqual(["a5"]);
  });

  test("can't acknowledge a place before them", async () => {
    const { lease } = next;
    const ack = await site.consumer("POST", "/v1/consumers/site/ack", { lease, seq: 3 });
    expect(ack).toMatchObject({ status: 400, body: { code: "invalid-request" } });
  });
});
