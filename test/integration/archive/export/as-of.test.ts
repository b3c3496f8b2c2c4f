import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOf } from "../../../../archive/as-of.ts";
import { type ExportedArticle, exportArticles } from "../../../../archive/export/rows.ts";
import { retractByEditor } from "../../../../articles/editorial/retract.ts";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { type Article, toVisible } from "../../../../model/articles/article.ts";
import type { Store } from "../../../../store/store.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("as-of");
});
afterAll(() => database.close());

/** Stores articles as they are now, with their change and their revision. */
async function put(kind: "created" | "updated" | "merged", articles: Article[]): Promise<void> {
  const stored = await publishArticles(store, kind, articles);
  const revisions = stored.map((article) => revisionOf(article, new Date()));
  await store.collections.revisions.bulkWrite(
    revisions.map((replacement) => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    })),
  );
}

async function exported(time: Date | null): Promise<ExportedArticle[]> {
  const all = {
    sources: null,
    since: new Date(0),
    until: new Date("2030-01-01"),
    purpose: "analysis",
    judgedAt: new Date(),
  } as const;
  const rows: ExportedArticle[] = [];
  for await (const row of exportArticles(store, { ...all, asOf: time })) rows.push(row);
  // When it was last looked at without finding anything new is not kept.
  return rows
    .map((row) => ({ ...row, lastSeenAt: row.firstSeenAt }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The time, once the clock shows another one. */
async function nextMillisecond(): Promise<Date> {
  const before = Date.now();
  while (Date.now() === before) await setImmediate();
  return new Date();
}

describe("an export as of a time", () => {
  const seen = new Date();
  let then: Date;
  /** What was exported then, and what is exported now as of then. */
  let taken: ExportedArticle[];
  let asOfThen: ExportedArticle[];
  let now: ExportedArticle[];
  beforeAll(async () => {
    const made = (id: string, overrides: Partial<Article> = {}) =>
      makeArticle(id, { firstSeenAt: seen, lastSeenAt: seen, fieldScore: 0.5, ...overrides });
    await put(
      "created",
      ["same", "updated", "retracted", "merged", "redated"].map((id) => made(id)),
    );
    const evidence = { title: { rule: "h1", seen: "Second title", confidence: 1 } };
    const second = { title: "Second title", text: "Second text.", revision: 2, topics: ["egov"] };
    await put("updated", [made("updated", { ...second, evidence })]);
    taken = await exported(null);
    then = await nextMillisecond();
    await nextMillisecond();
    const later = { firstSeenAt: new Date(), sortAt: new Date("2026-11-24T00:00:00Z") };
    await put("created", [made("new", later)]);
    await put("updated", [
      made("updated", {
        title: "Third title",
        teaser: null,
        revision: 3,
        country: "FR",
        region: null,
        reservations: ["noarchive"],
        fieldScore: 1,
      }),
      made("redated", { sortAt: later.sortAt, day: "2026-11-24", revision: 2, extractor: "newer" }),
    ]);
    await put("merged", [made("merged", { duplicateOf: "same", storyId: "same" })]);
    await retractByEditor(
      store,
      { articleId: "retracted", actor: "ada", reason: "it was never true" },
      new Date(),
    );
    while ((await sequence(store, new Date())) > 0);
    now = await exported(null);
    asOfThen = await exported(then);
  });

  test("An export changes with its articles", () => {
    expect(now).not.toEqual(taken);
  });

  test("An export as of a time is the export that was taken then", () => {
    expect(asOfThen).toEqual(taken);
  });

  test("An export has the latest values and where each comes from", () => {
    expect(taken.find(({ id }) => id === "updated")).toMatchObject({
      title: "Second title",
      version: 2,
      revision: 2,
      country: "DE",
      provenance: JSON.stringify({ title: { rule: "h1", confidence: 1, seen: "Second title" } }),
    });
  });

  test("The words that a rule saw aren't exported where the publisher reserves them", () => {
    expect(now.find(({ id }) => id === "updated")).toMatchObject({
      reservations: ["noarchive"],
      provenance: JSON.stringify({ title: { rule: "h1", confidence: 1 } }),
    });
  });

  test("An export as of a time before the first article is empty", async () => {
    expect(await exported(new Date(seen.getTime() - 1))).toEqual([]);
  });
});

test("Where the change before is no longer stored, the next one says what lists read", () => {
  const article = makeArticle("a", { version: 3, country: "FR", status: "retracted" });
  const [after, then] = [new Date("2026-11-25"), new Date("2026-11-24")];
  const before = {
    ...toVisible(article),
    country: "DE",
    region: "DE-BY",
    relevanceScore: 0.9,
    status: "published",
  } as const;
  const change = { version: 3, kind: "retracted", item: {} as never, at: after } as const;
  const seen = { ...article, firstSeenAt: new Date("2026-01-01") };
  const listedBefore = { ...change, before: { ...before, listed: true } };
  expect(asOf(seen, [listedBefore], [], then)).toMatchObject({
    country: "DE",
    region: null,
    regionCode: "DE-BY",
    relevanceScore: 0.9,
    status: "published",
  });
});
