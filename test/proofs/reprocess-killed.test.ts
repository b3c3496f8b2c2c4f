import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ReleaseStack } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, makeSource } from "../helpers/articles.ts";
import { cliOn } from "../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";

/** Four batches. */
const ARTICLES = 200;
const COMMAND = ["reprocess", "--stage", "topics", "relevance", "--since", "2026-11-01", "--json"];

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

async function filled(name: string): Promise<Store> {
  const store = await database.open(name);
  await store.collections.sources.insertOne(makeSource("cities"));
  await store.collections.articles.insertMany(
    Array.from({ length: ARTICLES }, (_, n): Article => {
      const sortAt = new Date(Date.UTC(2026, 10, 1 + (n % 20), 8, n % 60));
      const text = `Council ${n} puts its open data portal online. Anybody may use the open data.`;
      return makeArticle(`a-${n}`, { sortAt, text });
    }),
  );
  return store;
}

/** What readers get of each article, and what waits to be told of it. */
async function outcomeOf({ collections }: Store) {
  const articles = await collections.articles.find().sort({ _id: 1 }).toArray();
  return articles.map(({ _id, version, topics, evidence, pending }) => {
    return { _id, version, topics, relevance: evidence.relevance, pendingChanges: pending.length };
  });
}

/** The beginning of a write to articles, as it goes over the wire. */
const WRITE = Buffer.from("update\0\x09\0\0\0articles\0");

/** A way to a database that lets no more answers through from the second write to articles on. */
async function openGate({ client }: Store, stack: ReleaseStack) {
  const [host] = client.options.hosts;
  if (!host) throw new Error("the store has a host");
  let hold = () => {};
  const interrupted = new Promise<void>((resolve) => {
    hold = resolve;
  });
  let writes = 0;
  const server = createServer((inner) => {
    const outer = connect(host.port ?? 27_017, host.host ?? "127.0.0.1");
    let last = Buffer.alloc(0);
    inner.on("data", (chunk: Buffer) => {
      const seen = Buffer.concat([last, chunk]);
      if (seen.includes(WRITE)) writes++;
      last = seen.includes(WRITE) ? Buffer.alloc(0) : seen.subarray(-WRITE.length + 1);
      outer.write(chunk);
      if (writes > 1) hold();
    });
    outer.on("data", (chunk) => {
      if (writes < 2) inner.write(chunk);
    });
    for (const socket of [inner, outer]) {
      socket.on("error", () => {});
      socket.on("close", () => {
        inner.destroy();
        outer.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.add("gate", () => void server.close());
  const { port } = server.address() as AddressInfo;
  return { hosts: [`127.0.0.1:${port}`], interrupted };
}

test("a reprocess that is killed half-way goes on to the end of one that never was", async () => {
  const stack = new ReleaseStack();
  const [killed, whole] = await Promise.all([filled("killed"), filled("whole")]);
  const wanted = cliOn(whole)(COMMAND);
  const gate = await openGate(killed, stack);
  let child: ChildProcess | undefined;
  const ended = cliOn(killed, { hosts: gate.hosts })(COMMAND, "", (started) => {
    child = started;
  });
  await Promise.race([gate.interrupted, ended]);
  child?.kill("SIGKILL");
  expect(await ended).toMatchObject({ code: null });
  await stack.close(5000);
  const { articles, reprocessings } = killed.collections;
  // What was on its way is written; that it is, nobody noted.
  await expect.poll(() => articles.countDocuments({ version: 2 }), { timeout: 30_000 }).toBe(100);
  expect(await reprocessings.findOne({})).toMatchObject({
    done: { report: { articles: 50 } },
    planned: { report: { articles: 100 } },
  });

  const again = await cliOn(killed)(COMMAND);
  expect(again).toMatchObject({ code: 0 });
  expect(JSON.parse(again.out)).toEqual(JSON.parse((await wanted).out));
  const outcome = await outcomeOf(killed);
  expect(outcome).toEqual(await outcomeOf(whole));
  expect(
    outcome.every(({ version, pendingChanges }) => version === 2 && pendingChanges === 1),
  ).toBe(true);
});
