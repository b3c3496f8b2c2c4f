import { expect, test } from "vitest";
import { cut, leadOf as leadWithin } from "../../../../articles/stream/lead.ts";
import { makeSource } from "../../../helpers/articles.ts";

type Quoted = Parameters<typeof leadWithin>[0];
/** The lead of an article whose publisher reserves nothing, except as given. */
const leadOf = (
  article: Pick<Quoted, "teaser" | "text"> & Partial<Quoted>,
  source: Parameters<typeof leadWithin>[1],
) => leadWithin({ reservations: [], rights: [], ...article }, source);
const withLength = (teaserLength: number) =>
  makeSource("cities", { rights: { fullText: false, images: false, teaserLength } });

test("the lead is the teaser and what the text adds to it, three paragraphs at most", () => {
  const article = { teaser: "The gist.", text: "One.\n\nTwo.\n\nThree.\n\nFour." };
  expect(leadOf(article, undefined)).toEqual(["The gist.", "One.", "Two."]);
});

test("the lead ends where the text's next part begins, and never shows its heading", () => {
  const text = "Ports share one login.\n\nFewer phone calls\n\nCalls fell by 38 per cent.";
  const article = { teaser: "Eleven forms are one.", text };
  expect(leadOf(article, undefined)).toEqual(["Eleven forms are one.", "Ports share one login."]);
  // A heading before everything else is left out, and what follows it is the lead.
  const headed = { teaser: null, text: "What changes?\n\nThe forms do.\n\n为什么\n\n因为如此。" };
  expect(leadOf(headed, undefined)).toEqual(["The forms do."]);
  const quoted = { teaser: null, text: "“It works.”\n\nهذا يعمل؟ نعم.\n\n市政府表示，一切正常。" };
  expect(leadOf(quoted, undefined)).toHaveLength(3);
  expect(leadOf({ teaser: null, text: "Closed today" }, undefined)).toEqual(["Closed today"]);
  // Thai sentences end without a mark.
  const thai =
    "เทศบาลนครประกาศเปิดให้บริการออนไลน์ใหม่สำหรับประชาชนทุกคนในเขตเมืองตั้งแต่วันจันทร์หน้าเป็นต้นไปโดยไม่มีค่าใช้จ่าย";
  expect(leadOf({ teaser: null, text: `${thai}\n\n${thai} ${thai}` }, undefined)).toEqual([thai]);
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

test("a page that reserves its snippet has no lead", () => {
  const article = { teaser: "The gist.", text: "One.", reservations: ["nosnippet"] };
  expect(leadOf(article, undefined)).toEqual([]);
});

test("an editor's teaser is the whole lead", () => {
  const article = { teaser: "By an editor.", text: "One.", edited: { teaser: "By an editor." } };
  expect(leadOf(article, undefined)).toEqual(["By an editor."]);
});

test("the lead of a source that says nothing of it has 600 characters at most", () => {
  const lead = leadOf({ teaser: null, text: "word ".repeat(300) }, undefined).join("");
  expect(lead.length).toBeLessThanOrEqual(600);
});

test("all paragraphs of a lead together have no more characters than the source's rights allow", () => {
  const paragraph = (letter: string) => `${letter.repeat(29)}.`;
  const text = ["a", "b", "c"].map(paragraph).join("\n\n");
  expect(leadOf({ teaser: null, text }, withLength(70))).toEqual([paragraph("a"), paragraph("b")]);
});

test("a cut has no more characters than it may have, without blanks too", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
});
