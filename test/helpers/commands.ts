import type { Document } from "mongodb";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { noteWrites } from "./database.ts";

/** Opens a second connection to a store's database that counts its commands. */
export async function countCommands({ client, db }: Store) {
  const hosts = client.options.hosts.map(String).join();
  const url = `mongodb://${hosts}/?directConnection=true&monitorCommands=true`;
  const store = await openStore(url, { database: db.databaseName });
  noteWrites(store);
  let seen: string[] = [];
  let read = 0;
  store.client.on("commandStarted", ({ commandName, command }) => {
    if (commandName in { hello: 1, ping: 1, endSessions: 1 }) return;
    seen.push(`${commandName} ${String(command[commandName])}`);
  });
  store.client.on("commandSucceeded", ({ reply }) => {
    const { firstBatch = [], nextBatch = [] } = (reply as Document)["cursor"] ?? {};
    read += firstBatch.length + nextBatch.length;
  });
  return {
    store,
    /** Returns each round trip since the last reset, as `COMMAND COLLECTION`. */
    commands: () => seen,
    /** Returns the number of documents read since then. */
    read: () => read,
    reset: () => {
      [seen, read] = [[], 0];
    },
    close: () => store.close(),
  };
}
