import type { TopicHit } from "../../../model/articles/classification.ts";
import { fold, isCjk } from "./matcher.ts";

/** A keyword that is suggested for a topic, and in how many texts it occurs. */
export interface Suggestion {
  keyword: string;
  /** Of the texts to which editors added the topic, the number that contain the keyword. */
  inside: number;
  /** Number of texts to which editors added the topic. */
  corrected: number;
  /** Number of texts in the same language that aren't about the topic, but contain the keyword. */
  elsewhere: number;
  /** Number of texts in the same language that aren't about the topic. */
  others: number;
}

const MIN_CORRECTED_TEXTS = 2;
const MIN_LIFT = 20;
const MAX_SUGGESTIONS = 8;

/** Returns up to 8 keywords that are frequent in `corrected` and rare in `others`. */
export function suggestKeywords(
  corrected: readonly string[],
  others: readonly string[],
): Suggestion[] {
  const inside = countPhrases(corrected.map(phrasesOf));
  const likely = new Set(
    [...inside].flatMap(([phrase, count]) => (count >= MIN_CORRECTED_TEXTS ? phrase : [])),
  );
  const elsewhere = countPhrases(
    others.map((text) => new Set([...phrasesOf(text)].filter((phrase) => likely.has(phrase)))),
  );
  const found = [...likely]
    .map((keyword) => ({
      keyword,
      inside: inside.get(keyword) ?? 0,
      corrected: corrected.length,
      elsewhere: elsewhere.get(keyword) ?? 0,
      others: others.length,
    }))
    .filter((one) => liftOf(one) >= MIN_LIFT)
    .toSorted(
      (a, b) =>
        b.inside - a.inside ||
        a.elsewhere - b.elsewhere ||
        b.keyword.length - a.keyword.length ||
        (a.keyword < b.keyword ? -1 : 1),
    );
  return withoutParts(found).slice(0, MAX_SUGGESTIONS);
}

function countPhrases(texts: Set<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const phrase of texts.flatMap((phrases) => [...phrases])) {
    counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return counts;
}

function liftOf({ inside, corrected, elsewhere, others }: Suggestion): number {
  return inside / corrected / ((elsewhere + 0.5) / (others + 1));
}

function withoutParts(found: Suggestion[]): Suggestion[] {
  const selected: Suggestion[] = [];
  const bare = ({ keyword }: Suggestion) => keyword.replace("*", "");
  for (const one of found) {
    const same = selected.some(
      (other) => bare(other).includes(bare(one)) || bare(one).includes(bare(other)),
    );
    if (!same) selected.push(one);
  }
  return selected;
}

/** A keyword that made the rules assign a topic that editors then removed. */
export interface Doubt {
  keyword: string;
  /** Number of articles with the keyword from which editors removed the topic. */
  wrong: number;
  /** Number of articles with the keyword that still have the topic. */
  right: number;
  /**
   * Up to three phrases in which the keyword shouldn't count. If there are none, the keyword should
   * get a lower weight.
   */
  negatives: string[];
}

/** The text of an article, and the keywords that gave the article a topic. */
export interface ClassifiedText {
  text: string;
  hits: readonly TopicHit[];
}

/**
 * Returns keywords that led to a wrong topic. Editors removed the topic from the articles in
 * `wrong`, but not from those in `right`.
 */
export function doubtKeywords(
  wrong: readonly ClassifiedText[],
  right: readonly ClassifiedText[],
): Doubt[] {
  const keywords = new Set(wrong.flatMap(({ hits }) => hits.map(({ keyword }) => keyword)));
  const having = (spoken: readonly ClassifiedText[], keyword: string) =>
    spoken.filter(({ hits }) => hits.some((hit) => hit.keyword === keyword));
  return [...keywords]
    .map((keyword): Doubt => {
      const [off, on] = [having(wrong, keyword), having(right, keyword)];
      return {
        keyword,
        wrong: off.length,
        right: on.length,
        negatives: negativesOf(keyword, off, on),
      };
    })
    .filter((doubt) => doubt.wrong >= MIN_CORRECTED_TEXTS)
    .filter(({ negatives, wrong: off, right: on }) => negatives.length > 0 || off > on)
    .toSorted((a, b) => b.wrong - a.wrong || (a.keyword < b.keyword ? -1 : 1));
}

function negativesOf(keyword: string, off: ClassifiedText[], on: ClassifiedText[]): string[] {
  const stem = fold(keyword.replace(/\^.*/, "").replaceAll("*", "")).trim();
  const around = off.map(({ text }) => {
    return new Set(
      [...phrasesOf(text)].filter((phrase) => phrase !== stem && phrase.includes(stem)),
    );
  });
  const selected = on.map(({ text }) => phrasesOf(text));
  const found = [...countPhrases(around)]
    .filter(
      ([phrase, count]) =>
        count >= MIN_CORRECTED_TEXTS &&
        phrase.includes(" ") &&
        !selected.some((one) => one.has(phrase)),
    )
    .toSorted(([a, m], [b, n]) => n - m || a.length - b.length || (a < b ? -1 : 1))
    .map(([phrase]) => phrase);
  return found
    .filter((phrase, index) => !found.slice(0, index).some((other) => phrase.includes(other)))
    .slice(0, 3);
}

const MAX_PHRASE_WORDS = 3;
const CJK_PHRASE_CHARS = { min: 2, max: 6 };
const MIN_WORD_CHARS = 3;
const MIN_TRUNCATED_WORD_CHARS = 7;
const MAX_ENDING_CHARS = 3;

function phrasesOf(text: string): Set<string> {
  const words = fold(text).trim().split(" ");
  const phrases = new Set<string>();
  for (const [at, word] of words.entries()) {
    if (isCjk(word.charAt(0))) {
      for (const run of runsOf(word)) phrases.add(run);
      continue;
    }
    if (isWord(word)) phrases.add(word);
    if (isWord(word) && word.length >= MIN_TRUNCATED_WORD_CHARS) {
      for (let cut = 0; cut <= MAX_ENDING_CHARS; cut++)
        phrases.add(`${word.slice(0, word.length - cut)}*`);
    }
    for (let length = 2; length <= MAX_PHRASE_WORDS && at + length <= words.length; length++) {
      const phrase = words.slice(at, at + length);
      if (isWord(phrase.at(-1) ?? "") && isWord(word)) phrases.add(phrase.join(" "));
    }
  }
  return phrases;
}

function* runsOf(word: string): Generator<string> {
  for (let at = 0; at < word.length; at++) {
    for (let length = CJK_PHRASE_CHARS.min; length <= CJK_PHRASE_CHARS.max; length++) {
      if (at + length <= word.length) yield word.slice(at, at + length);
    }
  }
}

function isWord(word: string): boolean {
  return word.length >= MIN_WORD_CHARS && !/\p{N}/u.test(word) && !isCjk(word.charAt(0));
}
