/** Letters and digits of a text in lower case: equal keys mean the same title. */
export function keyOf(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
}

/** What sites put between headline, section and their name. */
const SEPARATOR =
  /\s+(?:[|¦•·:»«›‹/\\~—–-]|::|--|<|>)\s+|\s*[|｜_]\s*|(?<=\S)\s*[–—]\s+|:\s+(?=[^:]{2,30}$)/u;

/** A title without the parts that name the site, at either end. */
export function stripSite(title: string, names: string[]): string {
  const keys = new Set(names.map(keyOf));
  const parts = splitTitle(title);
  let from = 0;
  let to = parts.length;
  while (to - from > 1 && keys.has(keyOf(parts[to - 1]?.text ?? ""))) to--;
  while (to - from > 1 && keys.has(keyOf(parts[from]?.text ?? ""))) from++;
  const start = parts[from]?.start ?? 0;
  const end = parts[to - 1]?.end ?? title.length;
  return title.slice(start, end).trim() || title;
}

/** The parts of a title between separators, with their places. */
export function splitTitle(title: string): { text: string; start: number; end: number }[] {
  const parts: { text: string; start: number; end: number }[] = [];
  let start = 0;
  for (const match of title.matchAll(new RegExp(SEPARATOR.source, "gu"))) {
    parts.push({ text: title.slice(start, match.index), start, end: match.index });
    start = match.index + match[0].length;
  }
  parts.push({ text: title.slice(start), start, end: title.length });
  return parts.filter((part) => part.text.trim());
}
