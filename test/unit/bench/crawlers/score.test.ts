import { expect, test } from "vitest";
import { score } from "../../../../bench/crawlers/score.ts";
import type { TrueArticle } from "../../../../demo/truth.ts";

const words = Array.from({ length: 100 }, (_, n) => `word${n}`);
const one: TrueArticle = {
  url: "http://a.example/1",
  sourceId: "a",
  title: "Bridge opens",
  text: words.join(" "),
  publishedAt: "2026-01-01T00:00:00Z",
  precision: "instant",
  zone: "UTC",
  language: "en",
  duplicateOf: null,
  variants: ["http://a.example/1?utm_source=feed"],
};
const had = (title: string, text: string, url = one.url) => score([{ url, title, text }], [one]);

test("an article is right with its title and nearly all of its words, and few others", () => {
  expect(had("Bridge  opens", one.text)).toEqual({ distinct: 1, right: 1, surplus: 0 });
  expect(had("Bridge opens | Site", one.text).right).toBe(0);
  expect(had("Bridge opens", words.slice(0, 94).join(" ")).right).toBe(0);
  expect(had("Bridge opens", `${one.text} ${"more ".repeat(20)}`).right).toBe(0);
});

test("a variant beside its article is surplus, as is a page that is no article", () => {
  const articles = [one.url, ...one.variants, "http://a.example/about"].map((url) => {
    return { url, title: one.title, text: one.text };
  });
  expect(score(articles, [one])).toEqual({ distinct: 1, right: 1, surplus: 2 });
});
