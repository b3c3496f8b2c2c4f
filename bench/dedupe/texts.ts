import { fingerprint } from "../../articles/matching/fingerprint.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { wordsOf } from "../words.ts";

const NEWEST_TIME_MS = Date.UTC(2026, 0, 1);
const WORDS_PER_TEXT = 300;
/** Each publisher has one sentence, which ends all its signed texts. */
const PUBLISHER_COUNT = 50;
const WORDS_PER_SENTENCE = 30;

export interface Text {
  number: number;
  daysAgo: number;
  perDay: number;
  /** Whether the text ends with its publisher's sentence. */
  signed?: boolean;
}

/**
 * Returns the fingerprint of article `number`. The number determines the article's words, publisher
 * and time of day.
 */
export function printOf(
  { number, daysAgo, perDay, signed = false }: Text,
  id: string,
): Fingerprint {
  const { title, text } = textOf(number);
  const publisher = number % PUBLISHER_COUNT;
  const below = signed ? wordsOf("sentence", publisher, WORDS_PER_SENTENCE).join(" ") : "";
  const at = new Date(
    NEWEST_TIME_MS - daysAgo * DAY_MS - (number % perDay) * Math.floor(DAY_MS / perDay),
  );
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

/**
 * Returns a text in which the words are as frequent as in a natural language (Zipf) and one word in
 * seven is a name.
 */
function textOf(number: number): { title: string; text: string } {
  const words = wordsOf("dedupe", number, WORDS_PER_TEXT);
  return { title: words.slice(0, 9).join(" "), text: `${words.join(" ")} ${number}.` };
}
