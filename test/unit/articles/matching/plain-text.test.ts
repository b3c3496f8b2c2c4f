import { expect, test } from "vitest";
import * as numbers from "../../../../articles/matching/fingerprint.ts";
import { normalizeText } from "../../../../articles/matching/fingerprint.ts";

const numbersOf = (text: string, limit: number) => numbers.numbersOf(normalizeText(text), limit);
const formOf = (text: string) => numbers.formOf(normalizeText(text));

test("numbers, each once, without their separators and whatever their digits", () => {
  expect(numbersOf("3.5 % up on 2026-11-10, 3.5 in １２ towns", 9)).toEqual([
    "35",
    "20261110",
    "12",
  ]);
  expect(numbersOf("1,200 and 1.200 and ١٢٠٠", 9)).toEqual(["1200"]);
  expect(numbersOf("1 2 3", 2)).toEqual(["1", "2"]);
});

test("no digits of a word, but those beside ideographs", () => {
  expect(numbersOf("H2O by w3c", 9)).toEqual([]);
  expect(numbersOf("共12个城市", 9)).toEqual(["12"]);
});

test.each([
  ["Report for Wednesday, 25 November", ["25", "w3", "m11"]],
  ["среда, 25 ноября", ["25", "w3", "m11"]],
  ["terça-feira, 3 de março", ["3", "m3"]],
  ["الأربعاء ٣ مارس", ["3", "w3", "m3"]],
  ["三月四日星期三", ["三", "四", "w三"]],
  ["第十二期", ["十二"]],
  ["You may march on", []],
])("dates in words: %s", (text, wanted) => {
  const found = numbersOf(text, 9);
  expect(wanted.filter((each) => !found.includes(each))).toEqual([]);
  expect(found.length).toBeLessThanOrEqual(wanted.length + 1);
});

test("the form of a title is the same for all reports of a series", () => {
  expect(formOf("Air quality on Monday, 3 March 2026")).toBe(
    formOf("Air quality on Tuesday, 4 April"),
  );
  expect(formOf("空气质量日报（3月4日）")).toBe(formOf("空气质量日报（11月25日）"));
  expect(formOf("Line 5 opens")).not.toBe(formOf("Line 5 closes"));
});
