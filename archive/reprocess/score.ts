import type { Draft } from "../../articles/publication/article.ts";
import type { Score } from "../../model/side.ts";
import { filledFields } from "./report.ts";

/** How much shorter or longer a text has to be to be counted so. */
const LENGTH = 0.2;

/** A score of nothing. */
export function emptyScore(): Score {
  const none = { before: 0, after: 0 };
  const editors = { ...none, of: 0 };
  return {
    articles: 0,
    completeness: { ...none },
    filled: {},
    shorter: 0,
    longer: 0,
    editors,
  };
}

/** Adds what one article is and what it would be. */
export function noteScore(score: Score, before: Draft, after: Draft): void {
  score.articles++;
  const inTurn = [
    ["before", before],
    ["after", after],
  ] as const;
  for (const [which, article] of inTurn) {
    score.completeness[which] += article.completeness ?? 0;
    for (const field of filledFields(article)) {
      const tally = (score.filled[field] ??= { before: 0, after: 0 });
      tally[which]++;
    }
  }
  const grown = after.text.length - before.text.length;
  if (grown < -LENGTH * before.text.length) score.shorter++;
  if (grown > LENGTH * before.text.length) score.longer++;
  const [was, is] = [wordsOfEditors(before), wordsOfEditors(after)];
  for (const [field, agrees] of is) {
    score.editors.of++;
    if (agrees) score.editors.after++;
    if (was.get(field)) score.editors.before++;
  }
}

/** Whether a reading says what editors wrote over it, by field. */
function wordsOfEditors(article: Draft): Map<string, boolean> {
  const { overruled, topics, edited, title } = article;
  const found = new Map<string, boolean>();
  if (overruled) found.set("topics", sameSet(topicsOf(overruled), topics));
  const word = edited?.title;
  if (word) found.set("title", word === title);
  return found;
}

function topicsOf({ byTopic }: NonNullable<Draft["overruled"]>): string[] {
  return byTopic.map(({ id }) => id);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join("\n") === other.toSorted().join("\n");
}
