import { createHash } from "node:crypto";
import { BSON, type Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dumpStore } from "../../archive/backup/dump.ts";
import { checkBackup, type Line, toLine } from "../../archive/backup/file.ts";
import { prepareRestore, restoreBackup } from "../../archive/backup/restore.ts";
import { applyCorrections } from "../../articles/editorial/correct.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { type Article, toItem } from "../../model/articles/article.ts";
import { bodiesToMove, moveBodies } from "../../store/archive/body-moves.ts";
import { writeArticles } from "../../store/articles/articles.ts";
import { migrate } from "../../store/migrations.ts";
import { headSeq, readChanges, readRestores } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import { openFiles } from "../../store/tiers/files.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { countRight, storeBodies } from "../helpers/bodies.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { testFolder } from "../helpers/folder.ts";
import { fillStore } from "../helpers/full-store.ts";
import { keepAll } from "../helpers/keep-all.ts";
import { makeLink } from "../helpers/links.ts";
import { makePortal } from "../helpers/portal.ts";
import {
  closeReceivers,
  type Received,
  receive,
  subscribe,
  testPost,
} from "../helpers/receiver.ts";

const AT = new Date("2026-11-25T12:00:00Z");
const quiet = () => {};

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

async function dump(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of dumpStore(store, { now: AT, progress: quiet })) lines.push(line);
  return lines;
}

async function* each(lines: string[]) {
  yield* lines;
}

async function restore(lines: string[], name: string, now = AT): Promise<Store> {
  const store = await database.open(name);
  await checkBackup(each(lines));
  expect(await prepareRestore(store)).toEqual([]);
  await restoreBackup(store, each(lines), { progress: quiet, now });
  return store;
}

/** Everything of a store with its BSON types, by collection, in an order that says nothing. */
async function contents(store: Store): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const name of Object.keys(store.collections)) {
    if (name === "meta") continue;
    const found: Document[] = await store.db
      .collection(name)
      .find({}, { promoteValues: false })
      .toArray();
    all[name] = found.map((one) => BSON.EJSON.stringify(one, { relaxed: false })).toSorted();
  }
  return all;
}

/** A write as workers do it: the change waits on the article until the sequencer takes it. */
async function write(store: Store, id: string, text: string): Promise<void> {
  const was = await store.collections.articles.findOne({ _id: id });
  const base = was?.version ?? 0;
  const { pending: _, pendingAt: __, ...article } = makeArticle(id, { text, version: base + 1 });
  const kind = was ? "updated" : "created";
  const item = toItem(article);
  const change = { version: base + 1, kind, before: null, item, at: new Date() } as const;
  expect(await writeArticles(store, [{ base, article, change }])).toEqual([]);
}

test("a store comes back as it was, with every type, its stream and its indexes", async () => {
  const store = await database.open("full");
  await fillStore(store, 60);
  await keepAll(store);
  // What editors said of what is made up here holds, as in a store that was in use.
  await applyCorrections(store, AT);
  const bytes = new Uint8Array([0, 255, 10, 13]);
  const body = { _id: "b", bytes, encoding: "gzip" as const, size: 2 ** 40, storedAt: AT };
  await store.collections.bodies.insertOne(body);
  const lines = await dump(store);
  const copy = await restore(lines, "full copy");
  expect(await contents(copy)).toEqual(await contents(store));
  expect(await headSeq(copy)).toBe(await headSeq(store));
  expect((await copy.collections.links.indexes()).length).toBeGreaterThan(3);
});

test("bodies in another tier are recorded and counted; a whole backup has their bytes", async () => {
  const store = await database.open("tiers");
  const folder = await testFolder();
  store.tiers = { files: openFiles(folder) };
  const bodies = await storeBodies(store, 3, { since: AT });
  const places = await bodiesToMove(store, "files", new Date(), 2);
  await moveBodies(store, places, "files");
  const lines = await dump(store);
  expect((await checkBackup(each(lines))).footer).toMatchObject({ elsewhere: 2 });
  const copy = await restore(lines, "tiers copy");
  expect(await countRight(copy, bodies)).toBe(1);
  copy.tiers = store.tiers;
  expect(await countRight(copy, bodies)).toBe(3);
  const whole: string[] = [];
  for await (const line of dumpStore(store, { now: AT, progress: quiet, whole: true })) {
    whole.push(line);
  }
  expect((await checkBackup(each(whole))).footer.elsewhere).toBeUndefined();
  expect(await countRight(await restore(whole, "tiers whole"), bodies)).toBe(3);
});

