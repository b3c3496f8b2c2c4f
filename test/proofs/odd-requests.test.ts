import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, asyncProperty } from "fast-check";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { indexStep } from "../../archive/search/index-articles.ts";
import { openSearchIndex } from "../../archive/search/index-client.ts";
import { searchActions } from "../../bin/search-index.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { createProducer } from "../../queues/producer.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { startTestDatabase } from "../helpers/database.ts";
import { fillStore, NOW } from "../helpers/full-store.ts";
import { newKey, openGated } from "../helpers/gated.ts";
import { measured } from "../helpers/measured.ts";
import { type OddRequest, oddRequest } from "../helpers/odd-requests.ts";
import { sharedParser } from "../helpers/parser.ts";
import { startTestRedis } from "../helpers/redis.ts";
import { routesOf } from "../helpers/routes.ts";
import { isVerify, SIZE } from "../helpers/size.ts";

/** A bound that only a hang crosses, ms. */
const HANG_MS = 60_000;

const stack = new ReleaseStack();
let app: FastifyInstance;
let authorization: string;
beforeAll(async () => {
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  const store = await database.open("odd");
  await fillStore(store, 40);
  await store.collections.changes.deleteMany({});
  const articles = ["one", "two", "three"].map((id) => makeArticle(id, { sourceId: "s1" }));
  await publishArticles(store, "created", articles);
  const redis = await startTestRedis();
  stack.add("redis", () => redis.close());
  const producer = createProducer({ redisUrl: redis.url, prefix: "odd" });
  stack.add("producer", () => producer.close());
  await producer.ready();
  const folder = mkdtempSync(join(tmpdir(), "newsgather-odd-"));
  stack.add("folder", async () => rmSync(folder, { recursive: true, force: true }));
  const index = openSearchIndex(join(folder, "index.sqlite"));
  stack.add("index", () => index.close());
  while (await indexStep({ store, index }));
  const done = () => Promise.resolve("done");
  app = await openGated(store, {
    now: () => NOW,
    perMinute: 1_000_000,
    search: searchActions(index),
    sites: { preview: done, findMoved: done, probe: done, probeNext: done },
    openParser: () => Promise.resolve(sharedParser()),
    producer,
    sourcesDir: join(folder, "sources"),
    exports: { folder, producer: { add: () => Promise.resolve() } },
  });
  stack.add("server", () => app.close());
  authorization = `Bearer ${await newKey(store, "admin")}`;
});
afterAll(() => stack.close(30_000));

/** Requests that got an answer of 5xx once, with the forms that were sent. */
const FOUND: [url: string, form: string][] = [
  ["/sitemap/0000-01-01.xml", ""],
  ["/sitemap/9999-12-31-9999.xml", ""],
  ["/digest/9999-12-31/mail", ""],
  ["/de/digest/9999-12-31/mail", ""],
  ["/admin/sources.opml?cursor=-1", ""],
  ["/admin/plan?cursor=-1", ""],
  ["/admin/runs?before=%2B275760-09-13T00:00:00Z", ""],
  [`/v1/articles?cursor=${Buffer.from("list:999999999999999:a").toString("base64url")}`, ""],
  ["/v1/articles?until=9999-12-31", ""],
  ["/websub/x?hub.topic=a&hub.topic=b", ""],
  ["/admin/provenance/page?capture=c-1", ""],
  ["/v1/captures/c-1/body", ""],
  ["/admin/login", `name=ada&password=${"x".repeat(300)}`],
  ["/admin/import-export/edit", "where=country%3DDE&doing=do&reason=x"],
  ["/admin/edit/times", "article=one&reason=as+agreed&pin=tomorrow"],
];

/** The status of the answer to a request; throws where there is none. */
async function statusOf({ method, url, headers, payload }: OddRequest): Promise<number> {
  // A stream of events ends when its reader goes.
  const streams =
    /event-stream/.test(headers["accept"] ?? "") || /format=sse|\/live(\?|$)/.test(url);
  const answer = app.inject({
    method: method as "GET",
    url,
    headers,
    ...(payload !== null && { payload }),
    payloadAsStream: streams,
  });
  const timer = AbortSignal.timeout(HANG_MS);
  const hung = new Promise<never>((_, reject) => {
    timer.addEventListener("abort", () => reject(new Error(`no answer in ${HANG_MS} ms`)));
  });
  const { statusCode, raw } = await Promise.race([answer, hung]);
  if (streams) raw.res.destroy();
  return statusCode;
}

describe("The server", () => {
  test.each(FOUND)("answers no 5xx to %s with form %j", async (url, form) => {
    const payload = form || null;
    const type = payload && { "content-type": "application/x-www-form-urlencoded" };
    const headers = { authorization, ...type };
    const method = payload ? "POST" : "GET";
    expect(await statusOf({ method, url, headers, payload })).toBeLessThan(500);
  });

  test(
    "answers every odd request, and none with 5xx",
    async () => {
      const routes = routesOf(app);
      expect(routes.length).toBeGreaterThan(150);
      const counts: Record<string, number> = {};
      const failed: object[] = [];
      const odd = oddRequest(routes, { authorization });
      await assert(
        asyncProperty(odd, async (request) => {
          const status = await statusOf(request);
          counts[status] = (counts[status] ?? 0) + 1;
          if (status >= 500) failed.push({ status, ...request });
        }),
        // The same requests each time in `npm run verify:short`, others in each `npm run verify`.
        { numRuns: SIZE.requests, ...(!isVerify && { seed: 20_261_125 }) },
      );
      expect(failed).toEqual([]);
      measured(
        `odd requests: ${SIZE.requests} to ${routes.length} routes, ${JSON.stringify(counts)}`,
      );
    },
    SIZE.patience,
  );
});
