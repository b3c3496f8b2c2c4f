import { expect, test } from "vitest";
import { countWords } from "../../../extractors/words.ts";

const letters = (text: string, length = 3_000_000) => text.repeat(length / text.length);

test.each([
  ["letters of two alphabets", letters("aд"), 1],
  ["letters with a mark between each two", letters("д.a-"), 1],
  ["words of two letters", letters("дa ", 600_000), 200_000],
  ["characters that need no spaces", letters("城市"), 1_500_000],
])("a text of millions of characters is counted, whatever they are: %s", (_, text, words) => {
  expect(countWords(text)).toBe(words);
  expect(countWords(text.repeat(2))).toBe(words === 1 ? 1 : 2 * words);
});

test.each([
  ["Город открыл портал", 3],
  ["д.а-б д.., а", 3],
  ["д_а", 2],
  [`${"д".repeat(20_000)} ${"а.".repeat(5000)}б, в`, 3],
  ["東京 Tokyo д", 3],
])("%#: words are told by letters and what stands within them", (text, words) => {
  expect(countWords(text)).toBe(words);
});
