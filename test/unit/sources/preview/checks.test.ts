import { expect, test } from "vitest";
import type { PreviewArticle, PreviewResult } from "../../../../model/sources/preview.ts";
import { checkPreview, verdictOf } from "../../../../sources/preview/preview.ts";

const article = (
  n: number,
  overrides: Partial<PreviewArticle> = {},
  text = `Text ${n}.`,
): PreviewArticle => ({
  url: `https://city.example/${n}`,
  title: `Title ${n}`,
  why: null,
  fields: [
    { name: "title", value: `Title ${n}`, rule: "h1", confidence: 0.9 },
    { name: "text", value: text, rule: "body", confidence: 0.9 },
  ],
  length: 2000,
  contentHash: String(n),
  publishedAt: new Date(n),
  needsBrowser: false,
  ...overrides,
});
const entry = { url: "https://city.example/rss", kind: "feed", articles: 3, why: null } as const;
const link = { url: "https://city.example/1", title: null, reason: null, detail: null };
type Found = Omit<PreviewResult, "verdict" | "problems">;
const found = (overrides: Partial<Found> = {}): Found => ({
  entries: [entry],
  links: [link],
  articles: [article(1), article(2), article(3)],
  ...overrides,
});

test("a source that reads well is green", () => {
  expect(checkPreview(found())).toEqual([]);
  expect(verdictOf([])).toBe("green");
});

test.each<[string, Partial<Found>, RegExp, "amber" | "red"]>([
  [
    "no entry point",
    { entries: [{ ...entry, why: "404" }], links: [], articles: [] },
    /no entry point can be read/,
    "red",
  ],
  [
    "one of two entry points",
    { entries: [entry, { ...entry, why: "404" }] },
    /can't be read: 404/,
    "amber",
  ],
  [
    "no link kept",
    { links: [{ ...link, reason: "off-site" }], articles: [] },
    /no link to an article is left/,
    "red",
  ],
  [
    "no article",
    { articles: [article(1, { why: "the page has no article" })] },
    /none of the fetched pages/,
    "red",
  ],
  [
    "one page is no article",
    { articles: [article(1), article(2, { why: "gone" })] },
    /pages that are no article \(1 of 2\): gone/,
    "amber",
  ],
  [
    "no date",
    { articles: [article(1, { publishedAt: null }), article(2, { publishedAt: null })] },
    /no date/,
    "amber",
  ],
  [
    "short texts",
    { articles: [article(1, { length: 90 }), article(2, { length: 80 })] },
    /texts are short/,
    "amber",
  ],
  [
    "one text on all pages",
    { articles: [article(1, {}, "Same."), article(2, {}, "Same.")] },
    /the same text/,
    "amber",
  ],
  [
    "scripts",
    { articles: [article(1), article(2, { why: "by script", needsBrowser: true })] },
    /need the browser/,
    "amber",
  ],
])("%s is said", (_name, overrides, words, verdict) => {
  const problems = checkPreview(found(overrides));
  expect(problems.map(({ text }) => text).join("\n")).toMatch(words);
  expect(verdictOf(problems)).toBe(verdict);
});

test("one teaser in place of several withheld texts isn't said to be the same text", () => {
  const withheld = [1, 2].map((n) => article(n, { reserved: ["tdm"] }, "Our news."));
  expect(checkPreview(found({ articles: withheld })).map(({ text }) => text)).toEqual([
    "articles are reserved (tdm): only the teaser is stored",
  ]);
});
