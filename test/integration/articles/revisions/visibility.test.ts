import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { correct, undoCorrection } from "../../../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../../../articles/editorial/retract.ts";
import { updateVisibility } from "../../../../articles/editorial/visibility-changes.ts";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { ArticleDecision } from "../../../../model/articles/correction.ts";
import { getArticles } from "../../../../store/articles/articles.ts";
import { readInbox } from "../../../../store/articles/listing.ts";
import { readChanges } from "../../../../store/publish/changes.ts";
import type { Store } from "../../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, type PageOverrides, SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

const url = "https://city.example/news/a";
const ID = urlKey(url);
const minutes = (n: number) => new Date(SEEN.getTime() + n * 60_000);
const edit = { actor: "ada", reason: "as agreed" };

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("editorial");
});
afterAll(() => database.close());

/** Reads the page of the article in minute `n`. */
async function fetchPage(
  n: number,
  {
    initialState = "published",
    embargo,
    ...overrides
  }: PageOverrides & { initialState?: "new" | "published"; embargo?: number } = {},
) {
  const capture = { _id: `capture-${n}`, fetchedAt: minutes(n) };
  const fields = { text: textOf(`look ${overrides.fields?.title ?? ""}`), ...overrides.fields };
  const reading = {
    ...makeReading(url, { ...overrides, fields, capture }),
    ...(embargo && { embargo }),
  };
  const link = makeLink(ID, { url, foundUrl: url });
  const editorialRules = { rules: [], otherwise: initialState };
  const options = { timezone: "UTC", editorialRules, now: () => minutes(n) };
  await commitArticles(store, [{ link, capture: reading.capture, reading }], options);
}

async function say(word: ArticleDecision, n: number): Promise<string> {
  const result = await correct(
    store,
    { articleId: ID, word, ...edit },
    { topics: [], now: minutes(n) },
  );
  if ("problem" in result) throw new Error(result.problem);
  return result.correction._id;
}

const article = async () => (await getArticles(store, [ID])).get(ID);

/** What readers were told: kinds by what they see before and after, and titles. */
async function kindsInStream() {
  await sequence(store, new Date("2030-01-01"));
  return (await readChanges(store, 0, 100)).map(({ kind, before, item }) => {
    const [was, is] = [before?.status === "published", item.status === "published"];
    return `${kind} ${was ? "seen" : "unseen"} ${is ? item.title : "unseen"}`;
  });
}

describe("an article that a rule holds for an editor", () => {
  const LATER = "A later headline of the same";
  const publishAndWithdraw = async () => {
    await emptyStore(store);
    const inbox = async (state: "waiting" | "withdrawn", n: number) =>
      (await readInbox(store, state, { now: minutes(n), limit: 10 })).map(({ _id }) => _id);
    await fetchPage(0, { initialState: "new" });
    const beforeDecision = { article: await article(), waiting: await inbox("waiting", 1) };
    await say({ field: "state", say: "draft" }, 1);
    await say({ field: "state", say: "approved" }, 2);
    await fetchPage(3, { initialState: "new", fields: { title: LATER } });
    const approved = await article();
    const publishing = await say({ field: "state", say: "published" }, 4);
    const published = { article: await article(), waiting: await inbox("waiting", 5) };
    await retractByEditor(store, { articleId: ID, ...edit }, minutes(6));
    const withdrawn = await inbox("withdrawn", 7);
    await reinstate(store, { articleId: ID, ...edit }, minutes(8));
    const reinstated = await article();
    await undoCorrection(store, { id: publishing, ...edit }, minutes(9));
    const undone = await article();
    const stream = await kindsInStream();
    const audit = await store.collections.audit.find({ subject: ID }).toArray();
    return {
      beforeDecision,
      approved,
      publishing,
      published,
      withdrawn,
      reinstated,
      undone,
      stream,
      audit,
    };
  };
  let seen: Awaited<ReturnType<typeof publishAndWithdraw>>;
  beforeAll(async () => {
    seen = await publishAndWithdraw();
  });

  test("It is unlisted and waits in the inbox", () => {
    expect(seen.beforeDecision.article).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "waits for an editor" },
      editorial: { state: "new", initialState: "new", isDecided: false },
    });
    expect(seen.beforeDecision.waiting).toEqual([ID]);
  });

  test("A later reading leaves it in the state that the editors chose", () => {
    expect(seen.approved).toMatchObject({ status: "unlisted", editorial: { state: "approved" } });
  });

  test("An editor publishes it, and it leaves the inbox", () => {
    expect(seen.published.article).toMatchObject({ status: "published", unlisted: null });
    expect(seen.published.waiting).toEqual([]);
  });

  test("A withdrawn article is in the inbox of withdrawn ones", () => {
    expect(seen.withdrawn.length).toBe(1);
  });

  test("A reinstated article is published again", () => {
    expect(seen.reinstated).toMatchObject({ status: "published" });
  });

  test("Taking its publication back makes it approved again", () => {
    expect(seen.undone).toMatchObject({ status: "unlisted", editorial: { state: "approved" } });
  });

  test("Readers see nothing of it before it is published", () => {
    expect(seen.stream.filter((change) => change.endsWith("unseen unseen")).length).toBe(4);
  });

  test("Readers see it published, withdrawn, published again and taken back", () => {
    expect(seen.stream.slice(4)).toEqual([
      `updated unseen ${LATER}`,
      "retracted seen unseen",
      `updated unseen ${LATER}`,
      "updated seen unseen",
    ]);
  });

  test("The audit log holds each step", () => {
    expect(seen.audit.map(({ action, detail }) => `${action} ${detail ?? ""}`.trim())).toEqual([
      "article.correct draft",
      "article.correct approved",
      "article.correct published",
      "article.retract",
      "article.reinstate",
      `article.undo ${seen.publishing}`,
    ]);
  });
});

