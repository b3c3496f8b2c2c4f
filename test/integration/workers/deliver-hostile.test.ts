import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import {
  closeReceivers,
  HOSTILE,
  LIMITS,
  listening,
  receive,
  subscribe,
  testPost,
} from "../../helpers/receiver.ts";

let database: TestDatabase;
let store: Store;
const post = testPost();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("hostile");
});
beforeEach(() => resetStore(store));
afterEach(closeReceivers);
afterAll(async () => {
  await post.close();
  await database.close();
});

test.each(HOSTILE)(
  "a receiver that %s holds nobody up",
  async (_, answer, problem) => {
    const { got, url } = await receive(answer);
    const hook = await subscribe(store, post, url);
    await publishArticles(store, "created", [makeArticle("a")]);
    await hook.run();
    expect(got).toHaveLength(1);
    const [entry] = await hook.log();
    expect(entry?.delivered).toBe(problem === null);
    expect(entry?.problem ?? "").toMatch(problem ?? /^$/);
    expect(entry?.response?.body.length ?? 0).toBeLessThanOrEqual(LIMITS.bytes);
    expect(await hook.state()).toMatchObject({ seq: problem === null ? 1 : 0, lease: null });
  },
  60_000,
);

test.each(["http://127.0.0.1:27017/", "http://inside.example/", "file:///etc/passwd"])(
  "a webhook to %s is refused when it is made",
  async (inside) => {
    await expect(subscribe(store, post, inside)).rejects.toMatchObject({ code: "refused-address" });
  },
);

test("a webhook whose host leads to an inner address by now is not sent to", async () => {
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a")]);
  const moved = url.replace("127.1.9.9", "127.0.0.1");
  await store.collections.subscribers.updateOne({ _id: hook.id }, { $set: { url: moved } });
  await hook.run();
  expect(got).toEqual([]);
  const [entry] = await hook.log();
  expect(entry).toMatchObject({ delivered: false, problem: expect.stringMatching(/refused/) });
});

test("a receiver that doesn't speak HTTP has taken nothing", async () => {
  const noise = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
  await publishArticles(store, "created", [makeArticle("a")]);
  const hook = await subscribe(store, post, await listening(noise));
  await hook.run();
  expect(await hook.log()).toMatchObject([{ delivered: false, response: null }]);
});
