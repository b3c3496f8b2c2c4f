import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, ProblemError } from "../../../client/client.ts";
import { sleep } from "../../../lib/time.ts";
import { removeChanges } from "../../../store/retention.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { asKey, newKey, openGated } from "../../helpers/gated.ts";
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
    for (let tries = 0; tries < 1200 && !(await equal()); tries++) await sleep(50);
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

test("the client pages, follows over a restart, an expired cursor and its own, and works as a consumer", async () => {
  const store = await database.open("client");
  let app = await openGated(store);
  const base = await app.listen({ host: "127.0.0.1", port: 0 });
  const at = (hour: number) => ({ sortAt: new Date(Date.UTC(2026, 10, 24, hour)) });
  const articles = ["a", "b", "c", "d", "e"].map((id, hour) => makeArticle(id, at(hour)));
  await publishArticles(store, "created", articles);
  const operator = await asKey(app, store, "write");
  await operator("POST", "/v1/consumers", { name: "site", from: "start" });

  const client = createClient(`${base}/`, { key: await newKey(store, "consume") });
  const ids: string[] = [];
  for await (const { id } of client.articles({ limit: 2 })) ids.push(id);
  expect(ids).toEqual(["e", "d", "c", "b", "a"]);
  expect(await client.article("a")).toMatchObject({ id: "a", textWithheld: true });
  const unknown = client.article("a/../none");
  await expect(unknown).rejects.toBeInstanceOf(ProblemError);
  await expect(unknown).rejects.toMatchObject({
    status: 404,
    code: "unknown-article",
    message: "No article has this id.",
    requestId: expect.stringMatching(/./),
  });

  const consumer = client.consumer("site");
  const { lease, items } = await consumer.lease({ limit: 3 });
  expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  await expect(consumer.lease()).rejects.toMatchObject({ status: 409, code: "leased" });
  expect(await consumer.ack({ lease: lease ?? "", seq: 2 })).toEqual({ seq: 2 });
  expect((await consumer.lease()).items.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  await expect(createClient(base).consumer("site").lease()).rejects.toMatchObject({ status: 401 });

  const over = new AbortController();
  const failed: string[] = [];
  const following = { limit: 3, onRetry: ({ name }: Error) => void failed.push(name) };
  const stream = client.follow({ ...following, signal: over.signal });
  const next = async () => (await stream.next()).value;
  const pageOf = (...wanted: string[]) => wanted.map((id) => expect.objectContaining({ id }));
  expect(await next()).toMatchObject({ first: true, items: pageOf("e", "d", "c"), cursor: null });
  const whole = await next();
  expect(whole).toMatchObject({ first: false, items: pageOf("b", "a"), cursor: expect.anything() });
  await publishArticles(store, "updated", [makeArticle("a", { title: "New", ...at(0) })]);
  const [updated, waiting] = [await next(), next()];
  expect(updated).toMatchObject({ kind: "changes", changes: [{ kind: "updated", version: 2 }] });
  await app.close();
  while (failed.length === 0) await sleep(20);
  app = await openGated(store);
  await app.listen({ host: "127.0.0.1", port: Number(new URL(base).port) });
  await publishArticles(store, "retracted", [makeArticle("b", { status: "retracted", ...at(1) })]);
  expect(await waiting).toMatchObject({ changes: [{ kind: "retracted", item: null }] });
  const ended = next();
  over.abort();
  expect(await ended).toBeUndefined();

  const again = client.follow({ ...following, cursor: whole?.cursor ?? null });
  const resumed = (await again.next()).value;
  expect(resumed).toMatchObject({ changes: [{ articleId: "a" }, { articleId: "b" }] });
  await removeChanges(store, new Date(Date.now() + 60_000), 100);
  const expired = client.follow({ ...following, cursor: whole?.cursor ?? null });
  expect((await expired.next()).value).toMatchObject({ kind: "snapshot", first: true });
  await app.close();
});
