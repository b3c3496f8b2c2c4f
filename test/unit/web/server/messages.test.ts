import { expect, test } from "vitest";
import { LANGUAGES } from "../../../../web/server/config.ts";
import de from "../../../../web/server/messages/de.json" with { type: "json" };
import en from "../../../../web/server/messages/en.json" with { type: "json" };
import { MESSAGES } from "../../../../web/server/messages.ts";

const TEXTS = { en, de };

/** The places of all texts, each with the values that it takes. */
function valuesOf(texts: object, path = ""): [string, string[]][] {
  return Object.entries(texts).flatMap(([name, text]: [string, unknown]) => {
    const here = `${path}/${name}`;
    if (typeof text === "object" && text !== null) return valuesOf(text, here);
    const values = String(text).match(/\{\w*\}/g) ?? [];
    // A sentence about one thing may name it without its number.
    return [[here, here.endsWith("/one") ? [] : values.toSorted()]];
  });
}

/** Problem texts are only there where a language has some of its own. */
const shared = (own: (typeof TEXTS)["en" | "de"]) => {
  const { problemTexts: _, ...texts } = own;
  return texts;
};

test.each(LANGUAGES)("%s has every message, with the same values in it", (language) => {
  const own = Object.fromEntries(valuesOf(shared(TEXTS[language])));
  expect(own).toEqual(Object.fromEntries(valuesOf(shared(en))));
});

test.each(LANGUAGES)("No message of %s is empty", (language) => {
  for (const [path] of valuesOf(TEXTS[language])) expect(path).not.toMatch(/\/$/);
  expect(JSON.stringify(TEXTS[language])).not.toContain('""');
});

test("Messages read right for one and for several", () => {
  const both = ({ articles, story, digestNote, alsoAt }: typeof MESSAGES.en) => [
    articles(1),
    articles(1234),
    story(1, 2),
    alsoAt(1),
    digestNote(2, 1),
  ];
  expect(both(MESSAGES.en)).toEqual([
    "1 article",
    "1,234 articles",
    "Story: 1 article from 2 sources",
    "Also at 1 other source",
    "2 stories from the day's 1 article; the stories that most sources report come first.",
  ]);
  expect(both(MESSAGES.de)).toEqual([
    "1 Artikel",
    "1.234 Artikel",
    "Meldung: 1 Artikel aus 2 Quellen",
    "Auch bei 1 anderen Quelle",
    "2 Meldungen aus 1 Artikel des Tages; Meldungen mit den meisten Quellen stehen zuerst.",
  ]);
});
