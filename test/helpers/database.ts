import { basename } from "node:path";
import { MongoClient } from "mongodb";
import { inject } from "vitest";
import { shortHash } from "../../lib/hash.ts";
import { ReleaseStack } from "../../lib/stack.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";

/** The databases of one test file on the server that all files share. */
export interface TestDatabase {
  url: string;
  /** An empty store whose database is named after the file and `name`; removed by `close`. */
  open(name: string): Promise<Store>;
  close(): Promise<void>;
}

/** Databases of a test file's own. They stay until their server goes, unless that is somebody's own. */
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
      const store = await openStore(url, { database });
      stack.add(database, () => store.close());
      if (lasting) stack.add(`${database} data`, () => store.db.dropDatabase());
      return store;
    },
    close: () => stack.close(20_000),
  });
}

/** Removes every document: cheaper than another store where a file has many small tests. */
export async function emptyStore({ collections }: Store): Promise<void> {
  const { meta: _, ...rest } = collections;
  await Promise.all(Object.values(rest).map((collection) => collection.deleteMany({})));
}

/** Makes a store as good as new: without its documents, and without what it counted of them. */
export async function resetStore(store: Store): Promise<void> {
  await emptyStore(store);
  await store.collections.meta.deleteMany({ _id: { $ne: "schema" } });
}

async function drop(url: string, database: string): Promise<void> {
  const client = await MongoClient.connect(url);
  await client.db(database).dropDatabase();
  await client.close();
}
