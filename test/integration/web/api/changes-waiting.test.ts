import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  app = await makePortal(await database.open("waiting"));
  await app.listen({ host: "0.0.0.0", port: 0 });
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

/** Opens a stream of events from an address of this machine. */
async function openStream(localAddress: string): Promise<IncomingMessage> {
  const { port } = app.server.address() as AddressInfo;
  const waiting = request({
    host: "127.0.0.1",
    port,
    localAddress,
    agent: false,
    path: "/v1/changes",
    headers: { accept: "text/event-stream" },
  }).end();
  const [answer] = (await once(waiting, "response")) as [IncomingMessage];
  return answer.on("error", () => {});
}

test("an address that opens more streams than it may leaves room for others", async () => {
  const streams = await Promise.all(Array.from({ length: 120 }, () => openStream("127.0.0.2")));
  const refused = streams.filter(({ statusCode }) => statusCode === 429);
  expect([streams.length - refused.length, refused.length]).toEqual([100, 20]);
  const other = await openStream("127.0.0.3");
  expect(other.statusCode).toBe(200);
  for (const stream of [...streams, other]) stream.destroy();
  // What is closed gives its place back as soon as the server sees it.
  await expect
    .poll(
      async () => {
        const stream = await openStream("127.0.0.2");
        stream.destroy();
        return stream.statusCode;
      },
      { timeout: 60_000 },
    )
    .toBe(200);
});
