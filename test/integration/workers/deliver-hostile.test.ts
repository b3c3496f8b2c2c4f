import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
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
const post = testPost();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterEach(closeReceivers);
afterAll(async () => {
  await post.close();
  await database.close();
});

test.each(HOSTILE)("a receiver that %s holds nobody up", async (name, answer, problem) => {
  const store = await database.open(name);
  const { got, url } = await receive(answer);
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a")]);
  const since = performance.now();
  await hook.run();
  expect(performance.now() - since).toBeLessThan(20_000);
  expect(got).toHaveLength(1);
  const [entry] = await hook.log();
  expect(entry?.delivered).toBe(problem === null);
  expect(entry?.problem ?? "").toMatch(problem ?? /^$/);
  expect(entry?.response?.body.length ?? 0).toBeLessThanOrEqual(LIMITS.bytes);
  expect(await hook.state()).toMatchObject({ seq: problem === null ? 1 : 0, lease: null });
});

test("addresses inside are refused when a webhook is made, and again when it is sent to", async () => {
  const store = await database.open("egress");
  const { got, url } = await receive((response) => response.writeHead(200).end());
  for (const inside of [
    "http://127.0.0.1:27017/",
    "http://inside.example/",
    "file:///etc/passwd",
  ]) {
    await expect(subscribe(store, post, inside)).rejects.toMatchObject({ code: "refused-address" });
  }
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a")]);
  // As a name does that leads elsewhere by then.
  const moved = url.replace("127.1.9.9", "127.0.0.1");
  await store.collections.subscribers.updateOne({ _id: hook.id }, { $set: { url: moved } });
  await hook.run();
  expect(got).toEqual([]);
  const [entry] = await hook.log();
  expect(entry).toMatchObject({ delivered: false, problem: expect.stringMatching(/refused/) });

  const noise = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
  const other = await subscribe(store, post, await listening(noise));
  await other.run();
  expect(await other.log()).toMatchObject([{ delivered: false, response: null }]);
});
