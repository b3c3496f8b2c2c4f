import { expect, test } from "vitest";
import { parseTopics } from "../../../config/topics.ts";
import { portalTopics } from "../../helpers/portal-topics.ts";

test("the portal's topics load in the order of the file", () => {
  const topics = portalTopics();
  expect(topics.slice(0, 2)).toMatchObject([
    { id: "egovernment", name: "eGovernment", shown: true, parent: null },
    { id: "smart-city", name: "Smart cities", shown: true, parent: null },
  ]);
  expect(topics.length).toBeGreaterThanOrEqual(40);
  expect(topics.filter(({ shown }) => shown)).toHaveLength(14);
});

test("every topic has keywords in the six UN languages and German", () => {
  const topics = portalTopics();
  const languages = ["en", "fr", "es", "ru", "zh", "ar", "de"];
  const missing = topics.flatMap(({ id, keywords }) =>
    languages.filter((language) => !keywords[language]?.length).map((one) => `${id}: ${one}`),
  );
  expect(missing).toEqual([]);
});

test("a mistake is reported with the file's name", () => {
  const text = "- { id: Smart City, name: Smart cities }\n";
  expect(() => parseTopics(text, "own/topics.yaml")).toThrow("own/topics.yaml:1:9: 0.id: use a-z");
});

test("every mistake of a file is reported at its own line", () => {
  const text = "- id: ai\n  name: AI\n- id: open-data\n- id: x\n  name: ''\n";
  expect(() => parseTopics(text, "t.yaml")).toThrow(
    /^t\.yaml:3:3: 1\.name: .*\nt\.yaml:4:7: 2\.id: .*\nt\.yaml:5:9: 2\.name: .*$/,
  );
});

test("a topic listed twice is an error at the second place", () => {
  const text = "- { id: ai, name: AI }\n- { id: ai, name: Again }\n";
  expect(() => parseTopics(text, "t.yaml")).toThrow('t.yaml:2:9: 1.id: "ai" is listed twice');
});

test("a key that topics don't have is an error", () => {
  expect(() => parseTopics("- { id: ai, name: AI, nmae: x }\n", "t.yaml")).toThrow(/nmae/);
});

test("a parent has to stand above, so that none is its own", () => {
  const text = "- { id: ai, name: AI, parent: ai }\n- { id: bot, name: B, parent: ai }\n";
  expect(() => parseTopics(text, "t.yaml")).toThrow(/^t\.yaml:1:31: 0\.parent: "ai" isn't a topic/);
});

test.each(["da*ta", "data^x", "data^0", "**", "*", "112"])("%s is no keyword", (keyword) => {
  const text = `- id: ai\n  name: AI\n  keywords:\n    en: [data, ${keyword === "112" ? 112 : `"${keyword}"`}]\n`;
  expect(() => parseTopics(text, "t.yaml")).toThrow(/^t\.yaml:4:16: 0\.keywords\.en\.1: write /);
});

test.each(["open data", "e-*", "sensor*^0.5", "*datenschutz*", "умн* город*", "ai+"])(
  "%s is a keyword",
  (keyword) => {
    const text = `- id: ai\n  name: AI\n  keywords:\n    any: ["${keyword}"]\n`;
    expect(parseTopics(text, "t.yaml")[0]?.keywords).toEqual({ any: [keyword] });
  },
);

test("broken YAML is reported with its line", () => {
  expect(() => parseTopics("- { id: ai, name: AI }\n- { id: [\n", "t.yaml")).toThrow(
    /^t\.yaml:3:1/,
  );
});

test("an empty file is an error, not an empty list", () => {
  expect(() => parseTopics("", "t.yaml")).toThrow(/^t\.yaml:1:1: /);
});
