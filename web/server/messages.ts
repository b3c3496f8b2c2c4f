import type { Language } from "./config.ts";
import de from "./messages/de.json" with { type: "json" };
import en from "./messages/en.json" with { type: "json" };

/** `{name}` stands for a value, `{}` for a link, and backticks mark code. */
type Texts = Omit<typeof en, "problems" | "problemTexts"> & {
  problems: Readonly<Record<number, string>>;
  problemTexts: Readonly<Record<number, string>>;
};

interface Plural {
  one: string;
  other: string;
}

/** The portal's messages by language. A message that contains values is a function. */
export const MESSAGES = {
  en: makeMessages("en", en),
  de: makeMessages("de", de),
};

function makeMessages(language: Language, texts: Texts) {
  const { empty, find } = texts;
  const ofCount = (plural: Plural) => (count: number) =>
    fill(count === 1 ? plural.one : plural.other, { count: count.toLocaleString(language) });
  const articles = ofCount(texts.articles);
  return {
    ...texts,
    articles,
    allOf: (count: string) => fill(texts.allOf, { count }),
    foot: (zone: string) => fill(texts.foot, { zone }),
    withArticles: (count: string) => fill(texts.withArticles, { count }),
    alsoAt: ofCount(texts.alsoAt),
    relevanceFrom: (least: number) =>
      fill(texts.relevanceFrom, { least: least.toLocaleString(language) }),
    wordCount: (count: string) => fill(texts.wordCount, { count }),
    story: (count: number, sources: number) =>
      fill(texts.story, {
        articles: articles(count),
        sources: ofCount(texts.storySources)(sources),
      }),
    statusSummary: (working: number, count: number) =>
      fill(texts.status.summary, { working: `${working}`, count: `${count}` }),
    digestNote: (stories: number, of: number) =>
      fill(texts.digestNote, {
        stories: ofCount(texts.digestStories)(stories),
        articles: ofCount(texts.digestArticles)(of),
      }),
    empty: {
      ...empty,
      known: ofCount(empty.known),
      none: (what: string) => fill(empty.none, { what }),
    },
    find: { ...find, behind: (count: string) => fill(find.behind, { count }) },
  };
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
