import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { newKey, openGated } from "../../helpers/gated.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let key: string;
let now = new Date();

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("idempotency");
  key = await newKey(store, "admin");
  app = await openGated(store, { now: () => now });
  await publishArticles(store, "created", [makeArticle("one"), makeArticle("two")]);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function send(
  [method, url]: ["POST" | "PUT" | "DELETE", string],
  idempotencyKey: string,
  payload?: object,
  authorization = `Bearer ${key}`,
) {
  const headers = { authorization, "idempotency-key": idempotencyKey };
  const answer = await app.inject({ method, url, headers, ...(payload && { payload }) });
  const body: unknown = answer.body === "" ? null : answer.json();
  const replayed = answer.headers["idempotency-replayed"] === "true";
  return { status: answer.statusCode, replayed, body };
}

test("a write that is repeated with its key gets the first answer and does nothing more", async () => {
  const make = () => send(["POST", "/v1/consumers"], '"c-1"', { name: "site", from: "start" });
  const first = await make();
  expect(first).toMatchObject({ status: 201, replayed: false, body: { name: "site" } });
  expect(await make()).toEqual({ ...first, replayed: true });
  // Without its quotes it is the same key; without a key the name is taken.
  const bare = await send(["POST", "/v1/consumers"], "c-1", { name: "site", from: "start" });
  expect(bare).toEqual({ ...first, replayed: true });
  expect((await send(["POST", "/v1/consumers"], "c-2", { name: "site" })).status).toBe(409);

  const drop = () => send(["DELETE", "/v1/consumers/site"], "d-1");
  expect(await drop()).toEqual({ status: 204, replayed: false, body: null });
  expect(await drop()).toEqual({ status: 204, replayed: true, body: null });
  expect((await send(["DELETE", "/v1/consumers/site"], "d-2")).status).toBe(404);
  expect(await store.collections.audit.countDocuments({ subject: "site" })).toBe(2);
});

test("the same key with another request is refused, for each who asks by himself", async () => {
  const body = { name: "Berlin", filter: { region: ["DE-BE"] } };
  expect((await send(["PUT", "/v1/views/berlin"], "v-1", body)).status).toBe(200);
  for (const [path, payload] of [
    ["/v1/views/berlin", { ...body, name: "Bern" }],
    ["/v1/views/bern", body],
  ] as const) {
    const other = await send(["PUT", path], "v-1", payload);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency-key-reused" } });
  }
  const another = `Bearer ${await newKey(store, "write")}`;
  expect(await send(["PUT", "/v1/views/berlin"], "v-1", body, another)).toMatchObject({
    status: 200,
    replayed: false,
  });
  expect((await send(["PUT", "/v1/views/berlin"], "a b", body)).status).toBe(400);
});

test("what was refused did nothing, so its key may be tried again, with what was mended, too", async () => {
  const rename = (name: string) => send(["PUT", "/v1/views/later"], "r-1", { name, filter: {} });
  expect((await rename("")).status).toBe(400);
  expect(await rename("Later")).toMatchObject({ status: 200, replayed: false });
  const drop = () => send(["DELETE", "/v1/consumers/late"], "r-2");
  expect([await drop(), await drop()]).toMatchObject([
    { status: 404, replayed: false },
    { status: 404, replayed: false },
  ]);
  await send(["POST", "/v1/consumers"], "r-3", { name: "late" });
  expect([await drop(), await drop()]).toMatchObject([
    { status: 204, replayed: false },
    { status: 204, replayed: true },
  ]);
});

test("of requests at the same time one is done; a key whose process died is taken over", async () => {
  const make = () => send(["POST", "/v1/consumers"], "same", { name: "many", from: "start" });
  const all = await Promise.all(Array.from({ length: 8 }, make));
  expect(all.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
  const codes = new Set(all.map(({ status }) => status));
  expect([...codes].filter((status) => ![201, 409].includes(status))).toEqual([]);

  const [receipt] = await store.collections.receipts.find().sort({ at: -1 }).limit(1).toArray();
  await store.collections.receipts.updateOne(
    { _id: receipt?._id ?? "" },
    { $set: { answer: null } },
  );
  expect(await make()).toMatchObject({ status: 409, body: { code: "request-at-work" } });
  now = new Date(now.getTime() + 61_000);
  expect(await make()).toMatchObject({ status: 409, body: { code: "name-taken" } });
});

test("a lease that is asked for again with its key is the same lease, and no text of it is kept", async () => {
  await send(["POST", "/v1/consumers"], "l-0", { name: "reader", from: "start" });
  const lease = (id: string, limit = 2) =>
    send(["POST", "/v1/consumers/reader/lease"], id, { limit });
  const first = await lease("l-1");
  expect(first.body).toMatchObject({ items: [{ articleId: "one" }, { articleId: "two" }] });
  await publishArticles(store, "created", [makeArticle("three")]);
  expect((await lease("l-1")).body).toEqual(first.body);
  expect((await lease("l-1", 1)).status).toBe(422);
  expect(await lease("l-2")).toMatchObject({ status: 409, body: { code: "leased" } });
  const kept = JSON.stringify(await store.collections.receipts.find().toArray());
  expect(kept).not.toContain("Title of");
});
