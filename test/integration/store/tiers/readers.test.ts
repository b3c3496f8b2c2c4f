import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moveOld } from "../../../../archive/tiers.ts";
import { exportArchive } from "../../../../archive/warc/export.ts";
import { readResponses } from "../../../../archive/warc/responses.ts";
import { erase } from "../../../../articles/erasure/erase.ts";
import { readAgain } from "../../../../articles/ingest/reread.ts";
import { cached } from "../../../../lib/async.ts";
import { countTiers } from "../../../../store/archive/body-moves.ts";
import { EPOCH, type Store } from "../../../../store/store.ts";
import { openFiles } from "../../../../store/tiers/files.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { newKey, openGated } from "../../../helpers/gated.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { BROWSER } from "../../../helpers/portal.ts";
import { startTestBucket, type TestBucket } from "../../../helpers/s3.ts";
import { storeOldArticles } from "../../../helpers/stored-pages.ts";

const SLICE = {
  sources: null,
  since: EPOCH,
  until: new Date("2999-01-01"),
  purpose: "analysis",
} as const;

let database: TestDatabase;
let store: Store;
let bucket: TestBucket;
let app: FastifyInstance;
let headers: Record<string, string>;
let folder: string;
/** What readers said of the archive while all of it was in the database. */
let before: Awaited<ReturnType<typeof readAll>>;
const parser = sharedParser();

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("readers");
  bucket = await startTestBucket();
  folder = await mkdtemp(join(tmpdir(), "newsgather-readers-"));
  store.tiers = { files: openFiles(join(folder, "bodies")), s3: bucket.open() };
  await store.collections.sources.insertOne(makeSource("cities"));
  await storeOldArticles(store, 0, 4);
  app = await openGated(store);
  headers = { authorization: `Bearer ${await newKey(store, "read")}` };
  before = await readAll();
});
afterAll(async () => {
  await app?.close();
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
  await database?.close();
});

const bodyOf = (number: number) =>
  app.inject({ url: `/v1/captures/capture-${number}/body`, headers });
const replayOf = (number: number) =>
  app.inject({ url: `/admin/provenance/page?capture=capture-${number}`, headers });

async function readAgainAs(number: number) {
  const source = makeSource("cities");
  const article = await store.collections.articles.findOne({ captureId: `capture-${number}` });
  if (!article) throw new Error("it is stored");
  const boilerplate = cached(() => Promise.resolve([]), { ttl: 1, size: 1 });
  return readAgain({ store, parser, boilerplate }, article, source);
}

async function warc(name: string) {
  const file = join(folder, name);
  const { lost } = await exportArchive(store, SLICE, { format: "warc", file, onCapture() {} });
  const payloads: (string | null)[] = [];
  for await (const one of readResponses(file)) {
    if ("payload" in one) payloads.push(one.payload && Buffer.from(one.payload).toString());
  }
  return { lost, payloads };
}

/** What each reader gets of everything. */
async function readAll() {
  const all = [0, 1, 2, 3];
  const titles = all.map(async (number) => {
    const page = await readAgainAs(number);
    return "left" in page ? page.left : page.reading.extracted.extraction.fields.title;
  });
  return {
    bodies: (await Promise.all(all.map(bodyOf))).map((one) => [one.statusCode, one.body]),
    replays: (await Promise.all(all.map(replayOf))).map((one) => [one.statusCode, one.body]),
    titles: await Promise.all(titles),
    warc: await warc("whole.warc.gz"),
  };
}

const move = async (tier: "files" | "s3") => {
  let failed: object[] = [];
  for await ({ failed } of moveOld(store, { tier, until: new Date() }));
  expect(failed).toEqual([]);
};

const idOf = async (number: number) =>
  (await store.collections.captures.findOne({ _id: `capture-${number}` }))?.bodyId ?? "";

