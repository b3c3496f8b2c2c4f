import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { correct, finishIntents, undoCorrection } from "../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../articles/editorial/retract.ts";
import { updateVisibility } from "../../articles/editorial/visibility-changes.ts";
import { commitArticles } from "../../articles/ingest/commit.ts";
import { joinStories, splitStory } from "../../articles/stories/corrections.ts";
import { repairStaleStories } from "../../articles/stories/repair.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import type { ArticleDecision } from "../../model/articles/correction.ts";
import type { Store } from "../../store/store.ts";
import { addressOf, idOf } from "../helpers/article-pages.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endingAtWrite } from "../helpers/faults.ts";
import { makeLink } from "../helpers/links.ts";
import { makeReading, SEEN } from "../helpers/reading.ts";
import { textOf } from "../helpers/site.ts";
import { isVerify } from "../helpers/size.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("edits");
});
afterAll(() => database.close());

const minutes = (n: number) => new Date(SEEN.getTime() + n * 60_000);
const EDITOR = { actor: "ada", reason: "asked for" };

/** An article, its copy, and another one. */
async function openScene(): Promise<void> {
  await resetStore(store);
  for (const [n, [name, text]] of [
    ["first", "shared"],
    ["copy", "shared"],
    ["other", "other"],
  ].entries() as Iterable<[number, [string, string]]>)
    await commit(name, text, n);
}

async function commit(name: string, text: string, n: number): Promise<void> {
  const capture = { _id: `capture-${name}`, fetchedAt: minutes(n) };
  const reading = makeReading(addressOf(name), { fields: { text: textOf(text) }, capture });
  const link = makeLink(idOf(name), { url: addressOf(name), foundUrl: addressOf(name) });
  const page = { link, capture: reading.capture, reading };
  await commitArticles(store, [page], { timezone: "UTC", now: () => minutes(n) });
}

const NOW = minutes(60);
const now = () => NOW;

const say = (word: ArticleDecision, name = "first") => {
  const request = { articleId: idOf(name), word, ...EDITOR };
  return (view: Store) =>
    correct(view, request, { topics: [{ id: "ai", parent: null }], now: NOW });
};

/** The id of the one correction there is. */
async function correctionId(): Promise<string> {
  const [one] = await store.collections.corrections.find({ undone: null }).toArray();
  if (!one) throw new Error("no correction");
  return one._id;
}

type Act = (view: Store) => Promise<unknown>;
const undo: Act = async (view) =>
  undoCorrection(view, { id: await correctionId(), ...EDITOR }, NOW);
const split: Act = (view) => splitStory(view, { articleId: idOf("copy"), ...EDITOR }, now);
const retract: Act = (view) => retractByEditor(view, { articleId: idOf("first"), ...EDITOR }, NOW);

const ACTS: [string, Act, Act?][] = [
  ["a topic", say({ field: "topics", add: ["ai"], remove: [] })],
  ["words", say({ field: "wording", language: null, title: "Other words" })],
  ["a state that hides an article with a copy", say({ field: "state", say: "draft" })],
  ["an embargo", say({ field: "times", embargo: minutes(6000) })],
  ["taking a state back", undo, say({ field: "state", say: "draft" })],
  ["a retraction", retract],
  [
    "a reinstatement",
    (view) => reinstate(view, { articleId: idOf("first"), ...EDITOR }, NOW),
    retract,
  ],
  ["a split", split],
  ["taking a split back", undo, split],
  [
    "a join that ends a split",
    (view) => joinStories(view, { articleId: idOf("first"), other: idOf("copy"), ...EDITOR }, now),
    split,
  ],
  [
    "a join that ends a part of a split",
    (view) => joinStories(view, { articleId: idOf("copy"), other: idOf("third"), ...EDITOR }, now),
    async (view) => {
      await commit("third", "shared", 3);
      await split(view);
      await splitStory(view, { articleId: idOf("third"), ...EDITOR }, now);
    },
  ],
  [
    "an expiry that has come",
    (view) => updateVisibility({ store: view, now: () => minutes(700) }),
    say({ field: "times", expires: minutes(650) }),
  ],
];

const sorted = (all: unknown[]) => all.map((one) => JSON.stringify(one)).toSorted();

/** What is stored once upkeep and the sequencer have been there. */
async function outcome() {
  const later = () => minutes(720);
  await finishIntents(store, later);
  await repairStaleStories(store, later);
  while ((await sequence(store, minutes(721))) > 0);
  const { articles, revisions, corrections, fingerprints, changes, intents } = store.collections;
  const stored = await articles.find().toArray();
  return {
    articles: sorted(
      stored.map((one) => {
        const { _id, version, status, title, topics, storyId, duplicateOf, revision } = one;
        const { unlisted, editorial, retraction, times, overruled, pending } = one;
        const why = unlisted && [unlisted.reason, unlisted.detail];
        const own = { _id, version, status, title, topics, storyId, duplicateOf, revision };
        return { ...own, why, editorial, retraction, times, overruled, pending };
      }),
    ),
    revisions: sorted(await revisions.find().toArray()),
    corrections: sorted(
      (await corrections.find().toArray()).map(({ articleId, word, undone }) => [
        articleId,
        word,
        undone !== null,
      ]),
    ),
    fingerprints: sorted(
      (await fingerprints.find().toArray()).map(({ _id, cluster, linkConstraints }) => [
        _id,
        cluster,
        linkConstraints?.map(({ kind, with: others }) => [kind, others]),
      ]),
    ),
    changes: sorted(
      (await changes.find().toArray()).map(({ articleId, version, kind, item }) => [
        articleId,
        version,
        kind,
        item.status,
        item.title,
      ]),
    ),
    intents: await intents.countDocuments(),
  };
}

describe.each(ACTS)("an editor's process that ends in the midst of %s", (name, act, first) => {
  const prepare = async () => {
    await openScene();
    await first?.(store);
    await repairStaleStories(store, now);
  };

  test("leaves a store in which it was done, or nothing of it", async () => {
    await prepare();
    const before = await outcome();
    await prepare();
    const whole = endingAtWrite(store, -1);
    await act(whole.store);
    const after = await outcome();
    expect(after).not.toEqual(before);
    expect(whole.writes()).toBeGreaterThan(2);
    const unbegun: number[] = [];
    for (let at = 0; at < whole.writes(); at += isVerify ? 1 : 3) {
      await prepare();
      const view = endingAtWrite(store, at);
      await act(view.store).catch(() => {});
      // The next tick finds what is left of those whose time is over.
      if (name.includes("expiry")) await updateVisibility({ store, now: () => minutes(700) });
      const stored = await outcome();
      const isUnbegun = JSON.stringify(stored) === JSON.stringify(before);
      if (isUnbegun) unbegun.push(at);
      expect([at, stored]).toEqual([at, isUnbegun ? before : after]);
    }
    // The line of the audit log, the intent, and of a retraction the article: what ends there was not begun.
    expect(unbegun.filter((at) => at > 2)).toEqual([]);
  });
});

describe("an editor's act", () => {
  test.each(ACTS.filter(([name]) => !name.includes("expiry")))(
    "%s is in the audit log before anything of it is done",
    async (_name, act, first) => {
      await openScene();
      await first?.(store);
      const lines = await store.collections.audit.countDocuments();
      await act(endingAtWrite(store, 1).store).catch(() => {});
      expect(await store.collections.audit.countDocuments()).toBe(lines + 1);
      expect(await store.collections.intents.countDocuments()).toBe(0);
    },
  );
});
