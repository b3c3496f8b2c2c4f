import { expect, test } from "vitest";
import { toItem, toVisible } from "../../../model/item.ts";
import { makeArticle } from "../../helpers/articles.ts";

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
  const listed = (given: Parameters<typeof makeArticle>[1]) =>
    toVisible(makeArticle("a", given)).listed;
  expect(listed({})).toBe(true);
  expect(listed({ duplicateOf: "b" })).toBe(false);
  expect(listed({ status: "retracted" })).toBe(false);
});
