import { fold, isCjk } from "./fold.ts";

/** Words of a phrase at most; characters of one in a script without spaces. */
const MOST_WORDS = 3;
const CJK_LENGTH = { min: 2, max: 6 };
/** Shorter words say nothing alone; longer ones are also tried without their endings. */
const SHORT = 3;
const LONG = 7;
const ENDING = 3;

/**
 * What might be a keyword of a text: words, phrases of up to three, beginnings of long words
 * (`street*`), and runs of characters where a script has no spaces. Each once.
 */
export function phrasesOf(text: string): Set<string> {
  const words = fold(text).trim().split(" ");
  const phrases = new Set<string>();
  for (const [at, word] of words.entries()) {
    if (isCjk(word.charAt(0))) {
      for (const run of runsOf(word)) phrases.add(run);
      continue;
    }
    if (isWord(word)) phrases.add(word);
    if (isWord(word) && word.length >= LONG) {
      for (let cut = 0; cut <= ENDING; cut++) phrases.add(`${word.slice(0, word.length - cut)}*`);
    }
    for (let length = 2; length <= MOST_WORDS && at + length <= words.length; length++) {
      const phrase = words.slice(at, at + length);
      if (isWord(phrase.at(-1) ?? "") && isWord(word)) phrases.add(phrase.join(" "));
    }
  }
  return phrases;
}

function* runsOf(word: string): Generator<string> {
  for (let at = 0; at < word.length; at++) {
    for (let length = CJK_LENGTH.min; length <= CJK_LENGTH.max; length++) {
      if (at + length <= word.length) yield word.slice(at, at + length);
    }
  }
}

function isWord(word: string): boolean {
  return word.length >= SHORT && !/\p{N}/u.test(word) && !isCjk(word.charAt(0));
}
