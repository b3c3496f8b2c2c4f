import { random } from "../demo/random.ts";

const SYLLABLES = "ba de fo gu hi jo ka le mi no pu ra se ti vo wu xa ye zo cha lin mor".split(" ");
const VOCABULARY_SIZE = 40_000;

export function word(rank: number): string {
  let rest = rank + SYLLABLES.length;
  let spelt = "";
  for (; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    spelt += SYLLABLES[rest % SYLLABLES.length];
  }
  return spelt;
}

/**
 * Returns `count` words with the frequencies of a natural language (Zipf). One in seven is a name.
 * The same `purpose` and `number` always give the same words.
 */
export function wordsOf(purpose: string, number: number, count: number): string[] {
  const chance = random(purpose, number);
  return Array.from({ length: count }, () => {
    const spelt = word(Math.floor(VOCABULARY_SIZE ** chance.next()) - 1);
    return chance.next() < 1 / 7 ? spelt.charAt(0).toUpperCase() + spelt.slice(1) : spelt;
  });
}
