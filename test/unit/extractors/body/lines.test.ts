import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language/detect.ts";

const FIRST =
  "<p>The council of Wexmouth decided on Tuesday to keep all three libraries open, by nineteen votes to twelve.</p>";
const LAST =
  "<p>Opening hours stay as they are until the end of next year, when the council will count the visitors again.</p>";
const now = new Date("2026-01-01");

beforeAll(prepare);

/** The text of an article in which a line is between two paragraphs. */
function textAround(line: string): string | null {
  const html = `<html><body><article><h1>Libraries stay open</h1>${FIRST}<p>${line}</p>${LAST}</article></body></html>`;
  return extract({ html, url: "https://ledger.example/n/1", now }).fields.text;
}

describe("a paragraph that contains the words of a link line stays in the text", () => {
  test.each([
    "新型コロナ関連の支援策も発表しました。",
    "今后还将为居民提供更多服务。",
    "Губернатор рассказал об этом подробнее.",
    "Зрители узнали много нового об авторе проекта.",
  ])("%s", (line) => {
    expect(textAround(line)?.split("\n\n")).toEqual([
      expect.stringContaining("council"),
      line,
      expect.stringContaining("council"),
    ]);
  });
});

test("a link line may begin with signs", () => {
  expect(textAround("▶ 관련 기사")).not.toContain("관련");
  expect(textAround("» Подробнее:")).not.toContain("Подробнее");
});
