import { expect, test } from "vitest";
import { mayQuote, toItem, toVisible } from "../../../../model/articles/article.ts";
import { makeArticle } from "../../../helpers/articles.ts";

test("an item carries what readers see, never the text, the evidence or what waits", () => {
  const image = { url: "https://c.example/i.jpg", alt: "x", caption: "c", credit: "d", width: 1 };
  const item = toItem(makeArticle("a", { image: { ...image, height: 2 }, authors: null }));
  expect(item).toMatchObject({ id: "a", authors: [], image: { url: image.url, alt: "x" } });
  expect(Object.keys(item.image ?? {})).toEqual(["url", "alt"]);
  for (const field of ["text", "html", "evidence", "pending", "captureId", "contentHash"]) {
    expect(item).not.toHaveProperty(field);
  }
});

test("listed is what is published and nobody's duplicate", () => {
  const listed = (overrides: Parameters<typeof makeArticle>[1]) =>
    toVisible(makeArticle("a", overrides)).listed;
  expect(listed({})).toBe(true);
  expect(listed({ duplicateOf: "b" })).toBe(false);
  expect(listed({ status: "retracted" })).toBe(false);
});

test("an item of a page that reserves its snippet has no teaser, an editor's or a translated one neither", () => {
  const edited = { teaser: "E", translations: { de: { title: "T", teaser: "D" } } };
  const item = toItem(makeArticle("a", { reservations: ["nosnippet"], edited }));
  expect(item.teaser).toBeNull();
  expect(item.edited).toEqual({ translations: { de: { title: "T" } } });
});

test("an item of a page that reserves mining alone keeps its teaser", () => {
  const item = toItem(makeArticle("a", { reservations: ["tdm"], teaser: "The gist." }));
  expect(item.teaser).toBe("The gist.");
});

test("an article that is hidden is not listed", () => {
  expect(toVisible(makeArticle("a", { status: "unlisted" })).listed).toBe(false);
});

test("words of an article may be quoted elsewhere only where its publisher reserves nothing", () => {
  const reserved = [[], ["nosnippet"], ["noarchive"], ["tdm"]];
  expect(reserved.map((reservations) => mayQuote({ reservations, rights: [] }))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
