import type { CommandStartedEvent, Document } from "mongodb";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";

/** One way in which a command reaches documents. */
export interface Access {
  collection: string;
  filter: Document;
  /** Name of the index that serves it; null where everything is read. */
  index: string | null;
  /** Documents that are looked at. */
  examined: number;
}

/** A second view on a store's database, of which every query can be explained. */
export interface WatchedStore {
  store: Store;
  /** What the queries and the filters of writes made in `work` cost, each different one once. */
  watch(work: (store: Store) => Promise<unknown>): Promise<Access[]>;
  close(): Promise<void>;
}

/** Opens the database of `store` once more, with its commands recorded. */
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
  // The embedded database serves a filter that no index covers by its first clause that one does
  // (and applies the rest to what that finds), but its `explain` looks at whole filters only.
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
  // MongoDB's answers for look-ups by `_id` name no index.
  if (["IDHACK", "EXPRESS_IXSCAN", "CLUSTERED_IXSCAN"].includes(plan["stage"])) return "_id_";
  if (plan["stage"] === "IXSCAN") return plan["indexName"];
  return plan["inputStage"] ? indexIn(plan["inputStage"]) : null;
}