describe("an article without a rule that is less relevant than its source asks", () => {
  const publishIrrelevant = async () => {
    await emptyStore(store);
    const relevance = { ...makeReading(url).extracted.article.classified.relevance, min: 0.9 };
    await fetchPage(0, { classified: { relevance } });
    const unlisted = await article();
    await say({ field: "state", say: "published" }, 1);
    const published = await article();
    await fetchPage(2, {
      classified: { relevance },
      fields: { title: "Still of little relevance" },
    });
    return { unlisted, published, later: await article() };
  };
  let seen: Awaited<ReturnType<typeof publishIrrelevant>>;
  beforeAll(async () => {
    seen = await publishIrrelevant();
  });

  test("It is unlisted without waiting for an editor", () => {
    expect(seen.unlisted).toMatchObject({ unlisted: { reason: "below relevance" } });
    expect(seen.unlisted?.editorial).toBeUndefined();
  });

  test("An editor publishes it however little relevant it is", () => {
    expect(seen.published).toMatchObject({ status: "published" });
  });

  test("It stays published when it is read again", () => {
    expect(seen.later).toMatchObject({ status: "published" });
  });
});

describe("an article whose title and teaser an editor words anew", () => {
  const wordAnew = async () => {
    await emptyStore(store);
    await fetchPage(0, { fields: { title: "Theirs" } });
    await say({ field: "wording", language: null, title: "Ours", teaser: "Our teaser." }, 1);
    await say({ field: "wording", language: "de", title: "Unser Titel" }, 2);
    const text = textOf("another text altogether");
    await fetchPage(3, { fields: { title: "Theirs, put right", text } });
    const corrected = await article();
    const change = (await kindsInStream()).at(-1);
    const [last] = (await readChanges(store, 0, 100)).slice(-1);
    await say({ field: "wording", language: null, title: null }, 4);
    const undone = { change: (await kindsInStream()).at(-1), article: await article() };
    return { corrected, change, item: last?.item, undone };
  };
  let seen: Awaited<ReturnType<typeof wordAnew>>;
  beforeAll(async () => {
    seen = await wordAnew();
  });

  test("The editor's wording and the publisher's later one are both stored", () => {
    expect(seen.corrected).toMatchObject({
      title: "Theirs, put right",
      edited: {
        title: "Ours",
        teaser: "Our teaser.",
        translations: { de: { title: "Unser Titel" } },
      },
      revision: 2,
    });
  });

  test("Readers get the editor's wording through later revisions", () => {
    expect(seen.change).toBe("updated seen Ours");
    expect(seen.item).toMatchObject({ teaser: "Our teaser.", edited: { title: "Ours" } });
  });

  test("Readers get the publisher's title again once the editor's is taken back", () => {
    expect(seen.undone.change).toBe("updated seen Theirs, put right");
    expect(seen.undone.article?.edited).toMatchObject({ teaser: "Our teaser." });
  });
});

