import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { urlKey } from "../../../../discover/canonical-url.ts";
import type { ArticleWord } from "../../../../model/correction.ts";
import { getArticles } from "../../../../store/articles.ts";
import { readChanges } from "../../../../store/changes.ts";
import { readInbox } from "../../../../store/inbox.ts";
import type { Store } from "../../../../store/store.ts";
import { commitArticles } from "../../../../workers/articles/commit-articles.ts";
import { reinstate, retractByEditor } from "../../../../workers/articles/retract.ts";
import { correct, undoCorrection } from "../../../../workers/editors/correct.ts";
import { lapse } from "../../../../workers/lapse.ts";
import { sequence } from "../../../../workers/sequencer.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, type PageGiven, SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

const url = "https://city.example/news/a";
const ID = urlKey(url);
const minutes = (n: number) => new Date(SEEN.getTime() + n * 60_000);
const by = { by: "ada", reason: "as agreed" };

let database: TestDatabase;
let store: Store;
let seq = 0;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
beforeEach(async () => {
  store = await database.open(`editorial-${++seq}`);
});
afterAll(() => database.close());

/** Reads the page of the article in minute `n`. */
async function look(
  n: number,
  {
    ruled = "published",
    embargo,
    ...given
  }: PageGiven & { ruled?: "new" | "published"; embargo?: number } = {},
) {
  const capture = { _id: `capture-${n}`, fetchedAt: minutes(n) };
  const fields = { text: textOf(`look ${given.fields?.title ?? ""}`), ...given.fields };
  const reading = {
    ...makeReading(url, { ...given, fields, capture }),
    ...(embargo && { embargo }),
  };
  const link = makeLink(ID, { url, foundUrl: url });
  const options = { timezone: "UTC", ruled: () => ruled, now: () => minutes(n) };
  await commitArticles(store, [{ link, capture: reading.capture, reading }], options);
}

async function say(word: ArticleWord, n: number): Promise<string> {
  const came = await correct(
    store,
    { articleId: ID, word, ...by },
    { topics: [], now: minutes(n) },
  );
  if ("problem" in came) throw new Error(came.problem);
  return came.correction._id;
}

const article = async () => (await getArticles(store, [ID])).get(ID);

/** What readers were told: kinds by what they see before and after, and titles. */
async function told() {
  await sequence(store, new Date("2030-01-01"));
  return (await readChanges(store, 0, 100)).map(({ kind, before, item }) => {
    const [was, is] = [before?.status === "published", item.status === "published"];
    return `${kind} ${was ? "seen" : "unseen"} ${is ? item.title : "unseen"}`;
  });
}

describe("an article on its way to readers", () => {
  test("waits where a rule says so, goes from new over draft and approved to published, and is withdrawn", async () => {
    await look(0, { ruled: "new" });
    expect(await article()).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "waits for an editor" },
      editorial: { state: "new", ruled: "new", said: false },
    });
    const asked = { now: minutes(1), limit: 10 };
    expect((await readInbox(store, "waiting", asked)).map(({ _id }) => _id)).toEqual([ID]);
    await say({ field: "state", say: "draft" }, 1);
    await say({ field: "state", say: "approved" }, 2);
    // A later reading by the worker leaves it where the editors put it.
    await look(3, { ruled: "new", fields: { title: "A later headline of the same" } });
    expect(await article()).toMatchObject({ status: "unlisted", editorial: { state: "approved" } });
    const publishing = await say({ field: "state", say: "published" }, 4);
    expect(await article()).toMatchObject({ status: "published", unlisted: null });
    expect(await readInbox(store, "waiting", { now: minutes(5), limit: 10 })).toEqual([]);
    await retractByEditor(store, { articleId: ID, ...by }, minutes(6));
    expect((await readInbox(store, "withdrawn", { now: minutes(7), limit: 10 })).length).toBe(1);
    await reinstate(store, { articleId: ID, ...by }, minutes(8));
    expect(await article()).toMatchObject({ status: "published" });
    await undoCorrection(store, { id: publishing, ...by }, minutes(9));
    expect(await article()).toMatchObject({ status: "unlisted", editorial: { state: "approved" } });
    const later = "A later headline of the same";
    const stream = await told();
    expect(stream.filter((line) => line.endsWith("unseen unseen")).length).toBe(4);
    expect(stream.slice(4)).toEqual([
      `updated unseen ${later}`,
      "retracted seen unseen",
      `updated unseen ${later}`,
      "updated seen unseen",
    ]);
    const log = await store.collections.audit.find({ subject: ID }).toArray();
    expect(log.map(({ action, detail }) => `${action} ${detail ?? ""}`.trim())).toEqual([
      "article.correct draft",
      "article.correct approved",
      "article.correct published",
      "article.retract",
      "article.reinstate",
      `article.undo ${publishing}`,
    ]);
  });

  test("is published by itself without a rule, and by an editor however little relevant it is", async () => {
    const relevance = { ...makeReading(url).extracted.article.classified.relevance, min: 0.9 };
    await look(0, { classified: { relevance } });
    expect(await article()).toMatchObject({ unlisted: { reason: "below relevance" } });
    expect((await article())?.editorial).toBeUndefined();
    await say({ field: "state", say: "published" }, 1);
    expect(await article()).toMatchObject({ status: "published" });
    await look(2, { classified: { relevance }, fields: { title: "Still of little relevance" } });
    expect(await article()).toMatchObject({ status: "published" });
  });
});

