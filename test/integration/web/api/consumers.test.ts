import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addEpoch } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { commandsOn } from "../../../helpers/commands-here.ts";
import { type Leased, leaseOf } from "../../../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";

type Send = Awaited<ReturnType<typeof asKey>>;

/** A server on a store of six articles, every second of them about e-government. */
interface Server {
  store: Store;
  app: FastifyInstance;
  /** Sends with a key that may write, and with one that may only consume. */
  operator: Send;
  consumer: Send;
}

let database: TestDatabase;
let now = Date.now();
let server: Server;
const servers: Server[] = [];

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("leases");
  const articles = Array.from({ length: 6 }, (_, n) =>
    makeArticle(`a${n}`, { topics: [n % 2 ? "egov" : "ai"] }),
  );
  await publishArticles(store, "created", articles);
  server = await openServer(store);
});
afterAll(async () => {
  for (const { app } of servers) await app.close();
  await database.close();
});

async function openServer(store: Store): Promise<Server> {
  const app = await openGated(store, { perMinute: 1_000_000, now: () => new Date(now) });
  const operator = await asKey(app, store, "write");
  const consumer = await asKey(app, store, "consume");
  const opened = { store, app, operator, consumer };
  servers.push(opened);
  return opened;
}

const declared = (name: string) => ({ name, from: "start", filter: { topic: ["egov"] } });

/** A consumer of all changes about e-government, and what its program does. */
async function addConsumer(name: string, { operator, consumer } = server) {
  await operator("POST", "/v1/consumers", declared(name));
  return {
    lease: (body: object = {}) => leaseOf(consumer, name, body),
    ack: (body: object) => consumer("POST", `/v1/consumers/${name}/ack`, body),
    status: () => consumer("GET", `/v1/consumers/${name}`),
  };
}

describe("adding a consumer", () => {
  test("A key that may only consume can't add a consumer", async () => {
    const { status } = await server.consumer("POST", "/v1/consumers", declared("forbidden"));
    expect(status).toBe(403);
  });

  test("A consumer that starts at the beginning is behind by all changes", async () => {
    expect(await server.operator("POST", "/v1/consumers", declared("new"))).toMatchObject({
      status: 201,
      body: { state: "idle", seq: 0, lag: { changes: 6 }, filter: { topic: ["egov"] } },
    });
  });

  test("A name that another consumer has is refused", async () => {
    await addConsumer("twice");
    const { body } = await server.operator("POST", "/v1/consumers", declared("twice"));
    expect(body).toMatchObject({ code: "name-taken" });
  });

  test("The command line refuses a filter with a country that isn't a code", async () => {
    const wrong = await commandsOn(server.store)([
      "consumers",
      "add",
      "german",
      "--country",
      "Germany",
    ]);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("country") });
  });
});

describe("leasing changes", () => {
  test("A lease hands out the next changes that pass the consumer's filter", async () => {
    const { lease } = await addConsumer("filtered");
    const { items } = (await lease({ limit: 2 })).body;
    expect(items.map(({ articleId }) => articleId)).toEqual(["a1", "a3"]);
  });

  test("A consumer has one lease at a time", async () => {
    const { lease } = await addConsumer("busy");
    await lease({ limit: 2, seconds: 30 });
    expect(await lease()).toMatchObject({ status: 409, body: { code: "leased" } });
  });

  test("Changes whose lease ran out are handed out again", async () => {
    const { lease } = await addConsumer("slow");
    const first = (await lease({ limit: 2, seconds: 30 })).body;
    now += 31_000;
    expect((await lease({ limit: 2 })).body.items).toEqual(first.items);
  });

  test("A lease that was handed out again can't be acknowledged any more", async () => {
    const { lease, ack } = await addConsumer("late");
    const first = (await lease({ limit: 2, seconds: 30 })).body;
    now += 31_000;
    await lease({ limit: 2 });
    expect((await ack({ lease: first.lease })).body).toMatchObject({ code: "lease-lost" });
  });

  test("A change that is not in the lease can't be acknowledged", async () => {
    const { lease, ack } = await addConsumer("wrong");
    const first = (await lease({ limit: 2 })).body;
    expect((await ack({ lease: first.lease, seq: 99 })).body).toMatchObject({ status: 400 });
  });

  test("A lease that is acknowledged in part goes on with the rest", async () => {
    const { lease, ack } = await addConsumer("part");
    const first = (await lease({ limit: 2 })).body;
    expect((await ack({ lease: first.lease, seq: 2 })).body).toEqual({ seq: 2 });
    const { items } = (await lease()).body;
    expect(items.map(({ articleId }) => articleId)).toEqual(["a3", "a5"]);
  });

  test("A consumer that has acknowledged every change is leased nothing", async () => {
    const { lease, ack } = await addConsumer("done");
    const all = (await lease()).body;
    expect((await ack({ lease: all.lease })).body).toEqual({ seq: 6 });
    expect((await lease()).body).toMatchObject({ lease: null, items: [] });
  });

  test("A change that the filter leaves out doesn't count as lag", async () => {
    const store = await database.open("lag");
    await publishArticles(store, "created", [makeArticle("one", { topics: ["egov"] })]);
    const { lease, ack, status } = await addConsumer("site", await openServer(store));
    await ack({ lease: (await lease()).body.lease });
    await publishArticles(store, "created", [makeArticle("other", { topics: ["ai"] })]);
    expect((await lease()).body).toMatchObject({ lease: null, items: [] });
    expect((await status()).body).toMatchObject({ seq: 2, lag: { changes: 0, seconds: null } });
  });
});

