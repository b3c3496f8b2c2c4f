import { expect, test } from "vitest";
import { classify } from "../../../classify/classify.ts";
import { countryOf } from "../../../classify/country.ts";
import { languageOf } from "../../../classify/language.ts";

const guangdong = {
  country: "CN",
  region: "Guangdong",
  language: "zh-Hans",
  topics: ["a", "b", "a"],
};

test("place, topics and language come from the source", () => {
  expect(
    classify({ title: " New portal ", source: guangdong, fields: { language: null } }),
  ).toMatchObject({
    title: "New portal",
    prefix: "CN: Guangdong: ",
    country: "CN",
    region: "Guangdong",
    topics: ["a", "b"],
    language: "zh",
  });
});

test("a place in the title wins and leaves the title", () => {
  const source = { country: "DE", region: "Berlin", topics: [] };
  expect(
    classify({ title: "CN: Zhejiang: New portal", source, fields: { language: "en" } }),
  ).toMatchObject({
    title: "New portal",
    prefix: "CN: Zhejiang: ",
    country: "CN",
    region: "Zhejiang",
    language: "en",
  });
});

test("the source's region stays when the title only names its country", () => {
  const { prefix, title } = classify({
    title: "CN: New portal",
    source: guangdong,
    fields: { language: null },
  });
  expect([prefix, title]).toEqual(["CN: Guangdong: ", "New portal"]);
});

test("applying it to prefix and title again changes nothing", () => {
  const first = classify({ title: "New portal", source: guangdong, fields: { language: null } });
  const again = classify({
    title: first.prefix + first.title,
    source: guangdong,
    fields: { language: null },
  });
  expect(again).toEqual(first);
});

test("an unknown place gives no prefix", () => {
  const { prefix, country, region } = classify({
    title: "World",
    source: { topics: [] },
    fields: { language: null },
  });
  expect([prefix, country, region]).toEqual(["", null, null]);
});

test("languages are primary subtags; the page's wins", () => {
  expect(languageOf("pt-BR", "es")).toBe("pt");
  expect(languageOf("nonsense!", "DE_at")).toBe("de");
  expect(languageOf(null, undefined)).toBeNull();
});

test("countries are real ones", () => {
  expect(["DE", "UK", "EU", "ZZ", "de", "QQ", "USA"].map(countryOf)).toEqual([
    "DE",
    "GB",
    "EU",
    null,
    null,
    null,
    null,
  ]);
});
