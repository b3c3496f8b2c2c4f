import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitArticles } from "../../articles/ingest/commit.ts";
import type { ReadPage } from "../../articles/ingest/decide.ts";
import { fingerprint, guidHash } from "../../articles/matching/fingerprint.ts";
import { matchText } from "../../model/articles/story.ts";
import { readStoryMembers } from "../../store/articles/stories.ts";
import { hours, idOf, pageOf } from "../helpers/article-pages.ts";
import { makeArticle } from "../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { type LabelledArticle, readEvents, storiesOf } from "../helpers/events.ts";
import { retold } from "../helpers/retold.ts";
import { textOf } from "../helpers/site.ts";
import { SIZE } from "../helpers/size.ts";
import { edited, storyPage } from "../helpers/story-pages.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const options = { timezone: "UTC", now: () => new Date() };
const soon = () => hours(1);
const wire = textOf("wire");

describe("stories that are decided again after their fingerprints are lost", () => {
  const decideTwice = async () => {
    const store = await database.open("rebuilt");
    await commitArticles(
      store,
      [storyPage("a", -3, wire), storyPage("b", -2, edited(wire, 0))],
      options,
    );
    const { articles, fingerprints } = store.collections;
    await fingerprints.deleteMany({});
    const alone = { duplicateOf: null, storyId: idOf("b") };
    await articles.updateOne({ _id: idOf("b") }, { $set: alone });
    // Erased: nothing may be stored of it again.
    await articles.insertOne(
      makeArticle("erased", { title: "", text: "", status: "retracted", sortAt: hours(-1) }),
    );
    const range = { since: hours(-99), until: hours(9) };
    const first = await retold(store, range, soon);
    const erased = await fingerprints.findOne({ _id: "erased" });
    const members = await readStoryMembers(store, idOf("a"));

    // Its publisher reserves the text: the teaser is all that is stored, but it was compared by all.
    const withheld = { text: "What it says.", reservations: ["noarchive"] };
    await articles.updateOne({ _id: idOf("b") }, { $set: withheld });
    const second = await retold(store, range, soon);
    return { first, erased, members, second };
  };
  let decided: Awaited<ReturnType<typeof decideTwice>>;
  beforeAll(async () => {
    decided = await decideTwice();
  });

  test("A copy moves to the story of its original", () => {
    expect(decided.first).toEqual({ articles: 3, featuresChanged: 2, moved: 1, open: 0 });
  });

  test("An erased article gets no fingerprint", () => {
    expect(decided.erased).toBeNull();
  });

  test("Each member of a story says how similar it is to which other", () => {
    expect(decided.members.map(({ match }) => match && matchText(match))).toEqual([
      null,
      expect.stringMatching(/^similar to [0-9a-f]{32}, 0\.\d\d$/),
    ]);
  });

  test("An article whose text is withheld later stays in its story", () => {
    expect(decided.second).toMatchObject({ featuresChanged: 0, moved: 0, open: 0 });
  });
});

test("An announced item keeps its feed id and its title's part when stories are decided again", async () => {
  const store = await database.open("announced");
  const text = "The council decides on the tram on Monday.";
  const page = storyPage("short", -3, text);
  const { extracted } = page.reading;
  const { title } = extracted.article.classified;
  const own = fingerprint({
    sourceId: "cities",
    trust: 0.5,
    language: "en",
    title,
    text,
    at: hours(-3),
    guid: guidHash("cities", "item 7"),
    isAnnounced: true,
  });
  const article = { ...extracted.article, fingerprint: own };
  const reading = { ...page.reading, extracted: { ...extracted, article } };
  await commitArticles(store, [{ ...page, reading }], options);
  const { articles, fingerprints } = store.collections;
  await articles.updateOne({ _id: idOf("short") }, { $set: { completeness: "announced" } });
  const before = await fingerprints.findOne({ _id: idOf("short") });
  expect(before).toMatchObject({ guid: own.guid, isAnnounced: true });
  const again = await retold(store, { since: hours(-99), until: hours(9) }, soon);
  expect(again).toMatchObject({ articles: 1, featuresChanged: 0 });
  const { guid, isAnnounced, keys } = before ?? {};
  expect(await fingerprints.findOne({ _id: idOf("short") })).toMatchObject({
    guid,
    isAnnounced,
    keys,
  });
});

/** The page of a labelled article. */
function pageOfLabelled({ title, text, language, print }: LabelledArticle): ReadPage {
  const page = pageOf(print._id, {
    fields: { title, text, publishedAt: print.at },
    classified: { title, language },
    capture: { fetchedAt: new Date("2026-12-20T00:00:00Z") },
  });
  const { extracted } = page.reading;
  extracted.article.fingerprint = { ...print };
  return { ...page, reading: { ...page.reading, extracted, sourceId: print.sourceId } };
}

test(
  "Labelled events are found as stories in any order, and again when they are decided again",
  async () => {
    const store = await database.open("labelled");
    const { articles, orders } = SIZE.labels;
    const labelled = readEvents().slice(0, articles);
    const prints = labelled.map((one) => ({
      ...one,
      print: { ...one.print, _id: idOf(one.print._id) },
    }));
    const wanted = storiesOf(prints);
    expect(new Set(wanted.values()).size).toBeLessThan(wanted.size);
    for (let order = 0; order < orders; order += 1) {
      for (const name of ["articles", "fingerprints", "aliases", "revisions"] as const) {
        await store.collections[name].deleteMany({});
      }
      const pages = labelled.map(pageOfLabelled).toSorted(() => Math.random() - 0.5);
      for (let at = 0; at < pages.length; at += 7) {
        await commitArticles(store, pages.slice(at, at + 7), options);
      }
      const found = async () => {
        const stored = await store.collections.fingerprints.find().toArray();
        return new Map(stored.map(({ _id, cluster }) => [_id, cluster?.story ?? ""]));
      };
      expect(await found()).toEqual(wanted);
      const range = { since: new Date("2026-10-01"), until: new Date("2026-12-21") };
      const again = await retold(store, range, soon);
      expect(again).toEqual({ articles: wanted.size, featuresChanged: 0, moved: 0, open: 0 });
      expect(await found()).toEqual(wanted);
    }
  },
  SIZE.patience,
);
