import { expect, test } from "vitest";
import { scoreFields } from "../../../../extractors/fields/labels.ts";
import type { Evidence, FieldName } from "../../../../model/articles/fields.ts";
import { makeReading } from "../../../helpers/reading.ts";

const { fields } = makeReading("https://city.example/a").extracted.extraction;
const sure = (confidence: number) => {
  const evidence: Evidence = { rule: "x", seen: null, confidence };
  const names: FieldName[] = ["title", "text", "publishedAt", "authors", "teaser", "language"];
  return Object.fromEntries(names.map((name) => [name, evidence]));
};

test("it grows with the fields that are there and with how sure they are", () => {
  const whole = scoreFields({ fields, evidence: sure(1) });
  const unsure = scoreFields({ fields, evidence: sure(0.5) });
  const undated = scoreFields({ fields: { ...fields, publishedAt: null }, evidence: sure(1) });
  const untagged = scoreFields({ fields: { ...fields, authors: [] }, evidence: sure(1) });
  expect(whole).toBeGreaterThan(0.85);
  expect(whole).toBeLessThan(1);
  expect(unsure).toBeCloseTo(whole / 2, 2);
  expect(undated).toBeLessThan(untagged);
  expect(untagged).toBeLessThan(whole);
});

test("it lies between 0 and 1", () => {
  const none = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
  expect(scoreFields({ fields: { ...fields, ...none }, evidence: {} })).toBe(0);
  const image = { url: "x", alt: null, caption: null, credit: null, width: null, height: null };
  const all = { ...fields, image, section: "City", tags: ["x"] };
  const evidence = {
    ...sure(1),
    image: sure(1)["title"],
    section: sure(1)["title"],
    tags: sure(1)["title"],
  };
  expect(scoreFields({ fields: all, evidence: evidence as Record<FieldName, Evidence> })).toBe(1);
});