describe("replaying from the command line", () => {
  /** A consumer that has read everything and is replayed from the third change on. */
  async function replayed(name: string) {
    const { store } = server;
    const { changes } = store.collections;
    const added = await addConsumer(name);
    await added.ack({ lease: (await added.lease()).body.lease });
    await changes.updateMany({ seq: { $lt: 3 } }, { $set: { at: new Date(1000) } });
    const from = (await changes.findOne({ seq: 3 }))?.at.toISOString() ?? "";
    const cli = commandsOn(store);
    return { ...added, cli, replay: await cli(["consumers", "replay", name, "--from", from]) };
  }

  test("A replay reports how far the consumer is behind now", async () => {
    const { replay } = await replayed("behind");
    expect(replay).toMatchObject({
      code: 0,
      err: expect.stringContaining("changes that it has not read: 4"),
    });
  });

  test("A replayed consumer is leased the changes since that time again", async () => {
    const { lease } = await replayed("again");
    expect((await lease({ limit: 1 })).body.items.map(({ seq }) => seq)).toEqual([4]);
  });

  test("The list of consumers shows where each is and whether it has a lease", async () => {
    const { lease, cli } = await replayed("listed");
    // The command has the real time, which is ahead of `now`.
    await lease({ limit: 1, seconds: 3600 });
    const list = JSON.parse((await cli(["consumers", "list", "--json"])).out) as object[];
    expect(list).toContainEqual(
      expect.objectContaining({ name: "listed", state: "leased", seq: 2 }),
    );
  });
});

describe("after the database was restored", () => {
  let consumer: Send;
  beforeAll(async () => {
    const store = await database.open("restored");
    await publishArticles(store, "created", [makeArticle("a", { topics: ["egov"] })]);
    const before = await openServer(store);
    for (const name of ["expired", "replayed"]) {
      const { lease, ack } = await addConsumer(name, before);
      await ack({ lease: (await lease()).body.lease });
    }
    await addEpoch(store, new Date(now));
    ({ consumer } = await openServer(store));
  });

  test("A consumer of before can't lease, and learns that it must be replayed", async () => {
    expect(await consumer("POST", "/v1/consumers/expired/lease", {})).toMatchObject({
      status: 410,
      body: { code: "cursor-expired", detail: expect.stringContaining("replay the consumer") },
    });
  });

  test("A consumer of before is shown as expired", async () => {
    expect((await consumer("GET", "/v1/consumers")).body).toContainEqual(
      expect.objectContaining({ name: "expired", state: "expired" }),
    );
  });

  test("A consumer that is replayed can lease again", async () => {
    const url = "/v1/consumers/replayed";
    expect((await consumer("POST", `${url}/replay`, { from: "latest" })).status).toBe(200);
    expect((await consumer("POST", `${url}/lease`, {})).body).toMatchObject({ items: [] });
  });
});

test("A consumer that was removed is not found any more", async () => {
  const { status } = await addConsumer("removed");
  expect((await server.operator("DELETE", "/v1/consumers/removed")).status).toBe(204);
  expect((await status()).body).toMatchObject({ status: 404 });
});

test("The audit log has what was done to a consumer, also from the command line", async () => {
  const { store, operator, consumer } = server;
  await addConsumer("logged");
  await consumer("POST", "/v1/consumers/logged/replay", { from: "latest" });
  const from = new Date(now).toISOString();
  await commandsOn(store)(["consumers", "replay", "logged", "--from", from]);
  await operator("DELETE", "/v1/consumers/logged");
  const { audit } = store.collections;
  const log = await audit.find({ action: /^consumer/, subject: "logged" }).toArray();
  expect(log.map(({ action }) => action).toSorted()).toEqual([
    "consumer.add",
    "consumer.remove",
    "consumer.replay",
    "consumer.replay",
  ]);
});

describe("a consumer that acknowledged two changes of three, by a lease of two", () => {
  let next: Leased;
  let ack: (body: object) => ReturnType<Send>;
  beforeAll(async () => {
    const consumer = await addConsumer("limited");
    ({ ack } = consumer);
    const { lease } = (await consumer.lease({ limit: 2 })).body;
    await ack({ lease });
    next = (await consumer.lease()).body;
  });

  test("is handed out the third by its next lease", () => {
    expect(next.items.map(({ articleId }) => articleId)).toEqual(["a5"]);
  });

  test("can't acknowledge a place before them", async () => {
    expect(await ack({ lease: next.lease, seq: 3 })).toMatchObject({
      status: 400,
      body: { code: "invalid-request" },
    });
  });
});
