import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { makeArticle, makeSource } from "../../helpers/articles.ts";
import { type CliEnd, cliOn } from "../../helpers/cli.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { newKey, openGated } from "../../helpers/gated.ts";
import { BROWSER } from "../../helpers/portal.ts";
import { isVerify } from "../../helpers/size.ts";
import { storeOldArticles } from "../../helpers/stored-pages.ts";

/** Captures that are read again by whoever is killed. */
const CAPTURES = 10_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** What a command that succeeded printed as JSON. */
const jsonOf = ({ code, out, err }: CliEnd): unknown => {
  expect([code, err]).toEqual([0, expect.anything()]);
  return JSON.parse(out);
};

describe("reprocessed articles beside the present ones", () => {
  let store: Store;
  let app: FastifyInstance;
  let filled: CliEnd;
  let difference: CliEnd;
  const pages = { list: "", field: "", article: "" };
  let filledAgain: CliEnd;
  let promoted: CliEnd;
  beforeAll(async () => {
    store = await database.open("sided");
    await store.collections.sources.insertOne(makeSource("cities"));
    const articles = ["one", "two"].map((id) =>
      makeArticle(id, { text: "Nothing about any topic." }),
    );
    await store.collections.articles.insertMany(articles);
    const cli = commandsOn(store);
    const fill = ["reprocess", "--stage", "topics", "--into", "next", "--json"];
    filled = await cli(fill);
    difference = await cli(["reprocess", "diff", "next", "--json"]);
    app = await openGated(store);
    const headers = { authorization: `Bearer ${await newKey(store, "read")}`, ...BROWSER };
    const page = async (url: string) => (await app.inject({ url, headers })).body;
    pages.list = await page("/admin/staging-sets");
    pages.field = await page("/admin/staging-sets?set=next&field=topics");
    pages.article = await page("/admin/staging-sets?set=next&article=one");
    filledAgain = await cli(fill);
    const why = ["--reason", "they are about nothing", "--json"];
    promoted = await cli(["reprocess", "promote", "next", ...why]);
  });
  afterAll(() => app?.close());

  test("Reprocessing into a name counts the articles that would change", () => {
    expect(jsonOf(filled)).toMatchObject({ stagingSet: "next", articles: 2, changed: 2 });
  });

  test("A comparison counts the changed values of each field", () => {
    expect(jsonOf(difference)).toMatchObject({
      state: "ready",
      done: { report: { fields: { topics: { count: 2 } } } },
      score: { filled: { topics: { before: 2, after: 0 } } },
      promotion: { open: 2, promoted: 0 },
    });
  });

  test("The admin pages list what was reprocessed beside", () => {
    expect(pages.list).toContain('href="/admin/staging-sets?set=next"');
  });

  test("The page of a changed field shows its values and how they are promoted", () => {
    expect(pages.field).toContain("newsgather reprocess promote next");
    expect(pages.field).toContain("smart-city");
  });

  test("The page of a changed article shows its changed fields", () => {
    expect(pages.article).toMatch(/topics.*smart-city/s);
  });

  test("A name that is in use can't be filled again", () => {
    expect(filledAgain).toMatchObject({
      code: 2,
      err: expect.stringContaining("reprocess drop next"),
    });
  });

  test("A promotion makes the reprocessed articles the present ones", async () => {
    expect(jsonOf(promoted)).toMatchObject({ promoted: 2 });
    const now = await store.collections.articles.findOne({ _id: "one" });
    expect(now).toMatchObject({ version: 2, topics: [] });
  });

  test("The audit log has the reprocessing and the promotion", async () => {
    expect(await store.collections.audit.distinct("action")).toEqual(
      expect.arrayContaining(["archive.fill-staging-set", "archive.promote"]),
    );
  });
});

test.runIf(isVerify)(
  "10,000 captures, killed and gone on with, filled or in place: as without a kill",
  { timeout: 7_200_000 },
  async () => {
    const filled = async (name: string): Promise<Store> => {
      const store = await database.open(name);
      await store.collections.sources.insertOne(makeSource("cities"));
      for (let from = 0; from < CAPTURES; from += 50) {
        await storeOldArticles(store, from, 50);
      }
      return store;
    };
    const outcome = async ({ collections }: Store) => {
      const articles = await collections.articles.find().sort({ _id: 1 }).toArray();
      return articles.map(({ _id, version, text, title, extractor, topics, pending }) => {
        return { _id, version, text, title, extractor, topics, pendingChanges: pending.length };
      });
    };
    const killedAt = async (store: Store, args: string[], isAt: () => Promise<boolean>) => {
      const ended = cliOn(store)(args, "", (child) => {
        void (async () => {
          while (!(await isAt())) await new Promise((resolve) => setTimeout(resolve, 1000));
          child.kill("SIGKILL");
        })();
      });
      expect((await ended).code).toBe(null);
    };
    const [whole, killed] = [await filled("whole"), await filled("killed")];
    const straight = ["reprocess", "--stage", "extract", "--json"];
    const wanted = jsonOf(await cliOn(whole)(straight)) as { articles: number; changed: number };
    expect(wanted.articles).toBe(CAPTURES);
    expect(wanted.changed).toBeGreaterThan(0.9 * CAPTURES);

    const stagingSet = [...straight, "--into", "next"];
    const { stagingSets, stagedArticles } = killed.collections;
    await killedAt(killed, stagingSet, async () => {
      return ((await stagingSets.findOne({}))?.done.report.articles ?? 0) > 0.4 * CAPTURES;
    });
    expect(jsonOf(await cliOn(killed)(stagingSet))).toEqual({ ...wanted, stagingSet: "next" });
    const why = ["reprocess", "promote", "next", "--reason", "as it shall be", "--json"];
    await killedAt(killed, why, async () => {
      return (
        (await stagedArticles.countDocuments({ stagingSet: "next", state: "promoted" })) >
        0.4 * CAPTURES
      );
    });
    expect(jsonOf(await cliOn(killed)(why))).toMatchObject({ open: 0, left: {} });
    const [actual, should] = [await outcome(killed), await outcome(whole)];
    expect(actual).toEqual(should);
  },
);
