import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  amongAlike,
  declaredLanguage,
  detect,
  isPlainly,
  languageOfText,
  prepare,
} from "../../../extractors/language.ts";
import { openPage } from "../../../extractors/page.ts";
import { halfOf } from "../../helpers/labelled.ts";

const FILE = new URL("../../fixtures/languages/sentences.yaml", import.meta.url);

let sentences: { language: string; text: string }[];
beforeAll(async () => {
  await prepare();
  const byLanguage = z
    .record(z.string(), z.array(z.string()))
    .parse(parse(await readFile(FILE, "utf8")));
  sentences = Object.entries(byLanguage).flatMap(([language, texts]) =>
    texts.map((text) => ({ language, text })),
  );
});

const shareRight = (chosen: typeof sentences) =>
  chosen.filter(({ language, text }) => detect(text)?.language === language).length / chosen.length;

describe("the labelled sentences", () => {
  test("are at least 12 in each of at least 25 languages, each 40 characters or longer", () => {
    const languages = [...new Set(sentences.map(({ language }) => language))];
    const counts = languages.map(
      (one) => sentences.filter(({ language }) => language === one).length,
    );
    expect(languages.length).toBeGreaterThanOrEqual(25);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(12);
    expect(Math.min(...sentences.map(({ text }) => text.length))).toBeGreaterThanOrEqual(40);
  });

  test.each(["tuning", "held-out"] as const)(
    "of the %s half are told by themselves: at least 0.95",
    (half) => {
      const mine = sentences.filter(({ text }) => halfOf(text) === half);
      expect(mine.length).toBeGreaterThan(150);
      expect(shareRight(mine)).toBeGreaterThanOrEqual(0.95);
    },
  );

  test("no language is told in fewer than 10 of its 12 sentences", () => {
    const low = [...new Set(sentences.map(({ language }) => language))].filter(
      (one) => shareRight(sentences.filter(({ language }) => language === one)) < 10 / 12,
    );
    expect(low).toEqual([]);
  });
});

test("long texts, of which a glimpse is enough, are told as surely", () => {
  const languages = [...new Set(sentences.map(({ language }) => language))];
  const wrong = languages.filter((one) => {
    const own = sentences.filter(({ language }) => language === one);
    return detect(own.map(({ text }) => text).join(" "))?.language !== one;
  });
  expect(wrong).toEqual([]);
});

test.each(["en", "de", "fr"])(
  "texts that are plainly %s are never another language's",
  (language) => {
    for (const other of new Set(sentences.map((sentence) => sentence.language))) {
      const texts = sentences.filter((sentence) => sentence.language === other);
      const groups = [0, 4, 8].map((at) => texts.slice(at, at + 4).map(({ text }) => text));
      const plain = groups.filter((group) => isPlainly(language, group.join(" ")));
      expect({ other, isKnown: plain.length > 0 }).toEqual({ other, isKnown: other === language });
    }
  },
);

const GERMAN =
  "Der Bahnhof bekommt im nächsten Jahr endlich einen zweiten Aufzug, teilte die Stadt am Montag mit.";
const DANISH = "Kommunen vil rive den gamle svømmehal ned til næste år.";

function isKnown(text: string, declared: string | null, source: string | null) {
  const lang = declared ? ` lang="${declared}"` : "";
  const page = openPage({
    html: `<html${lang}><body><p>${text}</p></body></html>`,
    url: "https://a.example/",
    now: new Date(0),
  });
  const { value, evidence } = languageOfText(text, declaredLanguage(page), source);
  return { value, rule: evidence?.rule, against: evidence?.against };
}

test("the verdict names the rule that decided, and no one who agrees", () => {
  expect(isKnown(GERMAN, "de-AT", "de")).toEqual({
    value: "de",
    rule: "declared and detected",
    against: undefined,
  });
});

test("a verdict by the text and the source's language doesn't claim that the page agreed", () => {
  expect(isKnown(GERMAN, null, "de")).toEqual({
    value: "de",
    rule: "source and detected",
    against: undefined,
  });
  const quotation = "The minister said that this was not what the people of the city wanted. ";
  const rest = "El ayuntamiento y los vecinos deciden hasta el lunes qué calles se cierran. ";
  const quoted = quotation.repeat(14) + rest.repeat(20);
  expect(isKnown(quoted, null, "es").rule).toBe("source, and detected in its second half");
  expect(isKnown(quoted, "es", "es").rule).toBe("declared, and detected in its second half");
});

test("a page that declares another language than its text is flagged", () => {
  expect(isKnown(GERMAN, "en", "fr")).toEqual({
    value: "de",
    rule: "detected",
    against: [
      { witness: "declared", says: "en" },
      { witness: "source", says: "fr" },
    ],
  });
});

test("a script that one language writes wins over what is declared", () => {
  expect(
    isKnown("서울시는 올여름 침수 예측 모델을 시범 운영한다고 월요일 밝혔다.", "en", null),
  ).toEqual({
    value: "ko",
    rule: "script",
    against: [{ witness: "declared", says: "en" }],
  });
});

test("among languages that detectors confuse, a short text is what it is declared to be", () => {
  expect(isKnown(DANISH, "da", null).value).toBe("da");
  expect(isKnown(DANISH, "no", null)).toMatchObject({ value: "no" });
});

test("a text too short to tell is what its page, else its source says; without either it is unknown", () => {
  expect(isKnown("Ok!", "de", "en")).toEqual({
    value: "de",
    rule: "declared",
    against: [{ witness: "source", says: "en" }],
  });
  expect(isKnown("Ok!", null, "en-GB")).toEqual({
    value: "en",
    rule: "source",
    against: undefined,
  });
  expect(isKnown("Ok!", null, null)).toEqual({ value: null, rule: undefined, against: undefined });
});

test.each([
  [
    "es",
    "El ayuntamiento y los vecinos deciden hasta el lunes, según la ciudad, y también por carta.",
  ],
  [
    "gl",
    "O concello e os veciños deciden ata o luns, segundo a cidade, e tamén por carta nunha urna.",
  ],
  [
    "pt",
    "A câmara e os vizinhos decidem até segunda-feira, e também por carta, em uma urna da cidade.",
  ],
  ["ca", "L'ajuntament i els veïns decideixen fins dilluns, segons la ciutat, i també per carta."],
])("a text in %s that is taken for one of its neighbours is told by its own words", (own, text) => {
  for (const detected of ["es", "gl", "pt", "ca"]) expect(amongAlike(text, detected)).toBe(own);
});
