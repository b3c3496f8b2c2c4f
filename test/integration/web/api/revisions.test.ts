import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import type { Article } from "../../../../model/articles/article.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;

const revise = async (id: string, texts: string[]) =>
  store.collections.revisions.insertMany(
    texts.map((text, index) => {
      const article = makeArticle(id, { revision: index + 1, title: `Title ${index + 1}`, text });
      const because = index === 0 ? "found" : '"12" became "21"';
      const revised = {
        revision: index + 1,
        kind: index === 0 ? "first" : "correction",
        because,
      };
      return revisionOf({ ...article, revised } as Article, new Date("2026-11-25T09:00:00Z"));
    }),
  );
const texts = [
  "It cost 12 euros.\n\nThe mayor paid.",
  "It cost 21 euros.\n\nThe mayor paid.\n\nNew.",
];

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("revisions");
  const rights = { fullText: true, teaserLength: 600, images: false };
  await store.collections.sources.insertMany([
    makeSource("cities", { rights: { ...rights, fullText: false } }),
    makeSource("open", { rights }),
  ]);
  await publishArticles(store, "created", [
    makeArticle("open", { sourceId: "open", revision: 2 }),
    makeArticle("closed", { revision: 2 }),
    makeArticle("reserved", { sourceId: "open", revision: 2, reservations: ["nosnippet"] }),
    makeArticle("gone", { sourceId: "open", status: "retracted" }),
    makeArticle("low", { sourceId: "open", status: "unlisted" }),
  ]);
  for (const id of ["open", "closed", "reserved", "gone", "low"]) await revise(id, texts);
  app = await makePortal(store);
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

const ask = (path: string) => app.inject(`/v1/articles/${path}`);

test("revisions are listed, and compared by paragraph and word where the text may be shown", async () => {
  expect((await ask("open/revisions")).json()).toMatchObject({
    articleId: "open",
    revisions: [
      { revision: 1, kind: "first", title: "Title 1" },
      {
        revision: 2,
        kind: "correction",
        because: '"12" became "21"',
        at: "2026-11-25T09:00:00.000Z",
      },
    ],
  });
  expect((await ask("open/diff")).json()).toEqual({
    articleId: "open",
    from: 1,
    to: 2,
    title: [
      { kind: "same", text: "Title " },
      { kind: "removed", text: "1" },
      { kind: "added", text: "2" },
    ],
    paragraphs: [
      {
        kind: "changed",
        pieces: [
          { kind: "same", text: "It cost " },
          { kind: "removed", text: "12" },
          { kind: "added", text: "21" },
          { kind: "same", text: " euros." },
        ],
      },
      { kind: "same", pieces: [{ kind: "same", text: "The mayor paid." }] },
      { kind: "added", pieces: [{ kind: "added", text: "New." }] },
    ],
  });
  expect((await ask("open/diff?from=1&to=9")).statusCode).toBe(404);
});

test("revisions say nothing that the article itself may not", async () => {
  expect((await ask("closed/diff?from=1&to=2")).json()).toMatchObject({ paragraphs: null });
  expect((await ask("reserved/diff?from=1&to=2")).json()).toMatchObject({ paragraphs: null });
  expect((await ask("reserved/revisions")).body).not.toContain("became");
  for (const path of ["revisions", "diff?from=1&to=2"]) {
    expect((await ask(`gone/${path}`)).statusCode).toBe(410);
    expect((await ask(`low/${path}`)).statusCode).toBe(404);
    expect((await ask(`none/${path}`)).statusCode).toBe(404);
  }
});
