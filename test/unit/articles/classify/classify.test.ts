import { describe, expect, test } from "vitest";
import { countryOf, languageOf } from "../../../../articles/classify/classify.ts";
import { topicMatcher } from "../../../../articles/classify/topics/matcher.ts";
import { classifyAs } from "../../../helpers/classify.ts";

const guangdong = {
  country: "CN",
  region: "Guangdong",
  language: "zh-Hans",
  topics: ["a", "b", "a"],
};

test("place, topics and language come from the source", () => {
  expect(
    classifyAs({ title: " New portal ", source: guangdong, fields: { language: null } }),
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
    classifyAs({ title: "CN: Zhejiang: New portal", source, fields: { language: "en" } }),
  ).toMatchObject({
    title: "New portal",
    prefix: "CN: Zhejiang: ",
    country: "CN",
    region: "Zhejiang",
    language: "en",
  });
});

test("the source's region stays when the title only names its country", () => {
  const { prefix, title } = classifyAs({
    title: "CN: New portal",
    source: guangdong,
    fields: { language: null },
  });
  expect([prefix, title]).toEqual(["CN: Guangdong: ", "New portal"]);
});

test("applying it to prefix and title again changes nothing", () => {
  const first = classifyAs({ title: "New portal", source: guangdong, fields: { language: null } });
  const again = classifyAs({
    title: first.prefix + first.title,
    source: guangdong,
    fields: { language: null },
  });
  expect({ ...again, place: null }).toEqual({ ...first, place: null });
});

test("it says by which rules and tables, so that other keywords show", () => {
  const rule = { id: "ai", parent: null, keywords: { en: ["robot"] }, negatives: {} };
  const versionsWith = (words: string[]) => {
    const topics = topicMatcher([{ ...rule, keywords: { en: words } }]);
    const overrides = { title: "A", source: guangdong, fields: { language: null } };
    return classifyAs({ ...overrides, topics }).derived;
  };
  const derived = versionsWith(["robot"]);
  expect(derived.places).toMatch(/^\d+-[0-9a-f]{8}$/);
  expect(versionsWith(["robot"])).toEqual(derived);
  expect(versionsWith(["robots"]).topics).not.toBe(derived.topics);
});

test("an unknown place gives no prefix", () => {
  const { prefix, country, region } = classifyAs({
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

describe("with a gazetteer", () => {
  const bavarian = { country: "DE", region: "Bayern", topics: [] };
  const shenzhen = {
    title: "Shenzhen wants to use technology to become a model city",
    fields: { language: "en", text: "The city in Guangdong opens its data." },
  };

  test("what an article names wins over its source's place", () => {
    expect(classifyAs({ ...shenzhen, source: bavarian })).toMatchObject({
      prefix: "CN: Guangdong: ",
      country: "CN",
      region: "Guangdong",
      regionCode: "CN-GD",
      city: "Shenzhen",
      place: { because: { country: "mentioned", region: "mentioned" } },
    });
  });

  test("a prefix that the title carries wins over what it names", () => {
    const title = `JP: Kanagawa: ${shenzhen.title}`;
    expect(classifyAs({ ...shenzhen, title, source: bavarian })).toMatchObject({
      prefix: "JP: Kanagawa: ",
      title: shenzhen.title,
      regionCode: "JP-14",
      city: null,
      place: { because: { country: "title prefix", region: "title prefix" } },
    });
  });

  test("an article that names no place has its source's, by its English name", () => {
    const fields = { language: "de", text: "Lange Passwörter sind besser." };
    expect(
      classifyAs({ title: "Wie man Passwörter wählt", source: bavarian, fields }),
    ).toMatchObject({
      prefix: "DE: Bavaria: ",
      regionCode: "DE-BY",
      place: { because: { country: "source", region: "source" } },
    });
  });

  test("the source's region stays where only its country is named", () => {
    const fields = { language: "de", text: "Das gilt in ganz Deutschland." };
    const { prefix, place } = classifyAs({ title: "Neue Regeln", source: bavarian, fields });
    expect([prefix, place.because]).toEqual([
      "DE: Bavaria: ",
      { country: "mentioned", region: "source" },
    ]);
  });

  test("the source's region goes where another one is named, or another country", () => {
    const topicsOf = (title: string, text: string) =>
      classifyAs({ title, source: bavarian, fields: { language: "de", text } }).prefix;
    expect(topicsOf("Neue Regeln", "Sie gelten in Kassel und in ganz Hessen.")).toBe("DE: Hesse: ");
    expect(topicsOf("Neue Regeln in Estland", "Die estnische Regierung stimmt zu.")).toBe("EE: ");
  });
});
