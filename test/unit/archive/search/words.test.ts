import { expect, test } from "vitest";
import { highlightWords } from "../../../../archive/search/words.ts";

const marked = (text: string, language: string | null, marks: string[]) =>
  highlightWords(text, language, marks)
    .map(({ text: piece, hit }) => (hit ? `[${piece}]` : piece))
    .join("");

test.each([
  ["Cities, and a city.", "en", ["citi"], "[Cities], and a [city]."],
  ["L'administración abre", "es", ["administr"], "L'[administración] abre"],
  ["深圳建设智慧城市。", "zh", ["智慧", "城市"], "深圳建设[智慧][城市]。"],
  ["정부의 서울시는", "ko", ["서울*"], "정부의 [서울시는]"],
  ["nothing", "en", [], "nothing"],
])("%s", (text, language, marks, expected) => {
  expect(marked(text, language, marks)).toBe(expected);
});
