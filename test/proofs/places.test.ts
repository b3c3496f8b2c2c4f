import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SECOND_MS } from "../../lib/time.ts";
import { makeArticle, publishArticles } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { BROWSER, makePortal } from "../helpers/portal.ts";

/** More than a query for one page reads. */
const NEWER_ARTICLES = 4100;

let database: TestDatabase;
let app: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("places");
  const state = (region: string, regionCode: string) => ({ country: "US", region, regionCode });
  const california = state("California", "US-CA");
  await publishArticles(store, "created", [
    makeArticle("cheyenne", {
      ...state("Wyoming", "US-WY"),
      sortAt: new Date("2026-11-20T09:00:00Z"),
    }),
    makeArticle("fresno", {
      ...california,
      city: "Fresno",
      sortAt: new Date("2026-11-20T09:00:00Z"),
    }),
  ]);
  const from = Date.parse("2026-11-25T09:00:00Z");
  await store.collections.articles.insertMany(
    Array.from({ length: NEWER_ARTICLES }, (_, n) =>
      makeArticle(`california-${n}`, { ...california, sortAt: new Date(from + n * SECOND_MS) }),
    ),
  );
  app = await makePortal(store, { now: () => new Date() });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

test.each([
  ["a region", "/region/US-WY", "cheyenne"],
  ["a city", "/region/US-CA/Fresno", "fresno"],
])("%s is shown although others around it have many newer articles", async (_, url, id) => {
  const { statusCode, body } = await app.inject({ url, headers: BROWSER });
  expect(statusCode).toBe(200);
  expect(body).toContain(`Title of ${id}`);
});
