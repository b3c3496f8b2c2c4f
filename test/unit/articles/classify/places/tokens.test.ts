import { expect, test } from "vitest";
import { keyOf, tokensOf } from "../../../../../articles/classify/places/gazetteer.ts";

test.each([
  ["São Paulo", "sao paulo"],
  ["Xi’an", "xi an"],
  ["Łódź", "lodz"],
  ["Großbritannien", "grossbritannien"],
  ["Rostow-na-Donu", "rostow na donu"],
  ["廣東省", "广东省"],
  ["横浜市", "横滨市"],
  ["القاهرة", "القاهره"],
  ["Казань", "казан"],
  ["St. Louis", "st louis"],
])("key of %s", (name, key) => {
  expect(keyOf(name)).toBe(key);
});

test.each([
  ["Москва", "Москвы"],
  ["Россия", "Россией"],
  ["Киров", "Кирове"],
  ["Ростов", "Ростовом"],
])("%s and %s have one key", (nominative, other) => {
  expect(keyOf(other)).toBe(keyOf(nominative));
});

test("a sentence's end parts names", () => {
  const [, paris, texas] = tokensOf("in Paris. Texas");
  expect([paris?.join, texas?.join]).toEqual([" ", null]);
});
