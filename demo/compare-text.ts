const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const RUNS = new RegExp(`([${CJK}]+)|(?:(?![${CJK}])[\\p{L}\\p{N}])+`, "gu");

/** Words of a text in lower case; runs of Chinese or Japanese as pairs of characters. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [word, run] of text.normalize("NFKC").toLowerCase().matchAll(RUNS)) {
    if (run === undefined || run.length === 1) tokens.push(word);
    else for (let at = 1; at < run.length; at++) tokens.push(run.slice(at - 1, at + 1));
  }
  return tokens;
}

/** Shares of `stored` that belong to `expected` (precision) and of `expected` that is there (recall). */
export function overlap(
  expected: string,
  stored: string,
): { precision: number; recall: number; extra: string[]; missing: string[] } {
  const wanted = tokensOf(expected);
  const given = tokensOf(stored);
  const counts = new Map<string, number>();
  for (const token of wanted) counts.set(token, (counts.get(token) ?? 0) + 1);
  const extra: string[] = [];
  for (const token of given) {
    const left = counts.get(token) ?? 0;
    if (left > 0) counts.set(token, left - 1);
    else extra.push(token);
  }
  const missing = [...counts].flatMap(([token, count]) => Array<string>(count).fill(token));
  const shared = given.length - extra.length;
  return {
    precision: given.length === 0 ? 1 : shared / given.length,
    recall: wanted.length === 0 ? 1 : shared / wanted.length,
    extra,
    missing,
  };
}
