import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import {
  type Answer,
  closeReceivers,
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

const HOSTILE: [string, Answer, RegExp | null][] = [
  ["hangs", () => {}, /timeout|aborted/i],
  [
    "redirects",
    (response) => response.writeHead(302, { location: "http://127.1.9.9:1/x" }).end(),
    /redirects are not followed/,
  ],
  ["says more than it sends", (response) => lie(response, "content-length: 9999"), null],
  ["never ends its body", (response) => void response.writeHead(200).write("x"), null],
  [
    "sends gigabytes",
    (response) => {
      response.writeHead(200);
      const more = () => void response.write(Buffer.alloc(65_536), () => setImmediate(more));
      more();
    },
    null,
  ],
  ["says it is compressed", (response) => lie(response, "content-encoding: gzip"), null],
];

function lie(response: ServerResponse, header: string): void {
  response.socket?.end(`HTTP/1.1 200 OK\r\n${header}\r\nconnection: close\r\n\r\nnot so`);
}

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
