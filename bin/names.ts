import { CommandError } from "../lib/exit.ts";
import { nearest } from "../lib/nearest.ts";

/** Rejects an unknown name and names the nearest known one; `hint` says where to find all. */
export function unknownName(
  what: string,
  word: string,
  known: Iterable<string>,
  hint = "",
): CommandError {
  const near = nearest(word, known);
  const meant = near === null ? "" : `; did you mean ${near}?`;
  const where = hint === "" ? "" : ` (${hint})`;
  return new CommandError("usage", `there is no ${what} "${word}"${meant}${where}`);
}

/** Rejects unknown words, and names the nearest known one for each. */
export function requireKnown(
  what: string,
  words: readonly string[],
  known: readonly string[],
  hint = "",
): void {
  const wrong = words.filter((word) => !known.includes(word));
  if (wrong.length === 0) return;
  const refusals = wrong.map((word) => unknownName(what, word, known, hint).message);
  throw new CommandError("usage", refusals.join("\n"));
}

/** Returns the URL that a word means, with or without its scheme; null for any other word. */
export function webAddress(word: string): string | null {
  if (/^https?:\/\//i.test(word)) return URL.canParse(word) ? word : null;
  const whole = `https://${word}`;
  return /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(word) && URL.canParse(whole) ? whole : null;
}
