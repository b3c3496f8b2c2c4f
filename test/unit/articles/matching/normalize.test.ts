import { expect, test } from "vitest";
import {
  normalize as normalizeEven,
  normalizeText,
} from "../../../../articles/matching/fingerprint.ts";

const normalize = (text: string) => normalizeEven(normalizeText(text));

test("case, punctuation, width and composition don't matter", () => {
  const plain = normalize("Die Stadt plant 25 Cafés").tokens;
  expect(plain).toEqual(["die", "stadt", "plant", "25", "cafés"]);
  expect(normalize("»Die  STADT«, plant: ２５ cafe\u0301s!").tokens).toEqual(plain);
});

test("scripts without spaces are taken by characters", () => {
  const chinese = normalize("数字政府建设，取得新进展。");
  expect(chinese).toEqual({ tokens: Array.from("数字政府建设取得新进展"), shingle: 5, words: 6 });
  expect(normalize("รัฐบาลดิจิทัลไทย").shingle).toBe(5);
  expect(normalize("デジタル庁は新しい計画を発表").shingle).toBe(5);
  expect(normalize("디지털 정부 혁신").shingle).toBe(3);
  expect(normalize("The city of 北京 has a new plan").shingle).toBe(3);
});

test("marks of Indic scripts stay with their letters", () => {
  expect(normalize("डिजिटल भारत").tokens).toEqual(["डिजिटल", "भारत"]);
});

test("nothing is nothing", () => {
  expect(normalize(" … ")).toEqual({ tokens: [], shingle: 3, words: 0 });
});
