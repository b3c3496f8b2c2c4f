import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../../lib/time.ts";
import { removeChanges } from "../../../store/retention.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makePortal } from "../../helpers/portal.ts";

const script = new URL("../../../docs/consumer.mjs", import.meta.url).pathname;

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  folder = await mkdtemp(join(tmpdir(), "newsgather-example-"));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

test("the example of the documentation keeps a true copy, over its restarts and an expired cursor", async () => {
  const store = await database.open("example");
  const app = await makePortal(store);
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const file = join(folder, "copy.json");
  const start = () => spawn(process.execPath, [script, address, file], { stdio: "inherit" });
  const stop = (child: ChildProcess) =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  const copied = async () => {
    const { items } = JSON.parse(await readFile(file, "utf8").catch(() => '{"items":{}}')) as {
      items: Record<string, { version: number }>;
    };
    return Object.fromEntries(Object.entries(items).map(([id, { version }]) => [id, version]));
  };
  const becomes = async (wanted: Record<string, number>) => {
    const equal = async () => {
      const versions = await copied();
      const ids = Object.keys(wanted);
      return (
        ids.length === Object.keys(versions).length &&
        ids.every((id) => versions[id] === wanted[id])
      );
    };
    for (let tries = 0; tries < 200 && !(await equal()); tries++) await sleep(50);
    expect(await copied()).toEqual(wanted);
  };

  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  const first = start();
  await publishArticles(store, "updated", [makeArticle("a", { title: "New" })]);
  await becomes({ a: 2, b: 1 });
  await stop(first);
  await publishArticles(store, "retracted", [makeArticle("b", { status: "retracted" })]);
  await publishArticles(store, "created", [makeArticle("c")]);
  const second = start();
  await becomes({ a: 2, c: 1 });
  await stop(second);
  await publishArticles(store, "retracted", [makeArticle("c", { status: "retracted" })]);
  await publishArticles(store, "created", [makeArticle("d"), makeArticle("e")]);
  expect(await removeChanges(store, new Date(Date.now() + 60_000), 100)).toBeGreaterThan(5);
  const third = start();
  await becomes({ a: 2, d: 1, e: 1 });
  await stop(third);
  await app.close();
});
