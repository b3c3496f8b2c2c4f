import { CommandError } from "../lib/exit.ts";
import { nearest } from "../lib/nearest.ts";

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

/** Throws a usage error for unknown words; its message suggests similar known words. */
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

/** Returns a word as a URL if it begins with http(s):// or has a path, like `agency.example/`. */
export function webAddress(word: string): string | null {
  if (/^https?:\/\//i.test(word)) return URL.canParse(word) ? word : null;
  const whole = `https://${word}`;
  return /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(word) && URL.canParse(whole) ? whole : null;
}
