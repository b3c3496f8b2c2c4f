import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { newKey, openGated } from "../../../helpers/gated.ts";

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

const CONSUMERS = ["POST", "/v1/consumers"] as ["POST", string];
const add = (name: string, idempotencyKey: string) =>
  send(CONSUMERS, idempotencyKey, { name, from: "start" });
const drop = (name: string, idempotencyKey: string) =>
  send(["DELETE", `/v1/consumers/${name}`], idempotencyKey);

describe("a write that is repeated with its key", () => {
  test("A write that is repeated with its key is answered as the first time", async () => {
    const first = await add("site", '"c-1"');
    expect(first).toMatchObject({ status: 201, replayed: false, body: { name: "site" } });
    expect(await add("site", '"c-1"')).toEqual({ ...first, replayed: true });
  });

  test("A key is the same with and without its quotes", async () => {
    const first = await add("quoted", '"q-1"');
    expect(await add("quoted", "q-1")).toEqual({ ...first, replayed: true });
  });

  test("A write that is repeated with another key is done again", async () => {
    await add("other", "o-1");
    expect((await send(CONSUMERS, "o-2", { name: "other" })).status).toBe(409);
  });

  test("A removal that is repeated with its key is answered as the first time", async () => {
    await add("removed", "d-0");
    expect(await drop("removed", "d-1")).toEqual({ status: 204, replayed: false, body: null });
    expect(await drop("removed", "d-1")).toEqual({ status: 204, replayed: true, body: null });
  });

  test("A removal that is repeated with another key finds nothing", async () => {
    await add("missing", "m-0");
    await drop("missing", "m-1");
    expect((await drop("missing", "m-2")).status).toBe(404);
  });

  test("What is repeated is done once", async () => {
    for (let n = 0; n < 3; n++) await add("once", "e-1");
    for (let n = 0; n < 2; n++) await drop("once", "e-2");
    expect(await store.collections.audit.countDocuments({ subject: "once" })).toBe(2);
  });
});

describe("the same key with another request", () => {
  const body = { name: "Berlin", filter: { region: ["DE-BE"] } };
  const put = (path: string, payload: object, authorization?: string) =>
    send(["PUT", path], "v-1", payload, authorization);
  beforeAll(async () => {
    const { status } = await put("/v1/views/berlin", body);
    if (status !== 200) throw new Error(`the view was not saved: ${status}`);
  });

  test.each([
    ["another body", "/v1/views/berlin", { ...body, name: "Bern" }],
    ["another URL", "/v1/views/bern", body],
  ])("A key that was used is refused for %s", async (_, path, payload) => {
    expect(await put(path, payload)).toMatchObject({
      status: 422,
      body: { code: "idempotency-key-reused" },
    });
  });

  test("Another client may use the same key", async () => {
    const another = `Bearer ${await newKey(store, "write")}`;
    expect(await put("/v1/views/berlin", body, another)).toMatchObject({
      status: 200,
      replayed: false,
    });
  });

  test.each(["a b", '"open', 'closed"'])("The key %s is refused", async (wrong) => {
    expect((await send(["PUT", "/v1/views/berlin"], wrong, body)).status).toBe(400);
  });
});

describe("a request that was refused", () => {
  test("The key of a request that was refused may be used for the corrected one", async () => {
    const rename = (name: string) => send(["PUT", "/v1/views/later"], "r-1", { name, filter: {} });
    expect((await rename("")).status).toBe(400);
    expect(await rename("Later")).toMatchObject({ status: 200, replayed: false });
  });

  test("A request that was refused is done again each time until it succeeds", async () => {
    expect([await drop("late", "r-2"), await drop("late", "r-2")]).toMatchObject([
      { status: 404, replayed: false },
      { status: 404, replayed: false },
    ]);
    await send(CONSUMERS, "r-3", { name: "late" });
    expect([await drop("late", "r-2"), await drop("late", "r-2")]).toMatchObject([
      { status: 204, replayed: false },
      { status: 204, replayed: true },
    ]);
  });
});

test("Of requests with one key at the same time one is done", async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => add("many", "same")));
  expect(all.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
  const codes = new Set(all.map(({ status }) => status));
  expect([...codes].filter((status) => ![201, 409].includes(status))).toEqual([]);
});

test("A key whose process died is free again after a minute", async () => {
  await add("died", "x-1");
  const [idempotencyRecord] = await store.collections.idempotencyRecords
    .find()
    .sort({ at: -1 })
    .limit(1)
    .toArray();
  await store.collections.idempotencyRecords.updateOne(
    { _id: idempotencyRecord?._id ?? "" },
    { $set: { answer: null } },
  );
  expect(await add("died", "x-1")).toMatchObject({
    status: 409,
    body: { code: "request-at-work" },
  });
  now = new Date(now.getTime() + 61_000);
  expect(await add("died", "x-1")).toMatchObject({ status: 409, body: { code: "name-taken" } });
});

describe("a lease that is repeated with its key", () => {
  const lease = (name: string, idempotencyKey: string, limit = 2) =>
    send(["POST", `/v1/consumers/${name}/lease`], idempotencyKey, { limit });

  test("A lease that is repeated with its key is the same lease", async () => {
    await add("reader", "l-0");
    const first = await lease("reader", "l-1");
    expect(first.body).toMatchObject({ items: [{ articleId: "one" }, { articleId: "two" }] });
    await publishArticles(store, "created", [makeArticle("three")]);
    expect((await lease("reader", "l-1")).body).toEqual(first.body);
  });

  test("A lease with another limit can't have the same key", async () => {
    await add("limited", "l-2");
    await lease("limited", "l-3");
    expect((await lease("limited", "l-3", 1)).status).toBe(422);
  });

  test("A lease with another key is another one", async () => {
    await add("leased", "l-4");
    await lease("leased", "l-5");
    expect(await lease("leased", "l-6")).toMatchObject({ status: 409, body: { code: "leased" } });
  });

  test("No text of an article is stored with a lease's key", async () => {
    await add("stored", "l-7");
    await lease("stored", "l-8");
    const stored = JSON.stringify(await store.collections.idempotencyRecords.find().toArray());
    expect(stored).not.toContain("Title of");
  });
});
