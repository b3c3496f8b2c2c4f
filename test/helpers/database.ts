import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { MongoClient } from "mongodb";
import { shortHash } from "../../lib/hash.ts";
import { ReleaseStack } from "../../lib/stack.ts";
import { startDatabase } from "../../services/database.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";

/** A database server for one test file. */
export interface TestDatabase {
  url: string;
  /** An empty store whose database is named after the file and `name`; closed by `close`. */
  open(name: string): Promise<Store>;
  close(): Promise<void>;
}

const log = { debug() {}, info() {}, warn() {} };

/** Uses `MONGODB_URI` where it is set, else starts the installed database on a free loopback port. */
export async function startTestDatabase(file: string): Promise<TestDatabase> {
  const stack = new ReleaseStack();
  const shared = process.env["MONGODB_URI"];
  const url = shared ?? (await start(stack));
  return {
    url,
    async open(name) {
      const id = shortHash(`${file}\n${name}`).slice(0, 12);
      const database = `test_${basename(file, ".test.ts").replaceAll(/\W/g, "_")}_${id}`;
      if (shared) await drop(shared, database);
      const store = await openStore(url, { database });
      stack.add(database, () => store.close());
      if (shared) stack.add(`${database} data`, () => store.db.dropDatabase());
      return store;
    },
    close: () => stack.close(20_000),
  };
}

async function drop(url: string, database: string): Promise<void> {
  const client = await MongoClient.connect(url);
  await client.db(database).dropDatabase();
  await client.close();
}

async function start(stack: ReleaseStack): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  stack.add("data", () => rm(dataDir, { recursive: true, force: true }));
  const service = await startDatabase({ dataDir, log });
  stack.add("database", () => service.stop());
  return service.url;
}
