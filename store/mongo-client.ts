import { MongoClient, type MongoClientOptions } from "mongodb";
import { Connection } from "mongodb/lib/cmap/connection.js";

/** Creates a client whose commands end with an error when their connection is closed. */
export function createMongoClient(url: string, options: MongoClientOptions): MongoClient {
  return new MongoClient(url, options);
}

const { writeCommand } = Connection.prototype;

/** If the connection closes, the driver's own method (7.9.0) could wait forever. */
Connection.prototype.writeCommand = async function endWithConnection(...command): Promise<void> {
  let onClose = () => {};
  const closed = new Promise<never>((_, reject) => {
    onClose = () => reject(this.error ?? new Error("the connection is closed"));
    this.once("close", onClose);
  });
  closed.catch(() => {});
  if (this.closed) onClose();
  try {
    // The driver waits for `drain` or `error`, which a destroyed socket never emits.
    await Promise.race([writeCommand.apply(this, command), closed]);
  } finally {
    this.off("close", onClose);
  }
};
