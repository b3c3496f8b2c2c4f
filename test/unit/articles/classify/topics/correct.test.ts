import { expect, test } from "vitest";
import { correctTopics } from "../../../../../articles/classify/topics/matcher.ts";
import type { TopicVerdict } from "../../../../../model/articles/classification.ts";

const hits = [{ keyword: "sensor*", where: "title" as const, times: 1, weight: 3 }];
const read: TopicVerdict[] = [
  { id: "iot", score: 3, because: "keywords", hits },
  { id: "smart-city", score: 3, because: "narrower topic", hits: [], narrower: ["iot"] },
];
const says = (add: string[], remove: string[] = []) => ({
  word: { field: "topics" as const, add, remove },
});
const ids = (verdicts: TopicVerdict[]) => verdicts.map(({ id }) => id);

test("added topics come after what was read, removed ones go", () => {
  const verdicts = correctTopics(read, [says(["open-data"], ["smart-city"])]);
  expect(ids(verdicts)).toEqual(["iot", "open-data"]);
  expect(verdicts[1]).toMatchObject({ because: "editor", hits: [] });
});

test("a wider topic goes with the narrower one that brought it, unless an editor wants it", () => {
  expect(ids(correctTopics(read, [says([], ["iot"])]))).toEqual([]);
  expect(ids(correctTopics(read, [says(["smart-city"], ["iot"])]))).toEqual(["smart-city"]);
});

test("the later word wins", () => {
  expect(ids(correctTopics(read, [says([], ["iot"]), says(["iot"])]))).toContain("iot");
  expect(ids(correctTopics(read, [says(["ai"]), says([], ["ai"])]))).not.toContain("ai");
});

test("a topic that an editor confirms keeps its place and its hits", () => {
  expect(correctTopics(read, [says(["iot"])])[0]).toEqual({
    id: "iot",
    score: 5,
    because: "editor",
    hits,
  });
});
