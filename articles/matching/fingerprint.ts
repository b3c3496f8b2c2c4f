import { shortHash } from "../../lib/hash.ts";
import type { Features } from "../../model/fingerprint.ts";
import {
  aroundDay,
  type FingerprintKey,
  pairKey,
  runKey,
  textKey,
} from "../../model/fingerprint-key.ts";
import { HEAVY } from "./events.ts";
import { type Sketch, sketch } from "./minhash.ts";
import { normalize } from "./normalize.ts";
import { formOf, numbersOf } from "./numbers.ts";
import { evenOf } from "./plain.ts";
import { type Term, termsOf } from "./terms.ts";
import { DEDUPE } from "./version.ts";

/** Shorter texts share too many shingles by chance; only equal ones are found. */
const MIN_WORDS = 60;
/** Below this, a text says so little that its title has to be equal as well. */
const TITLE_COUNTS_BELOW = 30;
/** Of an excerpt of a fifth of a text, 12 runs find 93 in 100; of a third, 99. */
const RUNS = 12;

/** Two terms make a key that articles of one event are found by while their ranks (from 0) add up to less than this. */
const PAIRED = 7;

/** What is known of an article when its fingerprint is made. */
export interface FingerprintInput {
  sourceId: string;
  /** How far its source's word is taken, 0 to 1. */
  trust: number;
  title: string;
  text: string;
  /** BCP 47 primary language, lower case. */
  language: string | null;
  /** The earlier of published and first seen. */
  at: Date;
}

/** What an article is compared by: hash of its normalised text, MinHash signature, keys by day. */
export function fingerprint(input: FingerprintInput): Features {
  const [title, text] = [evenOf(input.title), evenOf(input.text)];
  const { tokens, shingle, words } = normalize(text);
  const named = words < TITLE_COUNTS_BELOW ? normalize(title).tokens : [];
  const none: Sketch = { signature: new Uint16Array(), shingles: 0, runs: [] };
  const { signature, shingles, runs } = words < MIN_WORDS ? none : sketch(tokens, shingle, RUNS);
  const terms = termsOf(input);
  const textHash = shortHash([...named, "", ...tokens].join(" "));
  return {
    rules: DEDUPE,
    sourceId: input.sourceId,
    trust: input.trust,
    textHash,
    signature,
    shingles,
    terms,
    keys: [
      textKey(textHash),
      ...runs.map((run) => runKey(run, input.at)),
      ...pairsOf(terms).map((pair) => pairKey(pair, input.at)),
    ],
    at: input.at,
    words,
    numbers: {
      title: numbersOf(title, 10),
      text: numbersOf(text, 40),
      form: shortHash(formOf(title)),
      textForm: shortHash(formOf(text)),
    },
  };
}

/**
 * The keys under which copies of an article lie: its text hash on any day, the others on its day,
 * the day before and the day after, so that it doesn't matter which of two copies arrives first.
 * Asking for three times as many keys is cheaper than writing three times as many.
 */
export function probeKeys({ keys }: Pick<Features, "keys">): FingerprintKey[] {
  return keys.flatMap(aroundDay);
}

/**
 * Hashes of pairs of the heaviest terms, if they are heavy: one alone is shared by too many articles. The heaviest
 * go with more of the others.
 */
function pairsOf(terms: readonly Term[]): string[] {
  const heaviest = terms
    .slice(0, PAIRED)
    .filter(([, weight]) => weight >= HEAVY)
    .map(([term]) => term);
  return heaviest.flatMap((one, n) =>
    heaviest.slice(n + 1, PAIRED - n).map((other) => shortHash([one, other].toSorted().join("\n"))),
  );
}
