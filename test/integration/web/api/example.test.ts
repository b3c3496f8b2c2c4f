import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createClient, ProblemError, type Step } from "../../../../client/client.ts";
import { removeChanges } from "../../../../store/archive/retention.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, newKey, openGated } from "../../../helpers/gated.ts";
import { makeDocument, tempIndex } from "../../../helpers/judged-search.ts";
import { openBrowser } from "../../../helpers/open-browser.ts";
import { makePortal } from "../../../helpers/portal.ts";

const script = new URL("../../../../docs/publishing/consumer.mjs", import.meta.url).pathname;

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

type Client = ReturnType<typeof createClient>;

/** A bound that only a hang crosses. */
const WITHIN = { timeout: 60_000, interval: 50 };

describe("the example of the documentation", () => {
  type Versions = Record<string, number>;
  const EXPECTED = {
    running: { a: 2, b: 1 },
    restarted: { a: 2, c: 1 },
    expired: { a: 2, d: 1, e: 1 },
  };
  let file: string;
  /** What the copy had at last: while it ran, after it was stopped for a while, after its cursor expired. */
  let [running, restarted, expired]: Versions[] = [];
  let removed = 0;

  const copied = async (): Promise<Versions> => {
    const { items } = JSON.parse(await readFile(file, "utf8").catch(() => '{"items":{}}')) as {
      items: Record<string, { version: number }>;
    };
    return Object.fromEntries(Object.entries(items).map(([id, { version }]) => [id, version]));
  };
  /** The copy once it is as it should be, or as it is when that takes too long. */
  const copyOf = async (expected: Versions) => {
    const isEqual = async () => isDeepStrictEqual(await copied(), expected);
    await vi.waitUntil(isEqual, WITHIN).catch(() => {});
    return copied();
  };
  const stop = (child: ChildProcess) =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });

  beforeAll(async () => {
    file = join(folder, "copy.json");
    const store = await database.open("example");
    const app = await makePortal(store);
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const start = () => spawn(process.execPath, [script, address, file], { stdio: "inherit" });
    const retract = (id: string) =>
      publishArticles(store, "retracted", [makeArticle(id, { status: "retracted" })]);

    await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
    const first = start();
    await publishArticles(store, "updated", [makeArticle("a", { title: "New" })]);
    running = await copyOf(EXPECTED.running);
    await stop(first);

    await retract("b");
    await publishArticles(store, "created", [makeArticle("c")]);
    const second = start();
    restarted = await copyOf(EXPECTED.restarted);
    await stop(second);

    await retract("c");
    await publishArticles(store, "created", [makeArticle("d"), makeArticle("e")]);
    removed = await removeChanges(store, new Date(Date.now() + 60_000), 100);
    const third = start();
    expired = await copyOf(EXPECTED.expired);
    await stop(third);
    await app.close();
  });

  test("The example copies what is there and what changes", () => {
    expect(running).toEqual(EXPECTED.running);
  });

  test("The example that was killed reads what changed meanwhile", () => {
    expect(restarted).toEqual(EXPECTED.restarted);
  });

  test("The example whose cursor expired copies everything anew", () => {
    expect(removed).toBeGreaterThan(5);
    expect(expired).toEqual(EXPECTED.expired);
  });
});

const at = (hour: number) => ({ sortAt: new Date(Date.UTC(2026, 10, 24, hour)) });
const FIVE = ["a", "b", "c", "d", "e"].map((id, hour) => makeArticle(id, at(hour)));

