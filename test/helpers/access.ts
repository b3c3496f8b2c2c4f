import type { CommandStartedEvent, Document } from "mongodb";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";

/** How a command reaches documents. */
export interface Access {
  collection: string;
  filter: Document;
  /** Name of the index that serves it; null if it reads everything. */
  index: string | null;
  /** Number of documents examined. */
  examined: number;
}

/** A second connection to a store's database, whose queries can be explained. */
export interface WatchedStore {
  store: Store;
  /** Returns how the queries and the filters of writes in `work` reach documents, each different one once. */
  watch(work: (store: Store) => Promise<unknown>): Promise<Access[]>;
  close(): Promise<void>;
}

/** Opens the database of `store` a second time, with its commands recorded. */
export async function watchStore({ client, db }: Store): Promise<WatchedStore> {
  const hosts = client.options.hosts.map(String).join();
  const url = `mongodb://${hosts}/?directConnection=true&monitorCommands=true`;
  const store = await openStore(url, { database: db.databaseName });
  let seen: CommandStartedEvent[] = [];
  store.client.on("commandStarted", (event) => seen.push(event));
  return {
    store,
    async watch(work) {
      seen = [];
      await work(store);
      const rightsAsked = new Map(
        seen.flatMap(filtersOf).map((query) => [JSON.stringify(shapeOf(query)), query]),
      );
      return Promise.all([...rightsAsked.values()].map((query) => accessOf(store, query)));
    },
    close: () => store.close(),
  };
}

interface Query {
  collection: string;
  filter: Document;
}

function filtersOf({ command, commandName }: CommandStartedEvent): Query[] {
  const collection = String(command[commandName]);
  switch (commandName) {
    case "find":
      return [{ collection, filter: command["filter"] ?? {} }];
    case "findAndModify":
      return [{ collection, filter: command["query"] ?? {} }];
    case "aggregate":
      return [{ collection, filter: command["pipeline"]?.[0]?.["$match"] ?? {} }];
    case "update":
      return command["updates"].map(({ q }: Document) => ({ collection, filter: q }));
    case "delete":
      return command["deletes"].map(({ q }: Document) => ({ collection, filter: q }));
    default:
      return [];
  }
}

function shapeOf({ collection, filter }: Query): unknown {
  return [collection, Object.entries(filter).map(([field, clause]) => [field, formOf(clause)])];
}

function formOf(clause: unknown): unknown {
  return typeof clause === "object" && clause?.constructor === Object
    ? Object.keys(clause)
    : "value";
}

async function accessOf(store: Store, { collection, filter }: Query): Promise<Access> {
  const whole = await explain(store, collection, filter);
  if (whole.index !== null || Object.keys(filter).some((field) => field.startsWith("$"))) {
    return whole;
  }
  // If no index covers a filter, the embedded database uses an index for its first clause that has one and applies
  // the rest to the result, but its `explain` only considers whole filters.
  for (const [field, clause] of Object.entries(filter)) {
    const alone = await explain(store, collection, { [field]: clause });
    if (alone.index !== null) return { ...alone, filter };
  }
  return whole;
}

async function explain(store: Store, collection: string, filter: Document): Promise<Access> {
  const answer = await store.db.command({
    explain: { find: collection, filter },
    verbosity: "executionStats",
  });
  const examined = answer["executionStats"].totalDocsExamined;
  return { collection, filter, index: indexIn(answer["queryPlanner"].winningPlan), examined };
}

function indexIn(plan: Document): string | null {
  // MongoDB's plans for look-ups by `_id` name no index.
  if (["IDHACK", "EXPRESS_IXSCAN", "CLUSTERED_IXSCAN"].includes(plan["stage"])) return "_id_";
  if (plan["stage"] === "IXSCAN") return plan["indexName"];
  return plan["inputStage"] ? indexIn(plan["inputStage"]) : null;
}