/** Bodies move on from test to test, as they do in an archive. */
describe("bodies that move from tier to tier", { shuffle: false }, () => {
  test("readers get the same from every tier", async () => {
    expect(before.bodies[0]).toMatchObject([200, expect.stringContaining("Council 0")]);
    expect(before.titles[3]).toBe("Council 3 opens its data");
    for (const tier of ["files", "s3"] as const) {
      await move(tier);
      expect(await store.collections.bodies.countDocuments({ tier })).toBe(4);
      expect(await readAll()).toEqual(before);
    }
    await countTiers(store);
    const page = await app.inject({
      url: "/admin/statistics?name=storage",
      headers: { ...headers, ...BROWSER },
    });
    expect(page.body).toMatch(/Tiers[\s\S]*<td>s3<\/td><td class="n">4<\/td>/);
  });

  test("a lost body is told as that, everywhere, and never as another one", async () => {
    const [missing, changed] = [await idOf(0), await idOf(1)];
    await store.tiers.s3?.remove([missing]);
    await store.tiers.s3?.put(changed, Buffer.from("something else"));
    for (const [number, why] of [
      [0, "the bucket of bodies no longer has it"],
      [1, "its SHA-256 differs"],
    ] as const) {
      for (const answer of [await bodyOf(number), await replayOf(number)]) {
        expect(answer.statusCode).toBe(503);
        expect(answer.json()).toMatchObject({ code: "body-lost" });
        expect(answer.json<{ detail: string }>().detail).toContain(why);
      }
      expect(await readAgainAs(number)).toEqual({ left: expect.stringContaining(why) });
    }
    const { lost, payloads } = await warc("lost.warc.gz");
    expect([lost, payloads.filter(Boolean)]).toEqual([2, before.warc.payloads.slice(0, 2)]);
  });

  test("a bucket that can't be asked is no lost body: it is tried again later", async () => {
    const { tiers } = store;
    store.tiers = { s3: bucket.open({ secret: () => "wrong" }) };
    const answer = await bodyOf(2);
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { code: "body-unreachable" }]);
    await expect(readAgainAs(2)).rejects.toThrow("SignatureDoesNotMatch");
    await expect(warc("down.warc.gz")).rejects.toThrow("SignatureDoesNotMatch");
    store.tiers = tiers;
  });

  test("what is erased goes from every tier, copies that a move left too; what can't be read is named", async () => {
    const [lost, body] = [await idOf(1), await idOf(3)];
    const bytes = await store.tiers.s3?.get(body);
    await store.tiers.files?.put(body, bytes ?? Buffer.of());
    const how = { reason: "asked for", actor: "test", dryRun: false, progress() {} };
    const capture = await store.collections.captures.findOne({ _id: "capture-3" });
    const article = { kind: "article", id: capture?.linkId ?? "" } as const;
    const eraseIt = () => erase(store, article, { ...how, now: () => new Date() });
    const { tiers } = store;
    store.tiers = {};
    await expect(eraseIt()).rejects.toThrow("the tier s3, which isn't set up here");
    // An interrupted move left the old copy.
    await store.collections.bodies.updateOne({ _id: body }, { $set: { was: "files" } });
    if (tiers.s3) store.tiers = { s3: tiers.s3 };
    await expect(eraseIt()).rejects.toThrow("the tier files, which isn't set up here");
    store.tiers = tiers;
    // It refused before it wrote anything.
    expect(await store.collections.audit.countDocuments()).toBe(0);
    expect((await bodyOf(3)).statusCode).toBe(200);
    const done = await eraseIt();
    expect(done.bodies.unread.toSorted()).toEqual([await idOf(0), lost].toSorted());
    for (const tier of Object.values(store.tiers)) expect(await tier.get(body)).toBeNull();
    expect(await store.collections.bodies.findOne({ _id: body })).toBeNull();
    expect((await bodyOf(3)).statusCode).toBe(404);
    expect((await bodyOf(2)).statusCode).toBe(200);
  });
});