describe("an editor's words", () => {
  test("stand over the publisher's, which are kept, through later revisions, until they are taken back", async () => {
    await look(0, { fields: { title: "Theirs" } });
    await say({ field: "wording", language: null, title: "Ours", teaser: "Our teaser." }, 1);
    await say({ field: "wording", language: "de", title: "Unser Titel" }, 2);
    await look(3, {
      fields: { title: "Theirs, put right", text: textOf("another text altogether") },
    });
    const stored = await article();
    expect(stored).toMatchObject({
      title: "Theirs, put right",
      edited: {
        title: "Ours",
        teaser: "Our teaser.",
        translations: { de: { title: "Unser Titel" } },
      },
      revision: 2,
    });
    expect((await told()).at(-1)).toBe("updated seen Ours");
    const [last] = (await readChanges(store, 0, 100)).slice(-1);
    expect(last?.item).toMatchObject({ teaser: "Our teaser.", edited: { title: "Ours" } });
    await say({ field: "wording", language: null, title: null }, 4);
    expect((await told()).at(-1)).toBe("updated seen Theirs, put right");
    expect((await article())?.edited).toMatchObject({ teaser: "Our teaser." });
  });
});

describe("embargo, expiry and pin", () => {
  test("a source's embargo runs from publication; when it is over readers are told, once", async () => {
    // Published at 8, seen at 10, kept for three hours: until 11.
    await look(0, { embargo: 3 * 3_600_000 });
    expect(await article()).toMatchObject({
      unlisted: { reason: "embargo", detail: "until 2026-11-25T11:00:00.000Z" },
      lapsesAt: new Date("2026-11-25T11:00:00Z"),
    });
    expect(await lapse({ store, now: () => minutes(59) })).toBe(0);
    expect(await lapse({ store, now: () => minutes(60) })).toBe(1);
    expect(await lapse({ store, now: () => minutes(61) })).toBe(0);
    expect(await article()).toMatchObject({ status: "published", lapsesAt: null });
    expect((await told()).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "created unseen",
      "updated unseen",
    ]);
  });

  test("an editor's embargo, expiry and pin hold and end by themselves", async () => {
    await look(0);
    await say({ field: "times", embargo: minutes(10), expires: minutes(30), pin: minutes(20) }, 1);
    expect(await article()).toMatchObject({ status: "unlisted", lapsesAt: minutes(10) });
    const at = async (n: number) => {
      await lapse({ store, now: () => minutes(n) });
      const { status, unlisted, pinnedUntil, lapsesAt } = (await article()) ?? {};
      return [status, unlisted?.reason, pinnedUntil, lapsesAt];
    };
    expect(await at(11)).toEqual(["published", undefined, minutes(20), minutes(20)]);
    expect(await at(21)).toEqual(["published", undefined, null, minutes(30)]);
    expect(await at(31)).toEqual(["unlisted", "expired", null, null]);
    expect((await told()).at(-1)).toMatch(/^retracted seen/);
    await look(40, { fields: { title: "A revision after its time" } });
    expect(await article()).toMatchObject({ unlisted: { reason: "expired" } });
    await say({ field: "times", expires: null }, 41);
    expect(await article()).toMatchObject({ status: "published" });
  });

  test("what can't be meant is refused in words", async () => {
    await look(0);
    const refusals: [ArticleWord, RegExp][] = [
      [{ field: "times", embargo: minutes(9), expires: minutes(8) }, /before its embargo ends/],
      [{ field: "times" }, /name an embargo/],
      [{ field: "wording", language: null }, /write a title/],
      [{ field: "wording", language: "German", title: "x" }, /small letters/],
      [{ field: "wording", language: null, title: "  " }, /can't be empty/],
      [{ field: "state", say: "new" }, /only until an editor/],
    ];
    for (const [word, problem] of refusals) {
      await expect(say(word, 1)).rejects.toThrow(problem);
    }
  });
});
