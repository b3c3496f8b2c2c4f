import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import type { Article } from "../../../../model/articles/article.ts";
import { adminRoutes } from "../../../../web/admin/routes.ts";
import { makeAdminDeps } from "../../../helpers/admin.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("revisions");
  const texts = [
    "It cost 12 <b>euros</b>.\n\nThe mayor paid.",
    "It cost 21 <b>euros</b>.\n\nThe mayor paid.\n\nNew.",
  ];
  const current = makeArticle("bridge", { revision: 2, status: "retracted" });
  await store.collections.articles.insertOne(current);
  await store.collections.revisions.insertMany(
    texts.map((text, index) => {
      const kind = index === 0 ? "first" : "correction";
      const revised = { revision: index + 1, kind, because: '"12" became "21"' };
      const overrides = {
        ...current,
        revision: index + 1,
        text,
        section: index === 0 ? null : "Roads",
        revised,
      };
      return revisionOf(overrides as Article, new Date("2026-11-25T09:00:00Z"));
    }),
  );
  const plugins = [adminRoutes(makeAdminDeps(store, { timezone: "UTC" }))];
  app = await makePortal(store, { plugins });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const page = async (query: string) =>
  (await app.inject({ url: `/admin/revisions${query}`, headers: BROWSER })).body;

test("A revision shows its kind", async () => {
  expect(await page("?article=bridge")).toContain("a correction of something in the article");
});

test("The last change is shown word by word", async () => {
  const body = await page("?article=bridge");
  expect(body).toMatch(/<del>12<\/del>.*<ins>21<\/ins>/s);
  expect(body).toContain("<ins>New.</ins>");
});

test("A changed field is shown with its value before and after", async () => {
  expect(await page("?article=bridge")).toMatch(
    /<th scope="row">section<\/th>.*<bdi><\/bdi>.*<bdi>Roads<\/bdi>/s,
  );
});

test("Markup of publishers is shown as text", async () => {
  const body = await page("?article=bridge");
  expect(body).toContain("&lt;b&gt;euros&lt;/b&gt;");
  expect(body).not.toContain("<b>euros");
});

test("Any two revisions can be compared", async () => {
  const body = await page("?article=bridge&from=2&to=1");
  expect(body).toContain("From revision 2 to 1");
  expect(body).toContain("<del>New.</del>");
});

test("A revision that isn't there is compared with nothing", async () => {
  expect(await page("?article=bridge&from=7&to=1")).not.toContain("From revision");
});

test("Without two valid numbers the last two revisions are compared", async () => {
  expect(await page("?article=bridge&from=x")).toContain("From revision 1 to 2");
});

test("The page of an unknown article says that there is none", async () => {
  expect(await page("?article=nobody")).toContain("There is no article nobody");
});
