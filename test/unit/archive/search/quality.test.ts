import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { find } from "../../../../archive/search/find.ts";
import { readQuery } from "../../../../archive/search/match.ts";
import { RANK_BOUNDS, rankingWords } from "../../../../archive/search/rank.ts";
import { openFile } from "../../../../archive/search/sqlite-file.ts";
import { readTopics } from "../../../../bin/roles/config-data.ts";
import {
  makeDocument,
  readJudged,
  SEARCH_REQUEST,
  tempIndex,
} from "../../../helpers/judged-search.ts";
import { type Half, halfOf } from "../../../helpers/labelled.ts";
import { readTopicSet } from "../../../helpers/topic-set.ts";

/** Floors: they only go up (measured: 0.86 and 0.86, 0.96 and 0.96). Mean reciprocal rank, and share of what is wanted among the first ten. */
const FLOORS = { tuning: { rank: 0.85, found: 0.85 }, "held-out": { rank: 0.95, found: 0.95 } };

let searched: ReturnType<typeof tempIndex>;
let titles: string[];
beforeAll(async () => {
  const texts = await readTopicSet(await readTopics());
  titles = texts.map(({ title }) => title);
  searched = tempIndex(
    texts.map(({ title, text, language }, number) =>
      makeDocument(String(number), { title, text, language }),
    ),
  );
});
afterAll(() => searched.close());

test("each wanted text is there, once", () => {
  for (const begin of readJudged().flatMap(({ finds }) => finds)) {
    expect([begin, titles.filter((title) => title.startsWith(begin)).length]).toEqual([begin, 1]);
  }
});

/** As all words order, and as in an archive so large that common ones don't. */
const SIZES = { small: RANK_BOUNDS, large: { sample: 300, common: 0.01 } };
const CASES = Object.keys(FLOORS).flatMap((half) =>
  Object.keys(SIZES).map((size) => [half as Half, size as keyof typeof SIZES] as const),
);

test.each(CASES)("what is wanted is found and stands first: %s, %s archive", (half, size) => {
  const db = openFile(searched.path, true);
  onTestFinished(() => db.close());
  const queries = readJudged().filter(({ query }) => halfOf(query) === half);
  let [ranks, found, wanted] = [0, 0, 0];
  for (const { query, finds } of queries) {
    const { hits } = find(db, { ...SEARCH_REQUEST, query }, SIZES[size]);
    const shown = hits.map(({ articleId }) => titles[Number(articleId)] ?? "");
    const isWanted = (title: string) => finds.some((begin) => title.startsWith(begin));
    const first = shown.findIndex(isWanted);
    ranks += first < 0 ? 0 : 1 / (first + 1);
    found += shown.filter(isWanted).length;
    wanted += finds.length;
  }
  const isBounded = queries.some(({ query }) => {
    const words = readQuery(db, query, false);
    return rankingWords(db, words, SIZES[size]).rankBy !== null;
  });
  expect(isBounded).toBe(size === "large");
  const measures = { rank: ranks / queries.length, found: found / wanted };
  expect(measures.rank).toBeGreaterThanOrEqual(FLOORS[half].rank);
  expect(measures.found).toBeGreaterThanOrEqual(FLOORS[half].found);
});