test("a file that was cut off or changed is refused before anything is written", async () => {
  const store = await database.open("broken");
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  const lines = await dump(store);
  await expect(checkBackup(each(lines.slice(0, -1)))).rejects.toThrow(/truncated/);
  const changed = lines.map((line) => line.replace("Title of a", "Title of c"));
  await expect(checkBackup(each(changed))).rejects.toThrow(/checksum/);
  await expect(checkBackup(each(["{}", ...lines]))).rejects.toThrow(/line 1: this isn't a backup/);
  const newer = lines.map((line, index) =>
    index > 0 ? line : line.replace(/"schema":\d+/, '"schema":999'),
  );
  await expect(checkBackup(each(newer))).rejects.toThrow(/update Newsgather/);
});

test("a store that holds something is left as it is", async () => {
  const store = await database.open("taken");
  await publishArticles(store, "created", [makeArticle("mine")]);
  const before = await contents(store);
  expect(await prepareRestore(store)).toEqual(["articles", "changes", "days"]);
  expect(await contents(store)).toEqual(before);
});

test("an interrupted restore keeps everybody out, and begins anew", async () => {
  const store = await database.open("source of the interrupted");
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  const lines = await dump(store);
  const copy = await database.open("interrupted");
  await prepareRestore(copy);
  const broken = each([...lines.slice(0, 4), "{broken"]);
  await expect(restoreBackup(copy, broken, { progress: quiet, now: AT })).rejects.toThrow(/JSON/);
  await expect(migrate(copy)).rejects.toThrow(/run `newsgather restore` again/);
  expect(await prepareRestore(copy)).toEqual([]);
  await restoreBackup(copy, each(lines), { progress: quiet, now: AT });
  await migrate(copy);
  expect(await contents(copy)).toEqual(await contents(store));
});

test("a backup of a store in use has every change once, in a stream without a gap", async () => {
  const store = await database.open("busy");
  const sequenceAll = async (from: Store) => {
    while ((await sequence(from, new Date())) > 0);
  };
  for (let n = 0; n < 20; n++) await write(store, `a${n}`, "first");
  await sequenceAll(store);
  await store.collections.links.insertOne(makeLink("entry"));
  for (let n = 0; n < 5; n++) await write(store, `a${n}`, "second, waiting when the backup begins");
  const lines: string[] = [];
  let step = 0;
  for await (const line of dumpStore(store, { now: AT, progress: quiet })) {
    lines.push(line);
    // Between links and articles, then after the articles: the two moments that matter.
    if (step === 0 && line.includes('"c":"links"')) {
      step = 1;
      for (let n = 3; n < 8; n++) await write(store, `a${n}`, "third");
      await sequenceAll(store);
    } else if (step === 1 && line.includes('"c":"changes"')) {
      step = 2;
      for (let n = 6; n < 12; n++) await write(store, `a${n}`, "fourth");
      await write(store, "new", "comes while it is backed up");
      await sequenceAll(store);
    }
  }
  expect(step).toBe(2);

  const copy = await restore(lines, "busy copy");
  const head = await headSeq(copy);
  expect(head).toBe(20);
  await sequenceAll(copy);
  // Life goes on: everything is read again.
  for (let n = 0; n < 20; n++) await write(copy, `a${n}`, "after the restore");
  await sequenceAll(copy);
  const changes = await readChanges(copy, 0, 1000);
  expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, index) => index + 1));
  for await (const { _id, version, pending } of copy.collections.articles.find()) {
    const versions = changes.flatMap((change) => (change.articleId === _id ? change.version : []));
    const all = Array.from({ length: version }, (_, index) => index + 1);
    expect({ _id, pending, versions }).toEqual({ _id, pending: [], versions: all });
  }
});

test("cursors outlive a restore; one that had read on is told to begin anew, for good", async () => {
  const store = await database.open("cursors");
  await publishArticles(
    store,
    "created",
    [1, 2, 3].map((n) => makeArticle(`a${n}`)),
  );
  const portal = await makePortal(store);
  const read = async (app: typeof portal, query: string) => {
    const answer = await app.inject(`/v1/changes?${query}`);
    return {
      status: answer.statusCode,
      ...answer.json<{ next_cursor: string; items: { seq: number }[] }>(),
    };
  };
  const early = (await read(portal, "limit=2")).next_cursor;
  const lines = await dump(store);
  await publishArticles(store, "created", [makeArticle("a4")]);
  const late = (await read(portal, "cursor=latest")).next_cursor;
  await portal.close();

  const copy = await restore(lines, "cursors restored");
  expect(await readRestores(copy)).toEqual([{ epoch: AT.getTime() / 1000, seq: 3 }]);
  const app = await makePortal(copy);
  expect(await read(app, `cursor=${late}`)).toMatchObject({ status: 410, code: "cursor-expired" });
  expect((await read(app, `cursor=${early}`)).items.map(({ seq }) => seq)).toEqual([3]);
  await publishArticles(
    copy,
    "created",
    [5, 6].map((n) => makeArticle(`a${n}`)),
  );
  expect((await read(app, `cursor=${late}`)).status).toBe(410);
  const now = await read(app, "cursor=latest");
  expect((await read(app, `cursor=${now.next_cursor}`)).status).toBe(200);
  await app.close();
});