describe("the client", () => {
  let app: FastifyInstance;
  let base: string;
  let client: Client;
  let operator: Awaited<ReturnType<typeof asKey>>;
  let store: Store;
  beforeAll(async () => {
    store = await database.open("client");
    app = await openGated(store);
    base = await app.listen({ host: "127.0.0.1", port: 0 });
    await publishArticles(store, "created", FIVE);
    operator = await asKey(app, store, "write");
    client = createClient(`${base}/`, { key: await newKey(store, "consume") });
  });
  afterAll(() => app?.close());

  /** A consumer of this name, as a program works with it. */
  const addConsumer = async (name: string) => {
    await operator("POST", "/v1/consumers", { name, from: "start" });
    return client.consumer(name);
  };

  test("The client goes through all articles over their pages", async () => {
    const ids: string[] = [];
    for await (const { id } of client.articles({ limit: 2 })) ids.push(id);
    expect(ids).toEqual(["e", "d", "c", "b", "a"]);
  });

  test("The client gets one article by its id", async () => {
    expect(await client.article("a")).toMatchObject({ id: "a", textWithheld: true });
  });

  test("The client throws a problem of the server with its code and the id of the request", async () => {
    const unknown = client.article("a/../none");
    await expect(unknown).rejects.toBeInstanceOf(ProblemError);
    await expect(unknown).rejects.toMatchObject({
      status: 404,
      code: "unknown-article",
      message: 'There is no article "a/../none".',
      requestId: expect.stringMatching(/./),
    });
  });

  test("A consumer of the client leases the next changes", async () => {
    const { items } = await (await addConsumer("leasing")).lease({ limit: 3 });
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("A consumer of the client that has a lease gets no second one", async () => {
    const consumer = await addConsumer("leased");
    await consumer.lease({ limit: 3 });
    await expect(consumer.lease()).rejects.toMatchObject({ status: 409, code: "leased" });
  });

  test("A consumer of the client goes on behind what it acknowledged", async () => {
    const consumer = await addConsumer("acknowledging");
    const { lease } = await consumer.lease({ limit: 3 });
    expect(await consumer.ack({ lease: lease ?? "", seq: 2 })).toEqual({ seq: 2 });
    expect((await consumer.lease()).items.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });

  test("The client runs on a page of another site with a key, and no cookie is sent along", async () => {
    const key = await newKey(store, "read");
    const site = createServer(({ url = "" }, response) => {
      const file = /^\/(\w+\.js)$/.exec(url)?.[1];
      response.setHeader("content-type", file ? "text/javascript" : "text/html");
      if (!file) return response.end("<title>Another site</title>");
      return createReadStream(new URL(`../../../../dist/client/${file}`, import.meta.url)).pipe(
        response,
      );
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const { port } = site.address() as AddressInfo;
    const chromium = await openBrowser({ host: "127.0.0.1", port: 9 });
    const page = await chromium.browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const seen = await page.evaluate(`import("/client.js").then(async ({ createClient }) => {
      const ids = [];
      for await (const { id } of createClient("${base}", { key: "${key}" }).articles({ limit: 4 })) ids.push(id);
      const { headers } = await fetch("${base}/v1/changes", { headers: { accept: "application/x-ndjson" } });
      const withCookies = await fetch("${base}/v1/articles", { credentials: "include" }).catch(({ name }) => name);
      return { ids, cursor: headers.get("x-next-cursor"), etag: headers.get("etag"), withCookies };
    })`);
    await chromium.close();
    site.close();
    expect(seen).toEqual({
      ids: ["e", "d", "c", "b", "a"],
      cursor: expect.stringMatching(/./),
      etag: expect.stringMatching(/^"/),
      withCookies: "TypeError",
    });
  });

  test("A client without a key can't lease", async () => {
    await addConsumer("public");
    const lease = createClient(base).consumer("public").lease();
    await expect(lease).rejects.toMatchObject({ status: 401 });
  });
});

describe("following with the client", () => {
  /** What it answered, in order; undefined is its end. */
  const steps: (Step | undefined)[] = [];
  const failures: string[] = [];
  let [afterAbort, resumed, afterExpiry]: (Step | undefined)[] = [];

  beforeAll(async () => {
    const store = await database.open("follow");
    let app = await openGated(store);
    const base = await app.listen({ host: "127.0.0.1", port: 0 });
    await publishArticles(store, "created", FIVE);
    const client = createClient(base);

    const abort = new AbortController();
    const options = { limit: 3, onRetry: ({ name }: Error) => void failures.push(name) };
    const stream = client.follow({ ...options, signal: abort.signal });
    const next = async () => (await stream.next()).value ?? undefined;
    steps.push(await next(), await next());
    await publishArticles(store, "updated", [makeArticle("a", { teaser: "New", ...at(0) })]);
    steps.push(await next());
    const waiting = next();
    await app.close();
    await vi.waitUntil(() => failures.length > 0, WITHIN);
    app = await openGated(store);
    await app.listen({ host: "127.0.0.1", port: Number(new URL(base).port) });
    const retracted = makeArticle("b", { status: "retracted", ...at(1) });
    await publishArticles(store, "retracted", [retracted]);
    steps.push(await waiting);
    const ended = next();
    abort.abort();
    afterAbort = await ended;

    const cursor = steps[1]?.cursor ?? null;
    resumed = (await client.follow({ ...options, cursor }).next()).value ?? undefined;
    await removeChanges(store, new Date(Date.now() + 60_000), 100);
    afterExpiry = (await client.follow({ ...options, cursor }).next()).value ?? undefined;
    await app.close();
  });

  const itemsOf = (...ids: string[]) => ids.map((id) => expect.objectContaining({ id }));

  test("A client that follows begins with a snapshot in pieces", () => {
    const [first] = steps;
    expect(first).toMatchObject({ first: true, items: itemsOf("e", "d", "c"), cursor: null });
  });

  test("The last piece of the snapshot has the cursor to go on with", () => {
    const items = itemsOf("b", "a");
    expect(steps[1]).toMatchObject({ first: false, items, cursor: expect.anything() });
  });

  test("A client that follows gets changes after the snapshot", () => {
    const changes = [{ kind: "updated", version: 2 }];
    expect(steps[2]).toMatchObject({ kind: "changes", changes });
  });

  test("A client that follows goes on when the server is back", () => {
    expect(failures.length).toBeGreaterThan(0);
    expect(steps[3]).toMatchObject({ changes: [{ kind: "retracted", item: null }] });
  });

  test("A client that is aborted ends its stream", () => {
    expect(afterAbort).toBeUndefined();
  });

  test("A client that kept its cursor resumes behind it", () => {
    expect(resumed).toMatchObject({ changes: [{ articleId: "a" }, { articleId: "b" }] });
  });

  test("A client whose cursor expired begins with a snapshot again", () => {
    expect(afterExpiry).toMatchObject({ kind: "snapshot", first: true });
  });
});

describe("the Python client", () => {
  const modules = new URL("../../../../client/python", import.meta.url).pathname;
  let store: Store;
  let app: FastifyInstance;
  let base: string;
  let key: string;
  let closeIndex: () => void;

  beforeAll(async () => {
    store = await database.open("python");
    const indexed = tempIndex([makeDocument("a", { title: "Title of a" })]);
    closeIndex = indexed.close;
    app = await openGated(store, { search: indexed.search });
    base = await app.listen({ host: "127.0.0.1", port: 0 });
    await publishArticles(store, "created", FIVE);
    key = await newKey(store, "consume");
    const operator = await asKey(app, store, "write");
    await operator("POST", "/v1/consumers", { name: "python", from: "start" });
  });
  afterAll(async () => {
    await app?.close();
    closeIndex?.();
  });

  /** What a program prints, a line of JSON each; it gets `client`, and `tell` to print. */
  const run = (program: string) => {
    const head = `import json, sys
from newsgather import Client, ProblemError
client = Client(sys.argv[1], key=sys.argv[2])
tell = lambda value: print(json.dumps(value), flush=True)
`;
    const env = { PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: "1", PATH: process.env.PATH };
    const child = spawn("python3", ["-W", "error", "-c", head + program, base, key], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const readExample = async (): Promise<unknown> => {
      const { value, done } = await lines.next();
      return done ? undefined : JSON.parse(value);
    };
    return { child, readExample };
  };

  test("It reads articles over their pages, one article, what a search finds, and a consumer's changes", async () => {
    const { readExample } = run(`
tell([one["id"] for one in client.articles(limit=2, since="2026-11", country=["DE"])])
tell(client.article("a")["title"])
tell([(one["id"], one["highlights"]["title"]) for one in client.search("title")])
lease = client.consumer("python").lease(limit=3)
tell([[one["seq"] for one in lease.items], client.consumer("python").ack(lease.lease, seq=2)])
`);
    expect(await readExample()).toEqual(["e", "d", "c", "b", "a"]);
    expect(await readExample()).toBe("Title of a");
    expect(await readExample()).toEqual([["a", "<mark>Title</mark> of a"]]);
    expect(await readExample()).toEqual([[1, 2, 3], 2]);
  });

  test("It raises a problem of the server with its status, code, request and what to do", async () => {
    const { readExample } = run(`
try:
    client.call("GET", "/v1/articles", {"tpoic": "x"})
except ProblemError as problem:
    tell([problem.status, problem.code, len(problem.request_id), str(problem)])
`);
    const detail = 'There is no parameter "tpoic"; did you mean topic?';
    expect(await readExample()).toEqual([400, "invalid-request", 36, detail]);
  });

  test("It follows the stream from a snapshot on, waits for changes, and goes on from a kept cursor", async () => {
    const { child, readExample } = run(`
kept = None
for step in client.follow(limit=3):
    tell([step.kind, step.first, [one["id"] for one in step.items], [one["kind"] for one in step.changes]])
    if step.cursor and kept is None: kept = step.cursor
    if step.kind == "changes": break
tell([one["articleId"] for one in next(client.follow(kept)).changes])
`);
    expect(await readExample()).toEqual(["snapshot", true, ["e", "d", "c"], []]);
    expect(await readExample()).toEqual(["snapshot", false, ["b", "a"], []]);
    await publishArticles(store, "updated", [makeArticle("a", { teaser: "New", ...at(0) })]);
    expect(await readExample()).toEqual(["changes", false, [], ["updated"]]);
    expect(await readExample()).toEqual(["a"]);
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });
});
