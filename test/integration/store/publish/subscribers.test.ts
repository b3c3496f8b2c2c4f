import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscriber } from "../../../../model/publish/subscriber.ts";
import { dueSubscribers, listSubscribers } from "../../../../store/publish/subscribers.ts";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const now = new Date("2026-11-28T10:00:00Z");
const subscriber = (id: string, age: number, seq: number): Subscriber => ({
  _id: id,
  url: "https://reader.example/hook",
  filter: {},
  secrets: [],
  state: "active",
  reason: null,
  createdAt: new Date(now.getTime() - age),
  createdBy: "test",
  failures: 0,
  failingSince: null,
  nextTryAt: now,
  deliveredAt: null,
  lastProblem: null,
  seq,
  epoch: 0,
  lease: null,
  version: 0,
});

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("subscribers");
  await store.collections.subscribers.insertMany([
    ...Array.from({ length: 1000 }, (_, n) => subscriber(`new-${n}`, n, 7)),
    subscriber("oldest", 5000, 3),
  ]);
});
afterAll(() => database.close());

test("The oldest webhook is listed before 1,000 others", async () => {
  const [first] = await listSubscribers(store);
  expect(first?._id).toBe("oldest");
});

test("A webhook that is behind gets its turn beside 1,000 others that aren't", async () => {
  expect((await dueSubscribers(store, 7, now)).map(({ _id }) => _id)).toEqual(["oldest"]);
});
