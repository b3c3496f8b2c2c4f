import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createClient } from "../../../client/client.ts";

/** A server behind a proxy that gives these answers, one after the other. */
async function answering(...answers: [status: number, type: string, body: string][]) {
  const requests: string[] = [];
  const server = createServer((request, reply) => {
    const [status, type, body] = answers[requests.length] ?? [500, "text/plain", "no more"];
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    reply.writeHead(status, { "content-type": type, "retry-after": "0" }).end(body);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}/news/`, requests, close: () => server.close() };
}

const problem = (status: number, code: string) =>
  JSON.stringify({ status, code, detail: `${code}.`, request_id: "r1" });
const page = (cursor: string) =>
  JSON.stringify({ items: [], next_cursor: cursor, has_more: false });

test("a follower waits out what passes and tells it, and throws what doesn't", async () => {
  const server = await answering(
    [502, "text/html", "<h1>Bad gateway</h1>"],
    [429, "application/problem+json; charset=utf-8", problem(429, "too-many-requests")],
    [200, "application/json", page("c2")],
    [200, "application/json", page("c2")],
    [400, "application/problem+json", problem(400, "invalid-request")],
  );
  const events: unknown[] = [];
  const client = createClient(server.base, { key: "ng_key" });
  const steps = client.follow({
    cursor: "c1",
    wait: 0,
    topic: "ai,egov",
    onRetry: (error, ms) => events.push([error.message, ms]),
  });
  expect((await steps.next()).value).toEqual({ kind: "changes", changes: [], cursor: "c2" });
  await expect(steps.next()).rejects.toMatchObject({
    name: "ProblemError",
    status: 400,
    code: "invalid-request",
    message: "invalid-request.",
    requestId: "r1",
  });
  // Each answer asks for a wait of 0 s.
  const pause = expect.toSatisfy((ms: number) => ms > 0 && ms <= 1000);
  expect(events).toEqual([
    ["502 without a reason that programs can read: <h1>Bad gateway</h1>", pause],
    ["too-many-requests.", pause],
  ]);
  const [first] = server.requests;
  expect(first).toBe("GET /news/v1/changes?topic=ai%2Cegov&wait=0&cursor=c1 Bearer ng_key");
  const cursors = server.requests.map((line) => /cursor=(\w+)/.exec(line)?.[1]);
  expect(cursors).toEqual(["c1", "c1", "c1", "c2", "c2"]);
  server.close();
});

test.each(["127.0.0.1:3000", "localhost:3000"])("%s is refused at once, not waited for", (base) => {
  expect(() => createClient(base)).toThrow(`${base}: the server's address begins with http://`);
});

test.each(["http://localhost:300000", "http://my host:3000"])("%s is refused at once", (base) => {
  expect(() => createClient(base)).toThrow(`${base} isn't a valid URL`);
});

test("a key that no header can contain is refused at once", () => {
  expect(() => createClient("http://127.0.0.1:3000", { key: "ng_\u2026" })).toThrow("ByteString");
});

test("an address with a password is refused at once", () => {
  expect(() => createClient("http://ada:secret@localhost:3000")).toThrow(
    "can't contain a password",
  );
});

test.each(["", "<h1>Not found</h1>", "null"])(
  "a proxy's problem %j is an error with its status",
  async (text) => {
    const server = await answering([404, "application/problem+json", text]);
    const reading = createClient(server.base).article("a");
    await expect(reading).rejects.toMatchObject({ status: 404, code: "no-problem-details" });
    server.close();
  },
);

test("a proxy's problem without a code is an error with the code no-problem-details", async () => {
  const server = await answering([404, "application/problem+json", `{ "title": "Not found" }`]);
  await expect(createClient(server.base).article("a")).rejects.toMatchObject({
    status: 404,
    code: "no-problem-details",
    message: expect.stringContaining("Not found"),
  });
  server.close();
});
