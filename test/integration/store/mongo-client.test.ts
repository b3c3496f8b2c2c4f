import diagnostics from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Connection } from "mongodb/lib/cmap/connection.js";
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

test("a command that isn't written yet when its connection closes ends", async () => {
  const socket = { write: () => false, once: () => socket, off: () => socket };
  const connection = Object.assign(new EventEmitter(), { closed: false, error: null, socket });
  const command = {
    toBin() {
      Object.assign(connection, { closed: true, error: new Error("closed in between") });
      connection.emit("close");
      return Promise.resolve([new Uint8Array(4)]);
    },
  };
  const { writeCommand } = Connection.prototype;
  await expect(
    Reflect.apply(writeCommand, connection, [command, { agreedCompressor: "none" }]),
  ).rejects.toThrow("closed in between");
});
