/** Characters that a key is made of: millions of dashes would overflow the pattern's stack. */
const KEYED = 20_000;

const ASCII = /^[\0-~]*$/;

/** Letters and digits of a text in lower case: equal keys mean the same title. */
export function keyOf(text: string): string {
  const start = text.slice(0, KEYED);
  if (ASCII.test(start)) return start.toLowerCase().replace(/[^a-z\d]+/g, "");
  return start
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
}

const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}]+/gu;

/** How alike two titles are: the share of the shorter one's words that the other one has, 0 to 1. */
export function likeness(one: string, other: string): number {
  return likenessOf(tokensOf(one), tokensOf(other));
}

/** The words of a title, for comparing it with several. */
export function tokensOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(TOKEN));
}

/** The likeness of titles by their words. */
export function likenessOf(a: Set<string>, b: Set<string>): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  if (few.size === 0) return 0;
  let shared = 0;
  for (const word of few) if (many.has(word)) shared++;
  // A single shared word says little, and so does a short title within a very long one.
  const damped = few.size < 3 && many.size > 4 ? 0.5 : 1;
  return (shared / few.size) * damped;
}

/** What sites put between headline, section and their name. */
const SEPARATOR =
  /\s+(?:[|¦•·:»«›‹/\\~—–-]|::|--|<|>)\s+|\s*[|｜_]\s*|--|(?<=\S)\s*[–—]\s+|:\s+(?=[^:]{2,30}$)/gu;

/** A title without the parts that name the site, at either end, and those before it that name a section. */
export function stripSite(title: string, names: string[], sections: string[] = []): string {
  const within = new Set(sections.map(keyOf));
  const keys = new Set(names.map(keyOf));
  const parts = splitTitle(title);
  const isSite = (text: string | undefined) =>
    text !== undefined &&
    (keys.has(keyOf(text)) ||
      /^(?:www\.)?[\w-]+\.(?:com|org|net|de|at|ch|fr|it|es|pl|co\.uk|info|tv|ru|cn|jp|nl|se|no|dk|fi|cz|br)$/i.test(
        text.trim(),
      ));
  let from = 0;
  let to = parts.length;
  while (to - from > 1 && isSite(parts[to - 1]?.text)) to--;
  while (to - from > 1 && isSite(parts[from]?.text)) from++;
  while (to - from > 1 && within.has(keyOf(parts[to - 1]?.text ?? ""))) to--;
  const start = parts[from]?.start ?? 0;
  const end = parts[to - 1]?.end ?? title.length;
  return title.slice(start, end).trim() || title;
}

/** The parts of a title between separators, with their places. */
export function splitTitle(title: string): { text: string; start: number; end: number }[] {
  const parts: { text: string; start: number; end: number }[] = [];
  let start = 0;
  for (const match of title.matchAll(SEPARATOR)) {
    parts.push({ text: title.slice(start, match.index), start, end: match.index });
    start = match.index + match[0].length;
  }
  parts.push({ text: title.slice(start), start, end: title.length });
  return parts.filter((part) => part.text.trim());
}
