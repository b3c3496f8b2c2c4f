import { basename } from "node:path";
import { MongoClient } from "mongodb";
import { inject } from "vitest";
import { ReleaseStack } from "../../lib/async.ts";
import { shortHash } from "../../lib/text.ts";
import { openStore } from "../../store/connect.ts";
import { INDEXES } from "../../store/indexes.ts";
import type { Store } from "../../store/store.ts";

/** The databases of one test file, on the server that all files share. */
export interface TestDatabase {
  url: string;
  /** Opens an empty store whose database is named after the file and `name`; `close` removes it. */
  open(name: string): Promise<Store>;
  close(): Promise<void>;
}

/**
 * Returns the databases of a test file. They stay until their server ends, unless the server belongs to somebody
 * else.
 */
export function startTestDatabase(file: string): Promise<TestDatabase> {
  const url = inject("databaseUrl");
  const lasting = Boolean(process.env["MONGODB_URI"]);
  const stack = new ReleaseStack();
  return Promise.resolve({
    url,
    async open(name) {
      const id = shortHash(`${file}\n${name}`).slice(0, 12);
      const database = `test_${basename(file, ".test.ts").replaceAll(/\W/g, "_")}_${id}`;
      if (lasting) await drop(url, database);
      const store = await openStore(monitored(url), { database });
      await keepExpired(store);
      noteWrites(store);
      stack.add(database, () => store.close());
      if (lasting) stack.add(`${database} data`, () => store.db.dropDatabase());
      return store;
    },
    close: () => stack.close(20_000),
  });
}

/** Longest time that the server keeps a document after its date, s. */
const MAX_EXPIRY_S = 2 ** 31 - 1;

/**
 * Keeps documents beyond their expiry: a server removes expired ones once a minute, and the dates of fixtures are
 * fixed.
 */
async function keepExpired({ db }: Store): Promise<void> {
  const expiring = INDEXES.filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
  await Promise.all(
    expiring.map(({ collection, key: keyPattern }) =>
      db.command({
        collMod: collection,
        index: { keyPattern, expireAfterSeconds: MAX_EXPIRY_S },
      }),
    ),
  );
}

/** Returns the URL of a server with monitoring of its clients' commands. */
function monitored(url: string): string {
  const [server = "", query] = url.split("?");
  const path = /^mongodb(\+srv)?:\/\/[^/]+$/.test(server) ? "/" : "";
  return `${server}${path}?${query ? `${query}&` : ""}monitorCommands=true`;
}

const WRITES = new Set(["insert", "update", "delete", "findAndModify"]);
/** Collections that were written to, by database: emptying all of them takes longer than most tests. */
const written = new Map<string, Set<string>>();

/** Records to which collections this store object writes. */
export function noteWrites({ client, db: { databaseName } }: Store): void {
  const names = written.get(databaseName) ?? new Set();
  written.set(databaseName, names);
  client.on("commandStarted", ({ commandName, command }) => {
    if (WRITES.has(commandName)) names.add(String(command[commandName]));
  });
}

/** Removes every document that a test file wrote, which is cheaper than a new store for many small tests. */
export async function emptyStore({ db }: Store): Promise<void> {
  const names = [...(written.get(db.databaseName) ?? [])].filter((name) => name !== "meta");
  await Promise.all(names.map((name) => db.collection(name).deleteMany({})));
  for (const name of names) written.get(db.databaseName)?.delete(name);
}

/** Resets a store to its new state: without documents and without counts of them. */
export async function resetStore(store: Store): Promise<void> {
  await emptyStore(store);
  await store.collections.meta.deleteMany({ _id: { $nin: ["schema", "indexes"] } });
}

async function drop(url: string, database: string): Promise<void> {
  const client = await MongoClient.connect(url);
  await client.db(database).dropDatabase();
  await client.close();
}
