import { fingerprint } from "../../articles/matching/fingerprint.ts";
import { random } from "../../demo/random.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";

const NEWEST = Date.UTC(2026, 0, 1);
const SYLLABLES = "ba de fo gu hi jo ka le mi no pu ra se ti vo wu xa ye zo cha lin mor".split(" ");
/** Words of a language as large as a newspaper's. */
const VOCABULARY = 40_000;
const WORDS = 300;
/** Publishers, each with a sentence of its own below a text that ends with one. */
const PUBLISHERS = 50;
const SENTENCE = 30;

/** What is put together to a text. */
export interface Text {
  number: number;
  daysAgo: number;
  /** Articles of one day. */
  perDay: number;
  /** Whether it ends with the sentence of its publisher. */
  signed?: boolean;
}

/** The fingerprint of the article of a number, which also says its words and its time of day. */
export function printOf(
  { number, daysAgo, perDay, signed = false }: Text,
  id: string,
): Fingerprint {
  const { title, text } = textOf(number);
  const publisher = number % PUBLISHERS;
  const below = signed ? wordsOf("sentence", publisher, SENTENCE).join(" ") : "";
  const at = new Date(NEWEST - daysAgo * DAY_MS - (number % perDay) * Math.floor(DAY_MS / perDay));
  const features = fingerprint({
    sourceId: `publisher-${publisher}`,
    trust: 0.5,
    language: "en",
    title,
    text: `${text} ${below}`,
    at,
  });
  return { ...features, _id: id, version: 1 };
}

/** A text whose words are as frequent as in a language (Zipf), a seventh of them names. */
function textOf(number: number): { title: string; text: string } {
  const words = wordsOf("dedupe", number, WORDS);
  return { title: words.slice(0, 9).join(" "), text: `${words.join(" ")} ${number}.` };
}

function wordsOf(name: string, number: number, count: number): string[] {
  const chance = random(name, number);
  return Array.from({ length: count }, () => {
    const spelt = word(Math.floor(VOCABULARY ** chance.next()) - 1);
    return chance.next() < 1 / 7 ? spelt.charAt(0).toUpperCase() + spelt.slice(1) : spelt;
  });
}

/** The word of a rank, four syllables at most. */
function word(rank: number): string {
  let rest = rank + SYLLABLES.length;
  let spelt = "";
  for (; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    spelt += SYLLABLES[rest % SYLLABLES.length];
  }
  return spelt;
}
