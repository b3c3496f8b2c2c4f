import { MongoNetworkError } from "mongodb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addLinks } from "../../store/crawl/links.ts";
import { findAll } from "../../store/queries.ts";
import { countCommands } from "../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { makeLink } from "../helpers/links.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ID = { projection: { _id: 1 } };
const MANY = 300;

async function seeded(name: string) {
  const store = await database.open(name);
  await addLinks(
    store,
    Array.from({ length: MANY }, (_, n) => makeLink(`l${n + 100}`, { host: `${n % 2}.example` })),
  );
  const counted = await countCommands(store);
  const { links } = counted.store.collections;
  return { ...counted, links };
}

test("all documents come by one command, also more than a cursor begins with", async () => {
  const { links, commands, close } = await seeded("all");
  const found = await findAll(links, { host: "1.example" }, ID);
  expect(found).toHaveLength(MANY / 2);
  expect(found).toContainEqual({ _id: "l101" });
  expect(commands()).toEqual(["find links"]);
  await close();
});

test("an order and a limit hold, dates and numbers are what they were stored as", async () => {
  const { links, close } = await seeded("order");
  const found = await findAll(links, {}, { sort: { _id: -1 }, limit: 2 });
  expect(found.map(({ _id }) => _id)).toEqual(["l399", "l398"]);
  expect(found).toEqual(await links.find({}).sort({ _id: -1 }).limit(2).toArray());
  await close();
});

test("what doesn't come in one answer comes all the same", async () => {
  const { links, commands, close } = await seeded("pieces");
  const command = links.db.command.bind(links.db);
  vi.spyOn(links.db, "command").mockImplementation((query, how) => {
    return command("find" in query ? { ...query, batchSize: 10 } : query, how);
  });
  expect(await findAll(links, {}, ID)).toHaveLength(MANY);
  expect(commands()).toContain("killCursors links");
  await close();
});

test("a broken connection is asked once more; what is wrong with a question is told", async () => {
  const { links, close } = await seeded("broken");
  vi.spyOn(links.db, "command").mockRejectedValueOnce(new MongoNetworkError("connection closed"));
  expect(await findAll(links, {}, ID)).toHaveLength(MANY);
  await expect(findAll(links, { $nonsense: 1 })).rejects.toThrow(/nonsense/);
  await close();
});