function articlesOf(got: readonly Received[]): string[] {
  return got.map(({ body }) => {
    return (JSON.parse(body) as { data: { articleId: string } }).data.articleId;
  });
}

describe("two restores of one backup", () => {
  let lines: string[];
  /** What a receiver of messages got, by id: the article that it is of. */
  let got: Received[];
  const cursors: Record<string, string> = {};
  const post = testPost();
  const cursorOf = async (store: Store) => {
    const portal = await makePortal(store);
    const answer = await portal.inject("/v1/changes?cursor=latest");
    await portal.close();
    return answer.json<{ next_cursor: string }>().next_cursor;
  };
  const publish = (store: Store, ...ids: string[]) =>
    publishArticles(
      store,
      "created",
      ids.map((id) => makeArticle(id)),
    );
  let second: Store;
  beforeAll(async () => {
    const receiver = await receive((response) => response.writeHead(204).end());
    ({ got } = receiver);
    const origin = await database.open("twice");
    const { run } = await subscribe(origin, post, receiver.url);
    await publish(origin, "a");
    await run();
    lines = await dump(origin);
    await publish(origin, "b", "c");
    await run();
    const first = await restore(lines, "twice, first");
    await publish(first, "d", "e");
    await run({ store: first });
    cursors["first"] = await cursorOf(first);
    second = await restore(lines, "twice, second", new Date(AT.getTime() + 60_000));
    await publish(second, "f", "g");
    await run({ store: second });
    cursors["second"] = await cursorOf(second);
  });
  afterAll(async () => {
    closeReceivers();
    await post.close();
  });

  test("give each message of a webhook an id of its own, so that receivers who sort out repeats lose none", () => {
    expect(articlesOf(got)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
    expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(7);
  });

  test.each(["json", "ndjson", "sse"])(
    "have those who read on in the first one begin anew (%s)",
    async (format) => {
      const portal = await makePortal(second);
      const url = `/v1/changes?format=${format}&cursor=${cursors["first"]}`;
      const answer = await portal.inject(url);
      expect(answer.json()).toMatchObject({ status: 410, code: "cursor-expired" });
      await portal.close();
    },
  );
});

test("a webhook that was ahead of the backup gets what came in place of it, though the stream has grown past it", async () => {
  const { got, url } = await receive((response) => response.writeHead(204).end());
  const post = testPost();
  const store = await database.open("ahead");
  const { id, run } = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a")]);
  // It is told of changes that came after the backup's last one, and the backup has its place behind them.
  await store.collections.subscribers.updateOne({ _id: id }, { $set: { seq: 3 } });
  const copy = await restore(await dump(store), "ahead restored");
  await publishArticles(
    copy,
    "created",
    ["b", "c", "d"].map((one) => makeArticle(one)),
  );
  await run({ store: copy });
  expect(articlesOf(got)).toEqual(["b", "c", "d"]);
  closeReceivers();
  await post.close();
});

/**
 * A backup of format 1, as it was written before articles that change meanwhile stood in it again.
 */
function formatOne(lines: readonly Line[]): string[] {
  const header = { newsgather: "backup", format: 1, schema: 1, database: "old", at: AT };
  const all = [JSON.stringify(header), ...lines.map(toLine)];
  const hash = createHash("sha256");
  for (const line of all) hash.update(line).update("\n");
  return [...all, JSON.stringify({ end: true, counts: {}, sha256: hash.digest("hex") })];
}

test("a backup of format 1 is restored, and what was taken back while it was made stays so", async () => {
  const [remaining, back] = ["kept", "back"].map((id) => makeArticle(id));
  const item = { ...toItem(back as Article), status: "retracted", version: 2 };
  const change = { seq: 1, articleId: "back", version: 2, kind: "retracted", before: null, item };
  const lines = formatOne([
    { c: "articles", d: remaining as Article },
    { c: "articles", d: back as Article },
    { c: "pending", d: { ...change, at: AT } },
    { c: "meta", d: { _id: "schema", value: 1 } },
    { c: "meta", d: { _id: "head", value: 0 } },
  ]);
  const store = await restore(lines, "format 1");
  const portal = await makePortal(store);
  const { items } = (await portal.inject("/v1/articles")).json<{ items: { id: string }[] }>();
  expect(items.map(({ id }) => id)).toEqual(["kept"]);
  await portal.close();
});
