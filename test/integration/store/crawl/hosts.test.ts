import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { refusalBy, robotsCopy } from "../../../../crawler/robots/robots.ts";
import type { Host } from "../../../../model/crawl/host.ts";
import {
  ensureHosts,
  getHost,
  saveDocument,
  saveFacts,
  saveRenderDecision,
} from "../../../../store/crawl/hosts.ts";
import type { Store } from "../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const HOST = "council.example";
const RULES = `User-agent: *\n${Array.from({ length: 9000 }, (_, n) => `Disallow: /private/${n}`).join("\n")}`;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("hosts");
});
beforeEach(async () => {
  await emptyStore(store);
  await ensureHosts(store, [{ host: HOST, delay: 1000, concurrency: 1 }]);
});
afterAll(() => database.close());

const stored = () => store.collections.hosts.findOne({ _id: HOST });

async function saveRobots(text: string): Promise<Host | null> {
  const robots = robotsCopy({ status: 200, text }, null, NOW);
  await saveFacts(store, [{ id: HOST, set: { robots, address: null } }]);
  return getHost(store, HOST);
}

const judge = (host: Host | null, path: string) =>
  host?.robots && refusalBy(host.robots, "Newsgather", `https://${HOST}${path}`);

test("A long robots.txt doesn't make its host's document long", async () => {
  await saveRobots(RULES);
  expect(JSON.stringify(await stored()).length).toBeLessThan(1000);
});

test("The last rule of a long robots.txt holds", async () => {
  const host = await saveRobots(RULES);
  expect(judge(host, "/private/8999")).toMatchObject({ skipped: "robots" });
});

test("A short robots.txt in place of a long one holds", async () => {
  await saveRobots(RULES);
  const host = await saveRobots("User-agent: *\nDisallow: /all");
  expect(judge(host, "/private/8999")).toBeNull();
  expect(judge(host, "/all")).toMatchObject({ skipped: "robots" });
});

test("A host whose long robots.txt is gone is asked for it again", async () => {
  await saveRobots(RULES);
  await store.collections.robots.deleteMany({});
  expect(await getHost(store, HOST)).toMatchObject({ _id: HOST, robots: null });
});

test("A host remembers the lanes of its latest 200 page types", async () => {
  const verdictOf = (n: number) => {
    return { lane: "browser" as const, at: new Date(NOW.getTime() + n), checks: 0 };
  };
  const render = Object.fromEntries(
    Array.from({ length: 202 }, (_, n) => [`cities/type-${n}`, verdictOf(n)]),
  );
  await store.collections.hosts.updateOne({ _id: HOST }, { $set: { render } });
  await saveRenderDecision(store, { _id: HOST, render }, "cities/type-202", verdictOf(202));
  const types = Object.keys((await stored())?.render ?? {});
  expect(types).toHaveLength(200);
  expect(types).not.toContain("cities/type-2");
  expect(types).toContain("cities/type-3");
});

describe("The licences and policies of a host", () => {
  const urlOf = (n: number) => `https://${HOST}/licence-${n}.xml`;
  const save = (n: number) => {
    const times = { fetchedAt: NOW, expiresAt: NOW, validUntil: null };
    const document = { url: urlOf(n), text: "", status: 200, detail: null, ...times };
    return saveDocument(store, HOST, document, null);
  };
  const urls = async () => (await getHost(store, HOST))?.documents?.map(({ url }) => url) ?? [];
  const inTurn = async (numbers: number[]) => {
    for (const n of numbers) await save(n);
  };

  test("Those that are kept at the same moment all stay", async () => {
    const numbers = Array.from({ length: 8 }, (_, n) => n);
    await Promise.all(numbers.map(save));
    expect((await urls()).toSorted()).toEqual(numbers.map(urlOf));
  });

  test("Those that were named longest ago make room", async () => {
    await inTurn(Array.from({ length: 20 }, (_, n) => n));
    await inTurn([0, 20]);
    expect(await urls()).toHaveLength(20);
    expect((await urls()).slice(-2)).toEqual([urlOf(0), urlOf(20)]);
    expect(await urls()).not.toContain(urlOf(1));
  });
});