describe("a source's embargo of three hours", () => {
  const endEmbargo = async () => {
    await emptyStore(store);
    // Published at 8, seen at 10: until 11.
    await fetchPage(0, { embargo: 3 * 3_600_000 });
    const beforeDecision = await article();
    const ended: number[] = [];
    for (const n of [59, 60, 61])
      ended.push(await updateVisibility({ store, now: () => minutes(n) }));
    return { beforeDecision, ended, over: await article(), stream: await kindsInStream() };
  };
  let seen: Awaited<ReturnType<typeof endEmbargo>>;
  beforeAll(async () => {
    seen = await endEmbargo();
  });

  test("It runs from the time of publication", () => {
    expect(seen.beforeDecision).toMatchObject({
      unlisted: { reason: "embargo", detail: "until 2026-11-25T11:00:00.000Z" },
      visibilityChangesAt: new Date("2026-11-25T11:00:00Z"),
    });
  });

  test("The article is published when it is over, once", () => {
    expect(seen.ended).toEqual([0, 1, 0]);
    expect(seen.over).toMatchObject({ status: "published", visibilityChangesAt: null });
  });

  test("Readers get a change when it is over", () => {
    expect(seen.stream.map((change) => change.split(" ").slice(0, 2).join(" "))).toEqual([
      "created unseen",
      "updated unseen",
    ]);
  });
});

describe("an article with an embargo, a pin and an expiry of an editor", () => {
  const lapseAll = async () => {
    await emptyStore(store);
    await fetchPage(0);
    await say({ field: "times", embargo: minutes(10), expires: minutes(30), pin: minutes(20) }, 1);
    const beforeDecision = await article();
    const at = async (n: number) => {
      await updateVisibility({ store, now: () => minutes(n) });
      const { status, unlisted, pinnedUntil, visibilityChangesAt } = (await article()) ?? {};
      return [status, unlisted?.reason, pinnedUntil, visibilityChangesAt];
    };
    const [afterEmbargo, afterPin, afterExpiry] = [await at(11), await at(21), await at(31)];
    const change = (await kindsInStream()).at(-1);
    await fetchPage(40, { fields: { title: "A revision after its time" } });
    const revised = await article();
    await say({ field: "times", expires: null }, 41);
    const withoutExpiry = await article();
    return { beforeDecision, afterEmbargo, afterPin, afterExpiry, change, revised, withoutExpiry };
  };
  let seen: Awaited<ReturnType<typeof lapseAll>>;
  beforeAll(async () => {
    seen = await lapseAll();
  });

  test("It is unlisted until its embargo is over", () => {
    expect(seen.beforeDecision).toMatchObject({
      status: "unlisted",
      visibilityChangesAt: minutes(10),
    });
  });

  test("It is published and pinned when its embargo is over", () => {
    expect(seen.afterEmbargo).toEqual(["published", undefined, minutes(20), minutes(20)]);
  });

  test("Its pin ends by itself", () => {
    expect(seen.afterPin).toEqual(["published", undefined, null, minutes(30)]);
  });

  test("It is withdrawn from readers when it expires", () => {
    expect(seen.afterExpiry).toEqual(["unlisted", "expired", null, null]);
    expect(seen.change).toMatch(/^retracted seen/);
  });

  test("A revision after its expiry stays unlisted", () => {
    expect(seen.revised).toMatchObject({ unlisted: { reason: "expired" } });
  });

  test("It is published again without its expiry", () => {
    expect(seen.withoutExpiry).toMatchObject({ status: "published" });
  });
});

describe("a correction that can't be meant", () => {
  beforeAll(async () => {
    await emptyStore(store);
    await fetchPage(0);
  });

  const refusals: [string, ArticleDecision, RegExp][] = [
    [
      "An expiry before the end of the embargo",
      { field: "times", embargo: minutes(9), expires: minutes(8) },
      /before its embargo ends/,
    ],
    ["A correction of times without a time", { field: "times" }, /name an embargo/],
    ["A wording without title and teaser", { field: "wording", language: null }, /write a title/],
    [
      "A language that is no language code",
      { field: "wording", language: "German", title: "x" },
      /lowercase letters/,
    ],
    ["An empty title", { field: "wording", language: null, title: "  " }, /can't be empty/],
    ["The state of a new article", { field: "state", say: "new" }, /only articles that no editor/],
  ];
  test.each(refusals)("%s is refused with the reason", async (_what, word, problem) => {
    await expect(say(word, 1)).rejects.toThrow(problem);
  });
});
