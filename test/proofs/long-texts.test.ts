import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { shortenArticles } from "../../store/articles/texts.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { cpuOf, cpuOfProcess } from "../helpers/cpu.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { measured } from "../helpers/measured.ts";
import { BROWSER, makePortal } from "../helpers/portal.ts";

const ARTICLES = 50;
const TEXT_CHARACTERS = 4_000_000;
const REQUESTS = 100;
/**
 * CPU ms that 99 of 100 answers may take: that of the API's thread, and the median of the database, which works for
 * other tests too.
 */
const MOST_MS = 100;

let database: TestDatabase;
let store: Store;
let portal: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("long-texts");
  const paragraph = `${"The harbour of Tallinn gets a new bridge this year. ".repeat(20).trim()}\n\n`;
  const text = paragraph.repeat(Math.ceil(TEXT_CHARACTERS / paragraph.length));
  for (let n = 0; n < ARTICLES; n++) {
    const article = makeArticle(`long-${n}`, { text, html: null });
    const stored = await shortenArticles(store, [{ article }]);
    await publishArticles(
      store,
      "created",
      stored.map((write) => write.article),
    );
  }
  portal = await makePortal(store);
});
afterAll(async () => {
  await portal.close();
  await database.close();
});

function shareOf(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? Infinity;
}

test.each([
  "/",
  "/v1/articles?limit=20",
  "/v1/changes?limit=20",
  "/v1/snapshot?limit=20",
  "/feeds/all.atom",
  "/feeds/all.json",
  "/sitemap-news.xml",
])(`%s takes at most ${MOST_MS} ms beside articles of 4 MB`, async (url) => {
  const pid = inject("databasePid");
  const own: number[] = [];
  const ofDatabase: number[] = [];
  let bytes = 0;
  for (let n = 0; n < REQUESTS; n++) {
    const before = pid === null ? 0 : cpuOfProcess(pid);
    const spent = await cpuOf(async () => {
      const answer = await portal.inject({ url, headers: url === "/" ? BROWSER : {} });
      expect(answer.statusCode).toBe(200);
      bytes = answer.rawPayload.length;
    });
    own.push(spent);
    ofDatabase.push(pid === null ? 0 : cpuOfProcess(pid) - before);
  }
  const p99 = shareOf(own, 0.99) + shareOf(ofDatabase, 0.5);
  measured(`${url}: ${p99.toFixed(0)} ms of CPU for 99 of 100 answers, ${bytes} bytes`);
  expect(p99).toBeLessThanOrEqual(MOST_MS);
});
