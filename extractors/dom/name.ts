/** Names as written, with the one string that stands for each. */
const names = new Map<string, string>();

/** The name that was last asked for by its length and ends: most names of a page are a few, again and again. */
const quick: string[] = Array.from({ length: 512 }, () => "");

/** The name of a tag or attribute in lower case; always the same string, so that comparing two is quick. */
export function nameIn(html: string, start: number, end: number): string {
  const first = html.charCodeAt(start);
  const slot = ((end - start) * 61 + first * 7 + html.charCodeAt(end - 1)) & 511;
  const last = quick[slot] ?? "";
  if (last.length === end - start && html.startsWith(last, start)) return last;
  const name = named(html.slice(start, end));
  quick[slot] = name;
  return name;
}

function named(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  // A copy: a slice would keep its whole page in memory.
  const name = ` ${written.toLowerCase()}`.slice(1);
  if (written.length < 30 && names.size < 5000) names.set(` ${written}`.slice(1), name);
  return name;
}
