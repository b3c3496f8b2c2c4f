import { expect, test } from "vitest";
import { cut, leadOf } from "../../../publish/present.ts";
import { makeSource } from "../../helpers/articles.ts";

const withLength = (teaserLength: number) =>
  makeSource("cities", { rights: { fullText: false, teaserLength } });

test("the lead is the teaser and what the text adds to it, three paragraphs at most", () => {
  const article = { teaser: "The gist.", text: "One.\n\nTwo.\n\nThree.\n\nFour." };
  expect(leadOf(article, undefined)).toEqual(["The gist.", "One.", "Two."]);
});

test("a text that begins with its teaser is not said twice", () => {
  const first = "The city council has decided to open all of its traffic data to researchers.";
  const article = { teaser: first.slice(0, 50), text: `${first}\n\nMore.` };
  expect(leadOf(article, undefined)).toEqual([first.slice(0, 50), "More."]);
});

test("no more characters than the source's rights allow", () => {
  const article = { teaser: "a".repeat(40), text: `${"b ".repeat(100)}\n\nshort` };
  expect(leadOf(article, withLength(60))).toEqual(["a".repeat(40)]);
  expect(leadOf(article, withLength(0))).toEqual([]);
  const long = leadOf({ teaser: null, text: "word ".repeat(300) }, withLength(100)).join("");
  expect(long.length).toBeLessThanOrEqual(100);
  expect(long).toMatch(/word…$/);
});

test("a cut keeps whole characters", () => {
  expect(cut("😀😀😀", 4)).toBe("😀…");
  expect(cut("深圳计划到年底", 5)).toBe("深圳计划…");
});
