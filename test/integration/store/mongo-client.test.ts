import diagnostics from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { expect, inject, onTestFinished, test } from "vitest";
import { createMongoClient } from "../../../store/mongo-client.ts";

/** Returns the client sockets that this process opens from now on. */
function collectSockets(): Set<Socket> {
  const sockets = new Set<Socket>();
  const add = (message: unknown) => void sockets.add((message as { socket: Socket }).socket);
  diagnostics.subscribe("net.client.socket", add);
  onTestFinished(() => void diagnostics.unsubscribe("net.client.socket", add));
  return sockets;
}

test("a command that is written while its connection closes ends", async () => {
  const sockets = collectSockets();
  const client = createMongoClient(inject("databaseUrl"), { retryReads: false });
  onTestFinished(() => client.close());
  const db = client.db("test_mongo_client");
  await db.command({ ping: 1 });
  // The sockets emit `close` only after the next command was written.
  for (const socket of sockets) socket.destroy();
  await expect(db.collection("any").findOne()).rejects.toThrow(/connection .* closed/);
  expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 });
});
