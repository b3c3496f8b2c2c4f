import { expect, test } from "vitest";
import { corrected } from "../../../../articles/revisions/visibility.ts";
import type { Relevance } from "../../../../model/articles/classification.ts";
import type { Correction } from "../../../../model/articles/correction.ts";
import { makeArticle } from "../../../helpers/articles.ts";

const NOW = new Date("2026-11-25T12:00:00Z");

function makeCorrection(add: string[], remove: string[] = []): Correction {
  const word = { field: "topics" as const, add, remove };
  const made = { actor: "ada", at: NOW, reason: "it is so", undone: null };
  return { _id: [...add, ...remove].join(), articleId: "a", word, ...made };
}

const parts = { topics: 0, declared: 0, place: 0, trust: 0.1 };
const relevance: Relevance = { score: 0.1, min: 0.3, parts };
const dull = makeArticle("a", {
  topics: [],
  evidence: { byTopic: [], relevance },
  status: "unlisted",
});
const changesOf = (article: typeof dull, corrections: Correction[]) =>
  corrected(article, corrections, article, NOW);

test("without corrections an article is as it was read", () => {
  const unlisted = expect.objectContaining({ reason: "below relevance" }) as unknown;
  expect(changesOf(dull, [])).toEqual({ ...dull, unlisted });
  const shown = makeArticle("b");
  expect(changesOf(shown, [])).toEqual({ ...shown, unlisted: null });
});

test("correcting a corrected article gives the same, and nothing is left without corrections", () => {
  const once = changesOf(dull, [makeCorrection(["ai"])]);
  expect(changesOf(once, [makeCorrection(["ai"])])).toEqual(once);
  expect(changesOf(once, [])).toMatchObject({
    topics: [],
    evidence: dull.evidence,
    overruled: null,
  });
});

test("a topic by an editor makes an article relevant, and its removal irrelevant", () => {
  const listed = changesOf(dull, [makeCorrection(["ai"])]);
  expect(listed).toMatchObject({ status: "published", unlisted: null, topics: ["ai"] });
  const [back] = [changesOf(listed, [makeCorrection(["ai"]), makeCorrection([], ["ai"])])];
  expect(back).toMatchObject({
    status: "unlisted",
    unlisted: {
      reason: "below relevance",
      detail: expect.stringMatching(/^0\.1 of 0\.3: /),
      at: NOW,
    },
  });
});

test("a retracted article stays retracted", () => {
  const gone = makeArticle("a", { ...dull, status: "retracted" });
  expect(changesOf(gone, [makeCorrection(["ai"])])).toMatchObject({
    status: "retracted",
    topics: ["ai"],
  });
});

test("topics that were stored without reasons count as declared", () => {
  const old = makeArticle("a", { topics: ["iot"] });
  const [first] = changesOf(old, [makeCorrection(["ai"])]).evidence.byTopic ?? [];
  expect(first).toMatchObject({ id: "iot", because: "declared" });
});
