const MAX_EDITS = 3;
const MIN_SIMILARITY = 0.4;
const MIN_PREFIX_LENGTH = 3;

/** Returns the most similar known word, or the only one that begins with `word`; else null. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const typed = word.trim().toLowerCase();
  if (typed === "") return null;
  let best: string | null = null;
  let edits = MAX_EDITS + 1;
  const begun = new Set<string>();
  for (const candidate of known) {
    const spelt = candidate.toLowerCase();
    if (typed.length >= MIN_PREFIX_LENGTH && spelt.startsWith(typed)) begun.add(candidate);
    const longest = Math.max(typed.length, spelt.length);
    if (Math.abs(typed.length - spelt.length) >= edits) continue;
    const found = countEdits(typed, spelt);
    if (found >= edits || (longest - found) / longest <= MIN_SIMILARITY) continue;
    [best, edits] = [candidate, found];
  }
  const [only = null] = begun;
  return best ?? (begun.size === 1 ? only : null);
}

/** Returns the optimal string alignment distance. */
function countEdits(one: string, other: string): number {
  let [before, row]: number[][] = [
    [],
    Array.from({ length: other.length + 1 }, (_, column) => column),
  ];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = cellOf(row, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
          ? cellOf(before, j - 2) + 1
          : replaced;
      next.push(Math.min(cellOf(row, j) + 1, cellOf(next, j - 1) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return cellOf(row, other.length);
}

function cellOf(row: readonly number[] | undefined, index: number): number {
  return row?.[index] ?? 0;
}
