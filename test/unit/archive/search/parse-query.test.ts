import { expect, test } from "vitest";
import { matchOf } from "../../../../archive/search/match.ts";
import { narrowQuery, parseQuery, widenQuery } from "../../../../archive/search/parse-query.ts";
import { QueryProblem } from "../../../../model/publish/search.ts";

const vocabulary = {
  languages: ["en"],
  spelled: () => [],
  stemsOutside: () => [],
};
const fts = (query: string) => matchOf(parseQuery(query).root, vocabulary).expression;

test.each([
  ["city", '("city" OR "citi")'],
  ["Cities data", '(("cities" OR "citi") AND "data")'],
  ["a AND b OR c", '(("a" AND "b") OR "c")'],
  ["a -b", '("a" NOT "b")'],
  ["NOT b", '(":all" NOT "b")'],
  ["a (b OR NOT c)", '("a" AND ("b" OR (":all" NOT "c")))'],
  ['"smart cities"', '("smart cities" OR "smart citi")'],
  ["“smart data”", '"smart data"'],
  ["e-id", '"e id"'],
  ["gov*", '"gov"*'],
  ["한국", '"한국"*'],
  ["智慧城市", '("智慧 城市" OR ("智慧" AND "城市"))'],
  ['"智慧城市"', '"智慧 城市"'],
  ["城市", '"城市"'],
  ["title:park", '(title : "park")'],
  ["title:(park OR tram)", '((title : "park") OR (title : "tram"))'],
  ["country:DE topic:smart-city", '(":country:de" AND ":topic:smart-city")'],
  ["day:2026-11", '":day:2026-11"*'],
  ["day:2026-11-25", '":day:2026-11-25"'],
  ["constructor", '"constructor"'],
  ["tram 🎉", '"tram"'],
  ["tram -🎉", '"tram"'],
  ["", null],
])("%s is asked for as %s", (query, expression) => {
  expect(fts(query)).toBe(expression);
});

test("since and until bound the whole query, a day from its start to its end", () => {
  const { root, since, until } = parseQuery("park since:2026-11-01 until:2026-11-25");
  expect(root).toMatchObject({ kind: "words", text: "park" });
  expect(since).toEqual(new Date("2026-11-01T00:00:00Z"));
  expect(until).toEqual(new Date("2026-11-26T00:00:00Z"));
});

test.each([
  ["since:7d", "since", "2026-11-18T12:00:00Z"],
  ["since:yesterday", "since", "2026-11-24T00:00:00Z"],
  ["until:2026-10", "until", "2026-11-01T00:00:00Z"],
])("a time is read as everywhere: %s", (query, bound, time) => {
  const read = parseQuery(`park ${query}`, new Date("2026-11-25T12:00:00Z"));
  expect(read[bound as "since" | "until"]).toEqual(new Date(time));
});

test.each([
  ['a "b', 3, "quote is not closed"],
  ["(a b", 1, "bracket is not closed"],
  ["a) b", 2, "no opening bracket"],
  ["a OR", 5, "missing here"],
  ["a AND OR b", 7, "missing here"],
  ["titel:x", 1, 'no field "titel": write one of title'],
  ["see http://x.example", 5, 'no field "http"'],
  ["constructor:x", 1, 'no field "constructor"'],
  ["country:Germany", 1, "two letters, such as DE"],
  ["day:25.11.2026", 1, "a day, month or year"],
  ["since:lately", 1, "7d (7 days ago), yesterday"],
  ["a OR since:2026-11-01", 6, "applies to the whole query"],
  ["NOT until:2026-11-01", 5, "applies to the whole query"],
  ["(since:2026-11-01)", 2, "applies to the whole query"],
  ["(".repeat(30), 22, "nested too deep"],
  ["x".repeat(1001), 1000, "at most 1000 characters"],
  ["*", 1, '"*" has nothing to search for: write a word'],
  ["❤️", 1, "nothing to search for"],
  ["🎉", 1, "nothing to search for"],
  ["…", 1, "nothing to search for"],
  ["-🎉", 1, "nothing to search for"],
  ["title:* since:2026-11-01", 1, "nothing to search for"],
])("%s is refused at character %d", (query, at, words) => {
  const problem = (() => {
    try {
      return parseQuery(query);
    } catch (error) {
      return error;
    }
  })();
  expect(problem).toBeInstanceOf(QueryProblem);
  expect((problem as QueryProblem).at).toBe(at);
  expect((problem as QueryProblem).message).toContain(words);
});

test.each([
  ["", "country:DE"],
  ["tram bus", "tram bus country:DE"],
  ["tram OR bus", "(tram OR bus) country:DE"],
  ["(tram OR bus) since:7d", "(tram OR bus) since:7d country:DE"],
  ["(tram OR bus) topic:egov", "(tram OR bus) topic:egov country:DE"],
  ['"OR 44"', '"OR 44" country:DE'],
])("%j is narrowed by a country to %j", (query, narrowed) => {
  expect(narrowQuery(query, "country:DE")).toBe(narrowed);
  expect(() => parseQuery(narrowed)).not.toThrow();
});

test.each([
  ["tram country:DE", "tram"],
  ["country:DE tram", "tram"],
  ["(tram OR bus) country:DE topic:x", "(tram OR bus) topic:x"],
  ["tram", null],
  ["tram AND country:DE", null],
  ["tram OR country:DE", null],
  ["NOT country:DE tram", null],
  ["-country:DE tram", null],
  ["tram (country:DE bus)", null],
  ['tram "in country:DE today"', null],
  ["tram country:DEU", null],
])("%s without country:DE is %s", (query, wider) => {
  expect(widenQuery(query, "country:DE")).toBe(wider);
});
