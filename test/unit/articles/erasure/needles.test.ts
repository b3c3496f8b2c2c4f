import { describe, expect, test } from "vitest";
import {
  findsArticle,
  findsIn,
  findsPerson,
  isTooShort,
  redacted,
} from "../../../../articles/erasure/subject.ts";

describe("a person", () => {
  const finds = findsPerson(["Ann Müller-Lee", "李小龙"]);
  test.each([
    "said ANN MÜLLER-LEE.",
    "Ann\n  Müller-Lees Rede",
    "Ann <b>Müller</b>-Lee",
    "Ann M&uuml;ller-Lee",
    "Ann M&#252;ller-Lee",
    "Ann Mu\u0308ller-Lee",
    "https://city.example/ann-müller-lee-resigns",
    "导演李小龙去世",
  ])("is found in %j", (text) => {
    expect(finds(text)).toBe(true);
  });
  test.each(["Joann Müller-Lee", "Ann Müller", "Anna Müller-Lee", "", "<b>"])(
    "is not found in %j",
    (text) => {
      expect(finds(text)).toBe(false);
    },
  );

  test("is found anywhere in a document, and only what holds the name is replaced", () => {
    const at = new Date(0);
    const document = { a: [{ b: "x" }, { c: "by Ann Müller-Lee" }], at, n: null };
    expect(findsIn(finds, document)).toBe(true);
    expect(redacted(finds, document)).toEqual({ a: [{ b: "x" }, { c: "[erased]" }], at, n: null });
    expect(redacted(finds, document.a[0])).toBe(document.a[0]);
  });
});

test.each(["Cher", "李小龙", "李明", "김 구", "김구".normalize("NFD"), "マリア・アンナ"])(
  "the name %s is long enough to be searched for",
  (name) => {
    expect(isTooShort(name)).toBe(false);
  },
);
test.each(["", "   ", "Ann", "李", "김".normalize("NFD"), "李A", "あい", "マリー"])(
  "the name %j is too short",
  (name) => {
    expect(isTooShort(name)).toBe(true);
  },
);

describe("an article", () => {
  const reading = {
    title: "News",
    teaser: null,
    text: "Short.\n\nA paragraph that is long enough to be told from others, (really)!",
  };
  const finds = findsArticle([reading], ["https://city.example/news/2026/trams-run-later"]);
  test.each([
    "<p>a paragraph that is <i>long enough</i> to be told from others, (really)!",
    '<a href="http://city.example/news/2026/trams-run-later">',
    '<a href="/news/2026/trams-run-later?utm_source=feed">',
    "see https://city.example/news/2026/trams-run-later.",
  ])("is found in %j", (text) => {
    expect(finds(text)).toBe(true);
  });
  test.each([
    "News",
    "Short.",
    "https://city.example/news/2026/trams-run-later-again",
    "https://city.example/news/2026/trams-run-later/comments",
    "https://city.example/news/2026/trams-run-later?id=2",
    "https://other.example/archive/news/2026/trams-run-later",
  ])("is not found in %j", (text) => {
    expect(finds(text)).toBe(false);
  });
});
