import type { Socket } from "node:net";
import { MongoClient, type MongoClientOptions } from "mongodb";
import { Connection } from "mongodb/lib/cmap/connection.js";

/** Creates a client whose commands end with an error when their connection is closed. */
export function createMongoClient(url: string, options: MongoClientOptions): MongoClient {
  return new MongoClient(url, options);
}

const { cleanup } = Connection.prototype;

/**
 * Also ends waiting writes. The driver (7.9.0, `writeCommand`) waits for the socket's `drain` or
 * `error` after a write that is not done at once. A destroyed socket emits neither: without this
 * error, such a command would never end, and would block everything that waits for it.
 */
Connection.prototype.cleanup = function endWaitingWrites(error: Error): void {
  if (this.closed) return;
  cleanup.call(this, error);
  const socket: Socket = this.socket;
  if (socket.listenerCount("drain") > 0) socket.emit("error", error);
};
