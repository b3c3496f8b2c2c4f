import { shortHash } from "../lib/hash.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { bandHashes, minhash } from "./minhash.ts";
import { formOf, normalize, numbersOf } from "./normalize.ts";

const DAY = 86_400_000;
/** Shorter texts share too many shingles by chance; only equal ones are found. */
const MIN_WORDS = 60;
/** Below this, a text says so little that its title has to be equal as well. */
const TITLE_COUNTS_BELOW = 30;

/** What is known of an article when its fingerprint is made. */
export interface FingerprintInput {
  articleId: string;
  title: string;
  text: string;
  /** The earlier of published and first seen. */
  at: Date;
}

/** The fingerprint of an article: hash of its normalised text, MinHash signature, bands by day. */
export function fingerprint(input: FingerprintInput): Fingerprint {
  const { tokens, shingle, words } = normalize(input.text);
  const title = words < TITLE_COUNTS_BELOW ? normalize(input.title).tokens : [];
  const signature = words < MIN_WORDS ? [] : minhash(tokens, shingle);
  const textHash = shortHash([...title, "", ...tokens].join(" "));
  return {
    _id: input.articleId,
    textHash,
    signature,
    bands: [exactKey(textHash), ...bandKeys(signature, dayOf(input.at))],
    at: input.at,
    words,
    numbers: {
      title: numbersOf(input.title, 10),
      text: numbersOf(input.text, 40),
      form: shortHash(formOf(input.title)),
    },
  };
}

/**
 * The keys under which copies of an article lie: its text hash on any day, and its bands on its day,
 * the day before and the day after, so that it doesn't matter which of two copies arrives first. Each article is stored
 * under 26 keys and asked for with 76, in one `$in` on the multikey index: asking three times as many
 * keys is cheaper than writing three times as many.
 */
export function probeBands(print: Fingerprint): string[] {
  const day = dayOf(print.at);
  const near = [day, day - 1, day + 1].flatMap((each) => bandKeys(print.signature, each));
  return [exactKey(print.textHash), ...near];
}

function exactKey(textHash: string): string {
  return `=:${textHash}`;
}

function bandKeys(signature: number[], day: number): string[] {
  return bandHashes(signature).map((hash, band) => `${band}:${hash}:${day}`);
}

/** Days since 1970 in UTC. */
function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY);
}
