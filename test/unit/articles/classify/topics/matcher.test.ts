import { expect, test } from "vitest";
import { type TopicInput, topicMatcher } from "../../../../../articles/classify/topics/matcher.ts";
import type { TopicRule } from "../../../../../model/articles/classification.ts";
import { growthOf, LINEAR } from "../../../../helpers/cpu.ts";
import { portalTopics } from "../../../../helpers/portal-topics.ts";

const rule = (id: string, overrides: Partial<TopicRule>): TopicRule => {
  return { id, parent: null, keywords: {}, negatives: {}, ...overrides };
};
const topics = topicMatcher([
  rule("open-data", { keywords: { en: ["open data"], de: ["offene* Daten"], zh: ["开放数据"] } }),
  rule("ai", { keywords: { en: ["AI", "chatbot*^0.5"], de: ["KI-*"] }, negatives: { fr: ["ai"] } }),
  rule("health", { keywords: { en: ["health"] }, negatives: { en: ["financial health"] } }),
  rule("mobility", { keywords: { de: ["*verkehr*"] }, negatives: { de: ["Zahlungsverkehr*"] } }),
  rule("traffic", { parent: "mobility", keywords: { en: ["traffic light*"] } }),
  rule("identity", { keywords: { ar: ["الهوية الرقمية"], ru: ["цифров* идентичност*"] } }),
]);
const read = (title: string, overrides: Partial<TopicInput> = {}) =>
  topics({ title, teaser: null, text: "", language: "en", declared: [], ...overrides });
const ids = (title: string, overrides: Partial<TopicInput> = {}) =>
  read(title, overrides).map(({ id }) => id);

test("a hit says which keyword stood where, how often, and what it weighs", () => {
  const text = "Much has changed in the past year. Then open data came, and more open data.";
  expect(read("Open-Data day", { teaser: "Files for all.", text })).toEqual([
    {
      id: "open-data",
      score: 4.5,
      because: "keywords",
      hits: [
        { keyword: "open data", where: "title", times: 1, weight: 3 },
        { keyword: "open data", where: "text", times: 2, weight: 1 },
      ],
    },
  ]);
});

test.each([
  ["words end where they end", "Openly data", "en", []],
  ["a star is any ending, in the middle too", "Die offenen Daten", "de", ["open-data"]],
  ["a star at the start is any beginning", "Der Fernverkehr rollt", "de", ["mobility"]],
  ["Chinese is found between other characters", "北京市开放数据平台", "zh", ["open-data"]],
  ["traditional characters too", "開放數據", "zh", ["open-data"]],
  ["capitals and Arabic prefixes are no hindrance", "مشروع للهوية الرقمية", "ar", ["identity"]],
  ["Russian cases", "О ЦИФРОВОЙ ИДЕНТИЧНОСТИ", "ru", ["identity"]],
  ["a longer negative takes the keyword's place", "Financial health of banks", "en", []],
  ["but not everywhere", "Financial health and public health", "en", ["health"]],
  ["a negative covers keywords inside it", "Zahlungsverkehr steht still", "de", []],
  ["English terms count in other languages", "Stadt setzt auf Open Data", "de", ["open-data"]],
  ["unless a language says otherwise", "J'ai tout vu", "fr", []],
  ["a hyphen before a star ends the word", "KI-Strategie", "de", ["ai"]],
  ["so that longer words are others", "Kinder", "de", []],
  ["German isn't looked for in English", "Offene Daten", "en", []],
  ["an unknown language is read with all", "Offene Daten", null, ["open-data"]],
])("%s", (_, title, language, expected) => {
  expect(ids(title, { language })).toEqual(expected);
});

test.each([
  ["FOI requests pile up", "transparency"],
  ["VAT returns go digital", "tax"],
  ["New tram line opens", "public-transport"],
  ["Nuove api rest per i comuni", "interoperability"],
  ["Le api aperte della regione", "interoperability"],
  ["Api publik pemerintah", "interoperability"],
  ["AI基本法が成立", "ai"],
  ["市がＡＩを導入", "ai"],
  ["시는 API를 공개", "interoperability"],
])("%s is on %s in an unknown language too", async (title, topic) => {
  const portal = topicMatcher(portalTopics());
  const input = { title, teaser: null, text: "", language: null, declared: [] };
  expect(portal(input).map(({ id }) => id)).toContain(topic);
});

test.each([
  "J'ai vu le film hier soir",
  "O presidente foi eleito",
  "La vida en el pueblo",
  "Le api muoiono in tutta Europa",
  "Hij vat het samen",
  "Wasserstoff-Projekt startet am Hafen",
])("%s is on no acronym's topic in an unknown language", async (title) => {
  const portal = topicMatcher(portalTopics());
  const input = { title, teaser: null, text: "", language: null, declared: [] };
  const unwanted = ["ai", "transparency", "e-invoicing", "interoperability", "tax", "water"];
  expect(portal(input).filter(({ id }) => unwanted.includes(id))).toEqual([]);
});

test.each([
  ["Hà Nội ứng dụng AI trong dịch vụ công", "vi", ["ai"]],
  ["Vilnius diegia AI asistentą", "lt", ["ai"]],
  ["Primăria lansează un asistent AI", "ro", ["ai"]],
  ["Ai sẽ là chủ tịch thành phố?", "vi", []],
  ["Ai cittadini di Roma", "it", []],
  ["AI CITTADINI DI ROMA", "it", []],
  ["La fundación VIDA celebra su fiesta", "es", []],
])(
  "an acronym that is also a word counts as it is written: %s",
  async (title, language, expected) => {
    const portal = topicMatcher(portalTopics());
    const found = portal({ title, teaser: null, text: "", language, declared: [] });
    expect(found.map(({ id }) => id)).toEqual(expected);
  },
);

test("a narrower topic brings its parent along", () => {
  expect(read("New traffic lights")).toMatchObject([
    { id: "traffic", because: "keywords" },
    { id: "mobility", because: "narrower topic", hits: [] },
  ]);
});

test("one mention in a long text is no topic, several are", () => {
  const filler = "The council met on Monday and spoke of many things at length, as it does. ";
  expect(ids("Council meets", { text: filler.repeat(9) + "Open data came up." })).toEqual([]);
  const often = (filler + "Open data was spoken of. ").repeat(5);
  expect(ids("Council meets", { text: filler + often })).toEqual(["open-data"]);
});

test("weak keywords need company", () => {
  expect(ids("A chatbot for all")).toEqual([]);
  expect(ids("A chatbot for all", { teaser: "The chatbot answers." })).toEqual(["ai"]);
});

test("of a declared topic one mention is enough, but not none while others have some", () => {
  const text =
    "The council met on Monday and spoke of many things. Open data came up, said the mayor.";
  const declared = ["open-data", "ai"];
  expect(ids("Council meets", { teaser: "Short.", text, declared })).toEqual(["open-data"]);
});

test("where no word speaks for any topic the declared ones are all that is known", () => {
  expect(read("Council meets", { declared: ["ai", "ai"] })).toEqual([
    { id: "ai", score: 0, because: "declared", hits: [] },
  ]);
});

test("a hostile text takes no longer than its length says", async () => {
  const growth = await growthOf(
    200_000,
    (n) => "open ".repeat(n),
    (text) => read("x", { text }),
  );
  expect(growth).toBeLessThan(LINEAR);
});
