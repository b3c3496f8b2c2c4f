import { describe, expect, test } from "vitest";
import { apiArticle, apiItem, openText, withinRights } from "../../../../articles/stream/item.ts";
import { type Article, toItem } from "../../../../model/articles/article.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";

const sourceWith = (rights: object) =>
  makeSource("cities", {
    rights: { fullText: false, images: false, teaserLength: 600, ...rights },
  });
const strict = sourceWith({});
const generous = sourceWith({ fullText: true, images: true });
const seen = (value: string) => ({ rule: "any", seen: value, confidence: 1 });
const image = { url: "https://c.example/i.jpg", alt: "x", caption: null, credit: null };
const articleWith = (overrides: Partial<Article> = {}) =>
  makeArticle("a", {
    image: { ...image, width: null, height: null },
    evidence: {
      title: seen("TITLE"),
      text: seen("TEXT"),
      html: seen("HTML"),
      teaser: seen("TEASER"),
      image: seen("IMAGE"),
    },
    ...overrides,
  });
const evidenceOf = (article: Article, source: typeof strict | undefined) =>
  Object.keys(apiArticle(article, source).evidence);

describe("the full text", () => {
  test("is given where the source's rights allow it", () => {
    expect(openText(articleWith(), generous)).toBe(articleWith().text);
  });

  test("is withheld where the source's rights don't allow it", () => {
    expect(openText(articleWith(), strict)).toBeNull();
  });

  test("is withheld where the source is not known", () => {
    expect(openText(articleWith(), undefined)).toBeNull();
  });

  test.each(["tdm", "noarchive", "nosnippet"])("is withheld where a page reserves %s", (name) => {
    expect(openText(articleWith({ reservations: [name] }), generous)).toBeNull();
  });

  test("that is withheld is said to be", () => {
    const withheld = [strict, generous].map((one) => apiArticle(articleWith(), one).textWithheld);
    expect(withheld).toEqual([true, false]);
  });
});

describe("what the rules saw", () => {
  test("is shown whole where the source's rights allow text and pictures", () => {
    expect(evidenceOf(articleWith(), generous)).toEqual([
      "title",
      "text",
      "html",
      "teaser",
      "image",
    ]);
  });

  test("of text, HTML and picture is withheld with them", () => {
    expect(evidenceOf(articleWith(), strict)).toEqual(["title", "teaser"]);
  });

  test("of the teaser is withheld where a page reserves its snippet", () => {
    expect(evidenceOf(articleWith({ reservations: ["nosnippet"] }), generous)).toEqual([
      "title",
      "image",
    ]);
  });
});

describe("an item", () => {
  test("has its picture only where the source's rights allow pictures", () => {
    const pictures = [strict, generous, undefined].map((one) => apiItem(articleWith(), one).image);
    expect(pictures).toEqual([null, { url: image.url, alt: image.alt }, null]);
  });

  test("has teasers, translated ones too, of no more characters than the source's rights allow", () => {
    const long = "A teaser of more characters than are allowed.";
    const edited = { translations: { de: { teaser: long } } };
    const article = articleWith({ teaser: long, edited });
    const brief = sourceWith({ teaserLength: 20 });
    for (const item of [apiItem(article, brief), withinRights(toItem(article), brief)]) {
      expect(item.teaser?.length).toBeLessThanOrEqual(20);
      expect(item.translations["de"]?.teaser?.length).toBeLessThanOrEqual(20);
    }
  });
});
